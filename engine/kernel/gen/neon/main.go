// Command neon writes the assembly of package kernel for arm64, which avo cannot. Where Go's
// assembler lacks an instruction, as it does for most arithmetic on vectors of float32, it
// writes the instruction's bits.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	assembly := flag.String("out", "simd_arm64.s", "file of the assembly")
	stubs := flag.String("stubs", "simd_arm64.go", "file of the Go declarations")
	flag.Parse()
	f := generate()
	for name, text := range map[string]string{*assembly: f.assembly(), *stubs: f.stubs()} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// generate writes every kernel.
func generate() *file {
	f := newFile()
	f.pause()
	f.transpose()
	for rows := 1; rows <= tileRows; rows++ {
		f.tile(rows)
	}
	for _, kernel := range []func(){
		f.add, f.addScaled, f.multiply, f.scale, f.sum, f.sumSquares,
		f.gelu, f.geluTanh, f.silu, f.relu,
		f.dropout,
		f.softmax, f.softmaxBackward, f.maximum, f.sumExp, f.scaledExp,
		f.normalise, f.normSums, f.gainSums, f.normGradient,
		f.rotate,
		f.adamW,
	} {
		kernel()
	}
	return f
}
