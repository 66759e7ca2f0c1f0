package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// transpose turns eight rows into eight columns, a square of 8 x 8 at a time: pairs are
// interleaved within vectors, then quarters, then halves change places.
func transpose() {
	v := avx2
	v.function("transpose8", "func(dst []float32, dstRow int, src []float32, srcRow, squares int)",
		"writes eight rows of src, 8*squares columns of each, as columns of dst.")
	dst := slice("dst")
	dstRow := bytesOf("dstRow")
	src := slice("src")
	srcRow := bytesOf("srcRow")
	squares := Load(Param("squares"), GP64())
	TESTQ(squares, squares)
	JZ(LabelRef("done"))
	rows := pointers{base: []reg.Register{src}, stride: srcRow}
	for range 2 {
		next := GP64()
		LEAQ(Mem{Base: rows.base[len(rows.base)-1], Index: srcRow, Scale: 2}, next)
		ADDQ(srcRow, next)
		rows.base = append(rows.base, next)
	}

	Label("square")
	var row, pair, quarter [8]reg.VecVirtual
	for i := range row {
		row[i], pair[i], quarter[i] = YMM(), YMM(), YMM()
		VMOVUPS(rows.row(i), row[i])
	}
	for i := 0; i < 8; i += 2 {
		VUNPCKLPS(row[i+1], row[i], pair[i])
		VUNPCKHPS(row[i+1], row[i], pair[i+1])
	}
	const low, high = 0x44, 0xee // which pairs of two vectors meet
	for i := 0; i < 8; i += 4 {
		VSHUFPS(Imm(low), pair[i+2], pair[i], quarter[i])
		VSHUFPS(Imm(high), pair[i+2], pair[i], quarter[i+1])
		VSHUFPS(Imm(low), pair[i+3], pair[i+1], quarter[i+2])
		VSHUFPS(Imm(high), pair[i+3], pair[i+1], quarter[i+3])
	}
	const lowHalves, highHalves = 0x20, 0x31
	for i := range 8 {
		halves := uint64(lowHalves)
		if i >= 4 {
			halves = highHalves
		}
		column := YMM()
		VPERM2F128(Imm(halves), quarter[4+i%4], quarter[i%4], column)
		VMOVUPS(column, Mem{Base: dst})
		ADDQ(dstRow, dst)
	}
	for _, r := range rows.base {
		ADDQ(Imm(uint64(v.bytes())), r)
	}
	DECQ(squares)
	JNZ(LabelRef("square"))
	Label("done")
	end()
}
