package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// pieces copies what a product packs. The pieces lie a row of a matrix apart, where no
// processor guesses what is read next, so each copy asks for the piece eight further on.
func (v isa) pieces() {
	v.function("pieces", "func(dst []float32, dstStep int, src []float32, srcStep, width, n int)",
		"copies n pieces of width numbers, at most a tile's columns, from every srcStep to every dstStep.")
	dst, dstStep := slice("dst"), bytesOf("dstStep")
	src, srcStep := slice("src"), bytesOf("srcStep")
	width, n := Load(Param("width"), GP64()), Load(Param("n"), GP64())
	TESTQ(n, n)
	JZ(LabelRef("done"))
	CMPQ(width, Imm(uint64(tileVectors*v.lanes)))
	JNE(LabelRef("ragged"))
	v.copyPieces(dst, dstStep, src, srcStep, n, [tileVectors]reg.Register{})
	Label("ragged")
	v.copyPieces(dst, dstStep, src, srcStep, n, v.tileMasks(width))
	Label("done")
	end()
}

// copyPieces copies the pieces of one width, and ends the function.
func (v isa) copyPieces(dst, dstStep, src, srcStep, n reg.Register, masks [tileVectors]reg.Register) {
	piece := label("piece")
	Label(piece)
	for j := 0; j < tileVectors*v.bytes(); j += cacheLine {
		PREFETCHT0(Mem{Base: src, Disp: j, Index: srcStep, Scale: 8})
	}
	for j, mask := range masks {
		v.store(v.load(Mem{Base: src, Disp: j * v.bytes()}, mask), Mem{Base: dst, Disp: j * v.bytes()}, mask)
	}
	ADDQ(srcStep, src)
	ADDQ(dstStep, dst)
	DECQ(n)
	JNZ(LabelRef(piece))
	end()
}
