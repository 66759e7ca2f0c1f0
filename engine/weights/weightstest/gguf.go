// Package weightstest writes files of weights that nothing else here writes, for the
// tests of those who read them.
package weightstest

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"

	"attune/engine/weights"
)

// GGUF gives a file of llama.cpp's format, version 3, with settings of the types
// uint32, int32, float32, bool, string, and lists of the last three and of int32.
// Matrices are of the kind F32, F16, BF16 or Q8_0, as far as their rows fall into its
// blocks; vectors are F32, as convert_hf_to_gguf.py leaves them.
func GGUF(settings map[string]any, kind string, tensors []weights.Tensor) []byte {
	file := binary.LittleEndian.AppendUint32([]byte("GGUF"), 3)
	file = binary.LittleEndian.AppendUint64(file, uint64(len(tensors)))
	file = binary.LittleEndian.AppendUint64(file, uint64(len(settings)))
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		file = value(text(file, name), settings[name], true)
	}
	var contents []byte
	for _, t := range tensors {
		number, content := encoded(t, kind)
		file = binary.LittleEndian.AppendUint32(text(file, t.Name), uint32(len(t.Shape)))
		for _, d := range slices.Backward(t.Shape) { // GGML counts from the innermost dimension
			file = binary.LittleEndian.AppendUint64(file, uint64(d))
		}
		file = binary.LittleEndian.AppendUint32(file, number)
		file = binary.LittleEndian.AppendUint64(file, uint64(len(contents)))
		contents = aligned(append(contents, content...))
	}
	return append(aligned(file), contents...)
}

func aligned(content []byte) []byte {
	return append(content, make([]byte, -len(content)&31)...)
}

func text(to []byte, s string) []byte {
	return append(binary.LittleEndian.AppendUint64(to, uint64(len(s))), s...)
}

// value appends a setting, behind its type unless it is one of a list.
func value(to []byte, v any, typed bool) []byte {
	kind := func(n uint32) {
		if typed {
			to = binary.LittleEndian.AppendUint32(to, n)
		}
	}
	switch v := v.(type) {
	case uint32:
		kind(4)
		return binary.LittleEndian.AppendUint32(to, v)
	case int32:
		kind(5)
		return binary.LittleEndian.AppendUint32(to, uint32(v))
	case float32:
		kind(6)
		return binary.LittleEndian.AppendUint32(to, math.Float32bits(v))
	case bool:
		kind(7)
		if v {
			return append(to, 1)
		}
		return append(to, 0)
	case string:
		kind(8)
		return text(to, v)
	case []int32:
		return list(to, 5, v)
	case []float32:
		return list(to, 6, v)
	case []bool:
		return list(to, 7, v)
	case []string:
		return list(to, 8, v)
	}
	panic(fmt.Sprintf("no setting of a GGUF file is of type %T", v))
}

func list[T any](to []byte, kind uint32, all []T) []byte {
	to = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(to, 9), kind)
	to = binary.LittleEndian.AppendUint64(to, uint64(len(all)))
	for _, v := range all {
		to = value(to, v, false)
	}
	return to
}

// encoded gives GGML's number of a tensor's type, and its values as they are stored.
func encoded(t weights.Tensor, kind string) (number uint32, content []byte) {
	width := t.Shape[len(t.Shape)-1]
	switch {
	case len(t.Shape) > 1 && kind == "F16":
		for _, v := range t.Values {
			content = binary.LittleEndian.AppendUint16(content, half(v))
		}
		return 1, content
	case len(t.Shape) > 1 && kind == "BF16":
		for _, v := range t.Values {
			content = binary.LittleEndian.AppendUint16(content, uint16(math.Float32bits(v)>>16))
		}
		return 30, content
	case len(t.Shape) > 1 && kind == "Q8_0" && width%32 == 0:
		for block := range slices.Chunk(t.Values, 32) {
			content = scaled(content, block)
		}
		return 8, content
	}
	for _, v := range t.Values {
		content = binary.LittleEndian.AppendUint32(content, math.Float32bits(v))
	}
	return 0, content
}

// half cuts a value to binary16. Those below its normal numbers become zero.
func half(v float32) uint16 {
	bits := math.Float32bits(v)
	sign, exponent := uint16(bits>>16)&0x8000, int(bits>>23&0xff)-112
	if exponent <= 0 {
		return sign
	}
	return sign | uint16(exponent<<10) | uint16(bits>>13)&0x3ff
}

// scaled appends a block of Q8_0: its greatest value is 127 times its scale.
func scaled(to []byte, block []float32) []byte {
	greatest := float32(0)
	for _, v := range block {
		greatest = max(greatest, v, -v)
	}
	scale := greatest / 127
	to = binary.LittleEndian.AppendUint16(to, half(scale))
	for _, v := range block {
		q := int8(0)
		if scale > 0 {
			q = int8(math.RoundToEven(float64(v / scale)))
		}
		to = append(to, byte(q))
	}
	return to
}
