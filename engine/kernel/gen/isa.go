package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/reg"
)

// isa is an instruction set of vectors. Most instructions have one name for all widths;
// its methods are for the places where the two differ.
type isa struct {
	name     string
	lanes    int // float32 in a vector
	tileRows int // of the matrix product: as many as there are registers for
}

var (
	avx2   = isa{name: "AVX2", lanes: 8, tileRows: 6}
	avx512 = isa{name: "AVX512", lanes: 16, tileRows: 12}
)

func (v isa) wide() bool { return v.lanes == 16 }

// bytes is the size of a vector in memory.
func (v isa) bytes() int { return 4 * v.lanes }

// function begins an assembly function named for its instruction set, documented for the Go stub.
func (v isa) function(name, signature, doc string) {
	TEXT(name+v.name, NOSPLIT, signature)
	Pragma("noescape")
	Doc(fmt.Sprintf("%s%s %s", name, v.name, doc))
}

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

// end returns to Go, which expects the upper halves of the vectors to be clean.
func end() {
	VZEROUPPER()
	RET()
}
