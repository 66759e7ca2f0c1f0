package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// tileVectors is the width of a tile: two vectors, so that each number of A that is
// spread over a vector is used twice.
const tileVectors = 2

// cacheLine is its size in bytes.
const cacheLine = 64

// unroll is how many steps of the sum one turn of the loop takes.
const unroll = 4

// tile is the micro-kernel of the matrix product: a block of C stays in registers while
// the sum over k runs through A, number by number, and B, row by row.
func (v isa) tile(rows int) {
	name := fmt.Sprintf("tile%d", rows)
	v.function(name,
		"func(k int, a []float32, aRow, aStep int, b []float32, bStep int, c []float32, cRow, cols int, base []float32, baseRow int)",
		fmt.Sprintf("is the tile of %d rows and %d columns.", rows, tileVectors*v.lanes))
	k := Load(Param("k"), GP64())
	a := rowPointers(rows)
	aStep := bytesOf("aStep")
	b := slice("b")
	bStep := bytesOf("bStep")

	sums := make([][tileVectors]reg.VecVirtual, rows)
	for i := range sums {
		for j := range sums[i] {
			sums[i][j] = v.zero()
		}
	}
	var right [tileVectors]reg.VecVirtual
	for j := range right {
		right[j] = v.vector()
	}
	left := [2]reg.VecVirtual{v.vector(), v.vector()}
	step := func() {
		for j, r := range right {
			VMOVUPS(Mem{Base: b, Disp: j * v.bytes()}, r)
		}
		ADDQ(bStep, b)
		for i := range sums {
			x := left[i%len(left)]
			VBROADCASTSS(a.row(i), x)
			for j, r := range right {
				VFMADD231PS(r, x, sums[i][j])
			}
		}
		a.advance(aStep)
	}

	v.fetchTile(rows)

	turns := GP64()
	MOVQ(k, turns)
	SHRQ(Imm(2), turns)
	JZ(LabelRef("rest"))
	Label("turn")
	for range unroll {
		step()
	}
	DECQ(turns)
	JNZ(LabelRef("turn"))
	Label("rest")
	ANDQ(Imm(unroll-1), k)
	JZ(LabelRef("sum"))
	Label("one")
	step()
	DECQ(k)
	JNZ(LabelRef("one"))

	Label("sum")
	v.storeTile(sums)
}

// fetchTile asks for the lines of C that the tile will be written to, which come while the
// sums are made: waiting for them in the end took 10 % of a training on Sapphire Rapids.
func (v isa) fetchTile(rows int) {
	c := slice("c")
	cRow := bytesOf("cRow")
	for i := range rows {
		for j := 0; j < tileVectors*v.bytes(); j += cacheLine {
			PREFETCHT0(Mem{Base: c, Disp: j})
		}
		if i < rows-1 {
			ADDQ(cRow, c)
		}
	}
}

// storeTile writes the sums, added to the base if there is one, to the columns that C has, and
// ends the function.
func (v isa) storeTile(sums [][tileVectors]reg.VecVirtual) {
	c := slice("c")
	cRow := bytesOf("cRow")
	cols := Load(Param("cols"), GP64())
	if v.wide() {
		v.storeColumns(sums, c, cRow, v.tileMasks(cols))
		return
	}
	CMPQ(cols, Imm(uint64(tileVectors*v.lanes)))
	JNE(LabelRef("ragged"))
	v.storeColumns(sums, c, cRow, [tileVectors]reg.Register{})
	Label("ragged")
	v.storeColumns(sums, c, cRow, v.tileMasks(cols))
}

// tileMasks makes the masks of the first columns of a tile.
func (v isa) tileMasks(cols reg.Register) (masks [tileVectors]reg.Register) {
	none, some := GP64(), GP64()
	XORQ(none, none)
	full := GP64()
	MOVQ(U32(uint32(v.lanes)), full)
	for j := range masks {
		MOVQ(cols, some)
		CMPQ(some, full)
		CMOVQGT(full, some)
		TESTQ(some, some)
		CMOVQLT(none, some)
		masks[j] = v.firstLanes(some)
		SUBQ(full, cols)
	}
	return masks
}

func (v isa) storeColumns(sums [][tileVectors]reg.VecVirtual, c, cRow reg.Register, masks [tileVectors]reg.Register) {
	store := label("store")
	base := slice("base")
	TESTQ(base, base)
	JZ(LabelRef(store))
	baseRow := bytesOf("baseRow")
	for i := range sums {
		for j, sum := range sums[i] {
			VADDPS(v.load(Mem{Base: base, Disp: j * v.bytes()}, masks[j]), sum, sum)
		}
		if i < len(sums)-1 {
			ADDQ(baseRow, base)
		}
	}
	Label(store)
	for i := range sums {
		for j, sum := range sums[i] {
			v.store(sum, Mem{Base: c, Disp: j * v.bytes()}, masks[j])
		}
		if i < len(sums)-1 {
			ADDQ(cRow, c)
		}
	}
	end()
}

// bytesOf loads a parameter that counts float32 and makes it count bytes.
func bytesOf(parameter string) reg.Register {
	r := Load(Param(parameter), GP64())
	SHLQ(Imm(2), r)
	return r
}

// pointers reach every row of A from one register per three rows.
type pointers struct {
	base   []reg.Register
	stride reg.Register
}

func rowPointers(rows int) pointers { return reach(rows, slice("a"), bytesOf("aRow")) }

// reach makes the pointers to so many rows, stride bytes apart.
func reach(rows int, first, stride reg.Register) pointers {
	p := pointers{base: []reg.Register{first}, stride: stride}
	for i := 3; i < rows; i += 3 {
		next := GP64()
		LEAQ(Mem{Base: p.base[len(p.base)-1], Index: p.stride, Scale: 2}, next)
		ADDQ(p.stride, next)
		p.base = append(p.base, next)
	}
	return p
}

func (p pointers) row(i int) Mem {
	m := Mem{Base: p.base[i/3]}
	if i%3 > 0 {
		m.Index, m.Scale = p.stride, uint8(i%3)
	}
	return m
}

func (p pointers) advance(step reg.Register) {
	for _, r := range p.base {
		ADDQ(step, r)
	}
}
