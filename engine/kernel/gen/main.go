// Command gen writes the assembly of package kernel for amd64. Each kernel is written
// once, for vectors of any width, and printed for AVX2 with FMA and for AVX-512.
package main

import (
	"flag"

	"github.com/mmcloughlin/avo/build"
)

func main() {
	whole := flag.Bool("int8", false, "write the kernels for bytes instead")
	flag.Parse()
	build.ConstraintExpr("!purego")
	if *whole {
		integers()
	} else {
		floats()
	}
	constants.emit()
	build.Generate()
}

func floats() {
	pause()
	transpose()
	for _, v := range []isa{avx2, avx512} {
		for rows := 1; rows <= v.tileRows; rows++ {
			v.tile(rows)
		}
		for _, kernel := range []func(){
			v.add, v.addScaled, v.multiply, v.scale, v.sum, v.sumSquares,
			v.gelu, v.geluTanh, v.silu, v.relu,
			v.dropout,
			v.softmax, v.softmaxBackward, v.maximum, v.sumExp, v.scaledExp,
			v.normalise, v.normSums, v.gainSums, v.normGradient,
			v.rotate,
			v.pieces,
			v.adamW,
		} {
			kernel()
		}
	}
}
