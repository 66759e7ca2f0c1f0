package weights

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
)

const ggufMagic = "GGUF"

// ggmlTypes are those of GGML's types of values that are read; all others are
// quantised (ggml-org/ggml, docs/gguf.md, ggml_type).
var ggmlTypes = map[uint32]string{0: "F32", 1: "F16", 8: "Q8_0", 24: "I8", 25: "I16", 26: "I32", 27: "I64", 28: "F64", 30: "BF16"}

// These bound what a header may claim, far above every published model.
const (
	mostTensors    = 1 << 17
	mostSettings   = 1 << 16
	mostDimensions = 8
)

// OpenGGUF reads the header of a file of llama.cpp's format, version 2 or 3
// (ggml-org/ggml, docs/gguf.md): its settings, by their names there, and where the
// tensors lie. The file must stay open.
func OpenGGUF(r io.ReaderAt, size int64) (*File, error) {
	h := &ggufHeader{r: bufio.NewReaderSize(io.NewSectionReader(r, 0, size), 1<<16), size: size}
	magic, version := h.take(4), h.uint32()
	tensors, settings := h.uint64(), h.uint64()
	switch {
	case h.err != nil || string(magic) != ggufMagic:
		return nil, &Error{Reason: "the file is no GGUF"}
	case version != 2 && version != 3:
		return nil, &Error{Reason: fmt.Sprintf("it is GGUF of version %d, and 2 and 3 are read", version), Way: "convert the model with a current llama.cpp"}
	case tensors > mostTensors || settings > mostSettings:
		return nil, &Error{Reason: "the header of the GGUF is not readable"}
	}
	f := &File{Settings: map[string]any{}, places: map[string]place{}, bytes: r}
	for range settings {
		name := h.text()
		f.Settings[name] = h.value(h.uint32(), 0)
	}
	for range tensors {
		name := h.text()
		f.places[name] = h.place()
	}
	if h.err != nil {
		return nil, &Error{Reason: "the header of the GGUF is cut off"}
	}
	align := int64(32)
	if a, ok := f.Settings["general.alignment"].(uint32); ok && a > 0 {
		align = int64(a)
	}
	start := (h.at + align - 1) / align * align
	for name, p := range f.places {
		p.at += start
		if err := p.check(name, size); err != nil {
			return nil, err
		}
		f.places[name] = p
	}
	return f, nil
}

// Number gives a setting of a GGUF file that is a whole number; ok is false where
// there is none of that name.
func (f *File) Number(setting string) (n int, ok bool) {
	v := reflect.ValueOf(f.Settings[setting])
	switch {
	case v.CanInt():
		return int(v.Int()), true
	case v.CanUint() && v.Uint() <= math.MaxInt:
		return int(v.Uint()), true
	}
	return 0, false
}

// ggufHeader reads the parts of a header; after the first failure they are zero.
type ggufHeader struct {
	r    *bufio.Reader
	at   int64
	size int64
	err  error
}

func (h *ggufHeader) take(n uint64) []byte {
	if h.err == nil && n > uint64(h.size-h.at) {
		h.err = io.ErrUnexpectedEOF
	}
	if h.err != nil {
		return make([]byte, min(n, 8))
	}
	b := make([]byte, n)
	_, h.err = io.ReadFull(h.r, b)
	h.at += int64(n)
	return b
}

func (h *ggufHeader) uint32() uint32 { return binary.LittleEndian.Uint32(h.take(4)) }
func (h *ggufHeader) uint64() uint64 { return binary.LittleEndian.Uint64(h.take(8)) }
func (h *ggufHeader) text() string   { return string(h.take(h.uint64())) }

// place reads a tensor's line; its place is counted from the first value.
func (h *ggufHeader) place() place {
	n := h.uint32()
	if n > mostDimensions {
		h.err = io.ErrUnexpectedEOF
		return place{}
	}
	var p place
	for range n {
		p.shape = append(p.shape, int(int64(h.uint64())))
	}
	slices.Reverse(p.shape) // GGML counts from the innermost dimension
	kind := h.uint32()
	p.kind = ggmlTypes[kind]
	if p.kind == "" {
		p.kind = fmt.Sprintf("GGML %d (quantised)", kind)
	}
	p.at = int64(min(h.uint64(), math.MaxInt64/2)) // with the start behind the header it is still a place
	return p
}

// value reads a setting of one of GGUF's types; an array is []any.
func (h *ggufHeader) value(kind uint32, depth int) any {
	switch kind {
	case 0:
		return h.take(1)[0]
	case 1:
		return int8(h.take(1)[0])
	case 2:
		return binary.LittleEndian.Uint16(h.take(2))
	case 3:
		return int16(binary.LittleEndian.Uint16(h.take(2)))
	case 4:
		return h.uint32()
	case 5:
		return int32(h.uint32())
	case 6:
		return math.Float32frombits(h.uint32())
	case 7:
		return h.take(1)[0] != 0
	case 8:
		return h.text()
	case 9:
		return h.array(depth)
	case 10:
		return h.uint64()
	case 11:
		return int64(h.uint64())
	case 12:
		return math.Float64frombits(h.uint64())
	}
	h.err = io.ErrUnexpectedEOF
	return nil
}

func (h *ggufHeader) array(depth int) []any {
	kind, n := h.uint32(), h.uint64()
	if depth > 2 || n > uint64(h.size-h.at) { // a value has a byte at least
		h.err = io.ErrUnexpectedEOF
	}
	var all []any
	for i := uint64(0); i < n && h.err == nil; i++ {
		all = append(all, h.value(kind, depth+1))
	}
	return all
}
