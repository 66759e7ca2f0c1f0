package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// span is the place that a kernel has reached in its slices: one vector's worth, of which
// only the first lanes count when a mask is set.
type span struct {
	isa
	index reg.Register
	lanes reg.Register // the mask; nil for all
}

// stream runs a kernel's body over n elements, a vector at a time, and once more under a
// mask for what is left.
func (v isa) stream(n reg.Register, body func(s span)) {
	loop, check, done := label("loop"), label("check"), label("done")
	index, left := GP64(), GP64()
	XORQ(index, index)
	MOVQ(n, left)
	JMP(LabelRef(check))
	Label(loop)
	body(span{isa: v, index: index})
	ADDQ(Imm(uint64(v.lanes)), index)
	SUBQ(Imm(uint64(v.lanes)), left)
	Label(check)
	CMPQ(left, Imm(uint64(v.lanes)))
	JGE(LabelRef(loop))
	TESTQ(left, left)
	JZ(LabelRef(done))
	body(span{isa: v, index: index, lanes: v.firstLanes(left)})
	Label(done)
}

// firstLanes makes the mask of the first n lanes.
func (v isa) firstLanes(n reg.Register) reg.Register {
	m := v.mask()
	if v.wide() {
		bits := GP64()
		MOVQ(I32(-1), bits)
		BZHIQ(n, bits, bits)
		KMOVW(bits.As32(), m)
		return m
	}
	table, back := GP64(), GP64()
	LEAQ(constants.at(laneMasks+v.bytes()), table)
	MOVQ(n, back)
	NEGQ(back)
	VMOVUPS(Mem{Base: table, Index: back, Scale: 4}, m)
	return m
}

func (s span) at(base reg.Register) Mem { return Mem{Base: base, Index: s.index, Scale: 4} }

// load reads a vector; lanes that do not count are 0.
func (s span) load(base reg.Register) reg.VecVirtual { return s.isa.load(s.at(base), s.lanes) }

// store writes the lanes that count.
func (s span) store(r Op, base reg.Register) { s.isa.store(r, s.at(base), s.lanes) }

// trim clears the lanes of r that do not count, before it is added to a sum.
func (s span) trim(r reg.VecVirtual) {
	if s.lanes != nil {
		s.keep(s.lanes, r)
	}
}

// pad gives r with x in the lanes that do not count.
func (s span) pad(r reg.VecVirtual, x Op) reg.VecVirtual {
	if s.lanes == nil {
		return r
	}
	fill := s.vector()
	VMOVUPS(x, fill)
	return s.choose(s.lanes, r, fill)
}

var labels int

// label makes a name that is new within the file.
func label(name string) string {
	labels++
	return fmt.Sprintf("%s%d", name, labels)
}
