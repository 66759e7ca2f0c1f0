package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// isa is an instruction set of vectors. Most instructions have one name for all widths;
// its methods are for the places where the two differ, and for phrases of every kernel.
type isa struct {
	name     string
	lanes    int // float32 in a vector
	tileRows int // of the matrix product: as many as there are registers for
}

var (
	avx2   = isa{name: "AVX2", lanes: 8, tileRows: 6}
	avx512 = isa{name: "AVX512", lanes: 16, tileRows: 12}
)

func (v isa) wide() bool { return v.lanes == widest }

// bytes is the size of a vector in memory.
func (v isa) bytes() int { return 4 * v.lanes }

// function begins an assembly function named for its instruction set, documented for the Go stub.
func (v isa) function(name, signature, doc string) {
	TEXT(name+v.name, NOSPLIT, signature)
	Pragma("noescape")
	Doc(fmt.Sprintf("%s%s %s", name, v.name, doc))
}

// end returns to Go, which expects the upper halves of the vectors to be clean.
func end() {
	VZEROUPPER()
	RET()
}

// slice loads the address of a slice's first element.
func slice(parameter string) reg.Register { return Load(Param(parameter).Base(), GP64()) }

// length loads the length of a slice.
func length(parameter string) reg.Register { return Load(Param(parameter).Len(), GP64()) }

// number spreads a float32 parameter over a vector.
func (v isa) number(parameter string) reg.VecVirtual {
	return v.spread(Load(Param(parameter), XMM()).(reg.VecVirtual))
}

// integer spreads a uint32 parameter over a vector.
func (v isa) integer(parameter string) reg.VecVirtual {
	x := XMM()
	VMOVD(Load(Param(parameter), GP32()), x)
	return v.spread(x)
}

// spread copies the first lane to all lanes.
func (v isa) spread(x reg.VecVirtual) reg.VecVirtual {
	r := v.vector()
	VBROADCASTSS(x.AsX(), r)
	return r
}

// give returns the first lane of x from the function.
func give(x reg.VecVirtual, result int) { Store(x.AsX(), ReturnIndex(result)) }

func (v isa) vector() reg.VecVirtual {
	if v.wide() {
		return ZMM()
	}
	return YMM()
}

func (v isa) zero() reg.VecVirtual {
	r := v.vector()
	VXORPS(r, r, r)
	return r
}

// load reads a vector. With a mask it touches no other lanes, which become 0.
func (v isa) load(from Mem, mask reg.Register) reg.VecVirtual {
	r := v.vector()
	switch {
	case mask == nil:
		VMOVUPS(from, r)
	case v.wide():
		VMOVUPS_Z(from, mask, r)
	default:
		VMASKMOVPS(from, mask, r)
	}
	return r
}

// store writes a vector. With a mask it touches no other lanes.
func (v isa) store(r Op, to Mem, mask reg.Register) {
	switch {
	case mask == nil:
		VMOVUPS(r, to)
	case v.wide():
		VMOVUPS(r, mask, to)
	default:
		VMASKMOVPS(r, mask, to)
	}
}

// constant loads a number into a register.
func (v isa) constant(x float32) reg.VecVirtual {
	r := v.vector()
	VMOVUPS(constants.float(x), r)
	return r
}

// fold combines all lanes of r by an operation that may be done in any order; the result
// is in the first lane. Which lanes meet first is fixed, and so is the result.
func (v isa) fold(r reg.VecVirtual, operation func(...Op)) {
	if v.wide() {
		upper := YMM()
		VEXTRACTF64X4(Imm(1), r, upper)
		operation(upper, r.AsY(), r.AsY())
	}
	other := XMM()
	VEXTRACTF128(Imm(1), r.AsY(), other)
	operation(other, r.AsX(), r.AsX())
	const secondHalf, oddLanes = 0x4e, 0xb1
	for _, order := range []uint64{secondHalf, oddLanes} {
		VPERMILPS(Imm(order), r.AsX(), other)
		operation(other, r.AsX(), r.AsX())
	}
}

// The comparisons of VCMPPS that kernels need; the negated ones are true for NaN, which so
// is carried on instead of being hidden.
const (
	less         = 0x11 // a < b
	notLess      = 0x15 // !(a < b)
	notLessEqual = 0x16 // !(a <= b)
)

// compare gives the mask of the lanes where the relation of a to b holds.
func (v isa) compare(relation uint64, a reg.VecVirtual, b Op) reg.Register {
	m := v.mask()
	VCMPPS(Imm(relation), b, a, m)
	return m
}

// compareUnsigned gives the mask of the lanes where a >= b, as unsigned integers.
func (v isa) compareUnsigned(a, b reg.VecVirtual) reg.Register {
	m := v.mask()
	if v.wide() {
		const notLess = 5
		VPCMPUD(Imm(notLess), b, a, m)
		return m
	}
	VPMAXUD(a, b, m)
	VPCMPEQD(a, m, m)
	return m
}

// mask is a register for one truth per lane.
func (v isa) mask() reg.Register {
	if v.wide() {
		return K()
	}
	return YMM()
}

// keep clears the lanes of r that are not in the mask.
func (v isa) keep(mask reg.Register, r Op) {
	if v.wide() {
		VMOVAPS_Z(r, mask, r)
		return
	}
	VANDPS(r, mask, r)
}

// choose gives yes in the lanes of the mask and no in the others.
func (v isa) choose(mask reg.Register, yes, no Op) reg.VecVirtual {
	r := v.vector()
	if v.wide() {
		VBLENDMPS(yes, no, mask, r)
	} else {
		VBLENDVPS(mask, yes, no, r)
	}
	return r
}
