// Command gen writes the assembly of package kernel for amd64. Each kernel is written
// once, for vectors of any width, and printed for AVX2 with FMA and for AVX-512.
package main

import (
	"github.com/mmcloughlin/avo/build"
)

func main() {
	build.ConstraintExpr("!purego")
	transpose()
	pause()
	for _, v := range []isa{avx2, avx512} {
		for rows := 1; rows <= v.tileRows; rows++ {
			v.tile(rows)
		}
	}
	build.Generate()
}
