package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// integers writes the kernels for products of bytes.
func integers() {
	for _, v := range []isa{avx2, avx512} {
		for rows := 1; rows <= v.tileRows; rows++ {
			v.byteTile(rows)
		}
		v.extent()
		v.toBytes()
	}
}

// group is how many bytes of a sum meet in one instruction: those of a 32-bit lane.
const group = 4

// byteTile is the micro-kernel of the product of bytes: the sums stay in registers while
// one group after another of each row meets the same group of all columns.
func (v isa) byteTile(rows int) {
	v.function(fmt.Sprintf("byteTile%d", rows),
		"func(groups int, u []uint8, uRow int, q []int8, zero, sums []int32, step, scale, bias, y []float32, yRow, cols int)",
		fmt.Sprintf("is the tile of %d rows and %d columns for bytes.", rows, tileVectors*v.lanes))
	groups := Load(Param("groups"), GP64())
	u := reach(rows, slice("u"), Load(Param("uRow"), GP64()))
	q := slice("q")
	var sums [][tileVectors]reg.VecVirtual
	for range rows {
		var row [tileVectors]reg.VecVirtual
		for j := range row {
			row[j] = v.zero()
		}
		sums = append(sums, row)
	}
	multiply := v.byteProducts()
	take := func(count int) {
		for i := range count {
			multiply(sums, u, q, i)
		}
		for _, r := range u.base {
			ADDQ(Imm(uint64(group*count)), r)
		}
		ADDQ(U32(count*tileVectors*v.bytes()), q)
	}
	turns := GP64()
	MOVQ(groups, turns)
	SHRQ(Imm(2), turns)
	JZ(LabelRef("rest"))
	Label("turn")
	take(unroll)
	DECQ(turns)
	JNZ(LabelRef("turn"))
	Label("rest")
	ANDQ(Imm(unroll-1), groups)
	JZ(LabelRef("scale"))
	Label("one")
	take(1)
	DECQ(groups)
	JNZ(LabelRef("one"))
	Label("scale")
	v.scaleSums(sums)
	v.storeBytes(sums)
}

// byteProducts gives what adds the products of the nth group from here to the sums.
// AVX2 first adds two products in 16 bits, which they fit as long as no weight has more
// than 7 bits.
func (v isa) byteProducts() func(sums [][tileVectors]reg.VecVirtual, u pointers, q reg.Register, n int) {
	left := [2]reg.VecVirtual{v.vector(), v.vector()}
	var right [tileVectors]reg.VecVirtual
	var ones, pair reg.VecVirtual
	if v.wide() {
		right = [tileVectors]reg.VecVirtual{v.vector(), v.vector()}
	} else {
		left[1] = left[0]
		ones, pair = v.vector(), v.vector()
		VMOVDQU(constants.bits(1<<16|1), ones)
	}
	return func(sums [][tileVectors]reg.VecVirtual, u pointers, q reg.Register, n int) {
		column := func(j int) Mem { return Mem{Base: q, Disp: (n*tileVectors + j) * v.bytes()} }
		for j := range right {
			if v.wide() {
				VMOVUPS(column(j), right[j])
			}
		}
		for i := range sums {
			x := left[i%len(left)]
			VPBROADCASTD(u.row(i).Offset(group*n), x)
			for j, sum := range sums[i] {
				if v.wide() {
					VPDPBUSD(right[j], x, sum)
					continue
				}
				VPMADDUBSW(column(j), x, pair)
				VPMADDWD(ones, pair, pair)
				VPADDD(pair, sum, sum)
			}
		}
	}
}

// scaleSums turns the sums of whole numbers into results: each loses what its row's zero
// point added to it, then counts in units of its column and its row, then meets the bias.
func (v isa) scaleSums(sums [][tileVectors]reg.VecVirtual) {
	columns := map[string]reg.Register{}
	for _, name := range []string{"sums", "scale", "bias"} {
		columns[name] = slice(name)
	}
	zeros, steps := slice("zero"), slice("step")
	zero, step, less := v.vector(), v.vector(), v.vector()
	for i := range sums {
		VPBROADCASTD(Mem{Base: zeros, Disp: 4 * i}, zero)
		for j, sum := range sums[i] {
			at := func(name string) Mem { return Mem{Base: columns[name], Disp: j * v.bytes()} }
			VPMULLD(at("sums"), zero, less)
			VPSUBD(less, sum, sum)
			VCVTDQ2PS(sum, sum)
			VMULPS(at("scale"), sum, sum)
		}
		VBROADCASTSS(Mem{Base: steps, Disp: 4 * i}, step)
		for j, sum := range sums[i] {
			VMULPS(step, sum, sum)
			VADDPS(Mem{Base: columns["bias"], Disp: j * v.bytes()}, sum, sum)
		}
	}
}

// storeBytes writes the results to the columns that y has, and ends the function.
func (v isa) storeBytes(sums [][tileVectors]reg.VecVirtual) {
	y, yRow := slice("y"), bytesOf("yRow")
	cols := Load(Param("cols"), GP64())
	masks := v.tileMasks(cols)
	for i := range sums {
		for j, sum := range sums[i] {
			v.store(sum, Mem{Base: y, Disp: j * v.bytes()}, masks[j])
		}
		if i < len(sums)-1 {
			ADDQ(yRow, y)
		}
	}
	end()
}

func (v isa) extent() {
	v.function("extent", "func(x []float32) (low, high, spoilt float32)",
		"gives the least and the greatest of x and 0, and 0, or not a number if x has one that is not finite.")
	x := slice("x")
	low, high, spoilt, zero := v.zero(), v.zero(), v.zero(), v.zero()
	v.stream(length("x"), func(s span) {
		r := s.load(x)
		VMINPS(r, low, low)
		VMAXPS(r, high, high)
		VFMADD231PS(zero, r, spoilt)
	})
	v.fold(low, VMINPS)
	v.fold(high, VMAXPS)
	v.fold(spoilt, VADDPS)
	give(low, 0)
	give(high, 1)
	give(spoilt, 2)
	end()
}

func (v isa) toBytes() {
	v.function("toBytes", "func(u []uint8, x []float32, inverse float32, zero uint32)",
		"writes x times inverse, rounded, plus zero, kept between 0 and 255; and so zero up to a whole vector.")
	u, x, inverse, zero := slice("u"), slice("x"), v.number("inverse"), v.integer("zero")
	var nothing reg.VecVirtual
	if v.wide() {
		nothing = v.zero()
	}
	v.stream(length("x"), func(s span) {
		r := s.load(x)
		VMULPS(inverse, r, r)
		VCVTPS2DQ(r, r)
		VPADDD(zero, r, r)
		to := Mem{Base: u, Index: s.index, Scale: 1}
		if v.wide() {
			VPMAXSD(nothing, r, r)
			VPMOVUSDB(r, to)
			return
		}
		upper := XMM()
		VEXTRACTI128(Imm(1), r, upper)
		VPACKSSDW(upper, r.AsX(), upper)
		VPACKUSWB(upper, upper, upper)
		VMOVQ(upper, to)
	})
	end()
}
