package weights

import (
	"encoding/binary"
	"math"
)

// number is a type of values in a file, little-endian.
type number struct {
	width int64 // bytes a block
	block int   // values that share a scale; 1 where each stands for itself
	widen func(to []float32, from []byte)
}

// bytes is what so many values take.
func (n number) bytes(values int) int64 { return int64(values/n.block) * n.width }

// numbers are the types that are read, by safetensors' names, or GGML's for one of
// 8 bits. A file may hold tensors of other types as long as nobody asks for them.
var numbers = map[string]number{
	"F64": {8, 1, func(to []float32, from []byte) { each(to, from, 8, float64Of) }},
	"F32": {4, 1, widenFloats},
	"F16": {2, 1, func(to []float32, from []byte) {
		each(to, from, 2, func(b []byte) float32 { return half(uint16Of(b)) })
	}},
	"BF16": {2, 1, widenBrain},
	"I64":  {8, 1, func(to []float32, from []byte) { each(to, from, 8, int64Of) }},
	"I32":  {4, 1, func(to []float32, from []byte) { each(to, from, 4, int32Of) }},
	"I16":  {2, 1, func(to []float32, from []byte) { each(to, from, 2, int16Of) }},
	"I8": {1, 1, func(to []float32, from []byte) {
		each(to, from, 1, func(b []byte) float32 { return float32(int8(b[0])) })
	}},
	"U8":   {1, 1, func(to []float32, from []byte) { each(to, from, 1, func(b []byte) float32 { return float32(b[0]) }) }},
	"Q8_0": {2 + scaledBlock, scaledBlock, widenScaled},
	"BOOL": {1, 1, func(to []float32, from []byte) { each(to, from, 1, func(b []byte) float32 { return float32(b[0]) }) }},
}

func each(to []float32, from []byte, width int, convert func([]byte) float32) {
	for i := range to {
		to[i] = convert(from[i*width : (i+1)*width])
	}
}

// widenFloats and widenBrain are loops of their own: nearly all weights are of
// these types.
func widenFloats(to []float32, from []byte) {
	for i := range to {
		to[i] = math.Float32frombits(binary.LittleEndian.Uint32(from[4*i:]))
	}
}

func widenBrain(to []float32, from []byte) {
	for i := range to {
		to[i] = math.Float32frombits(uint32(binary.LittleEndian.Uint16(from[2*i:])) << 16)
	}
}

// scaledBlock is how many values share a scale in Q8_0.
const scaledBlock = 32

// widenScaled multiplies blocks of 8-bit values by their scales, which are binary16
// (ggml-org/ggml, src/ggml-quants.c, dequantize_row_q8_0).
func widenScaled(to []float32, from []byte) {
	for len(to) > 0 {
		scale := half(uint16Of(from))
		for i, q := range from[2 : 2+scaledBlock] {
			to[i] = scale * float32(int8(q))
		}
		to, from = to[scaledBlock:], from[2+scaledBlock:]
	}
}

func uint16Of(b []byte) uint16   { return binary.LittleEndian.Uint16(b) }
func float64Of(b []byte) float32 { return float32(math.Float64frombits(binary.LittleEndian.Uint64(b))) }
func int64Of(b []byte) float32   { return float32(int64(binary.LittleEndian.Uint64(b))) }
func int32Of(b []byte) float32   { return float32(int32(binary.LittleEndian.Uint32(b))) }
func int16Of(b []byte) float32   { return float32(int16(uint16Of(b))) }

// half widens an IEEE 754 binary16 value.
func half(bits uint16) float32 {
	sign := uint32(bits>>15) << 31
	exponent, fraction := uint32(bits>>10)&0x1f, uint32(bits)&0x3ff
	switch {
	case exponent == 0x1f: // infinity, not a number
		return math.Float32frombits(sign | 0xff<<23 | fraction<<13)
	case exponent == 0: // zero, subnormal
		value := float32(fraction) * (1.0 / (1 << 24))
		return math.Float32frombits(sign | math.Float32bits(value))
	}
	return math.Float32frombits(sign | (exponent+112)<<23 | fraction<<13)
}
