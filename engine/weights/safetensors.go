// Package weights holds named tensors in files: safetensors now, other formats
// beside it. It knows no architecture: models walk its names.
package weights

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
)

// Tensor is a named array of float32 in row-major order.
type Tensor struct {
	Name   string
	Shape  []int
	Values []float32
}

// Error says what is wrong with a weight file.
type Error struct{ Reason string }

func (e *Error) Error() string { return "weights: " + e.Reason }

// Hint tells what to do about it.
func (e *Error) Hint() string {
	return "the file may be cut off or of another kind: copy or download the model again"
}

// largestHeader bounds the JSON header, as the reference implementation does
// (huggingface/safetensors, MAX_HEADER_SIZE).
const largestHeader = 100_000_000

// entry is a tensor's line in the header.
type entry struct {
	Type    string   `json:"dtype"`
	Shape   []int    `json:"shape"`
	Offsets [2]int64 `json:"data_offsets"`
}

// WriteSafetensors writes tensors as float32 in the safetensors format: the
// length of a JSON header in 8 bytes, the header, the values. The tensors are
// ordered by name, so that equal weights give equal files.
func WriteSafetensors(w io.Writer, tensors []Tensor, metadata map[string]string) error {
	tensors = slices.Clone(tensors)
	slices.SortFunc(tensors, func(a, b Tensor) int { return strings.Compare(a.Name, b.Name) })
	header := map[string]any{}
	if len(metadata) > 0 {
		header["__metadata__"] = metadata
	}
	var at int64
	for _, t := range tensors {
		end := at + 4*int64(len(t.Values))
		header[t.Name] = entry{Type: "F32", Shape: t.Shape, Offsets: [2]int64{at, end}}
		at = end
	}
	text, err := json.Marshal(header)
	if err != nil {
		return err
	}
	for len(text)%8 != 0 { // so that the values are aligned when the file is mapped
		text = append(text, ' ')
	}
	out := bufio.NewWriterSize(w, 1<<20)
	if err := binary.Write(out, binary.LittleEndian, uint64(len(text))); err != nil {
		return err
	}
	out.Write(text)
	for _, t := range tensors {
		if err := writeFloats(out, t.Values); err != nil {
			return err
		}
	}
	return out.Flush()
}

func writeFloats(w io.Writer, values []float32) error {
	var block [1 << 14]byte
	for len(values) > 0 {
		n := min(len(values), len(block)/4)
		for i, v := range values[:n] {
			binary.LittleEndian.PutUint32(block[4*i:], math.Float32bits(v))
		}
		if _, err := w.Write(block[:4*n]); err != nil {
			return err
		}
		values = values[n:]
	}
	return nil
}

// Safetensors is an opened safetensors file.
type Safetensors struct {
	Metadata map[string]string
	entries  map[string]entry
	values   io.ReaderAt
}

// OpenSafetensors reads the header of a file of the given size in bytes. The
// values are read as they are asked for, so the file must stay open.
func OpenSafetensors(r io.ReaderAt, size int64) (*Safetensors, error) {
	var length [8]byte
	if _, err := r.ReadAt(length[:], 0); err != nil {
		return nil, &Error{Reason: "the file is too short to hold a header"}
	}
	n := binary.LittleEndian.Uint64(length[:])
	if n > largestHeader || int64(n)+8 > size {
		return nil, &Error{Reason: fmt.Sprintf("a header of %d bytes does not fit a file of %d", n, size)}
	}
	text := make([]byte, n)
	if _, err := r.ReadAt(text, 8); err != nil {
		return nil, &Error{Reason: "the header is cut off"}
	}
	var lines map[string]json.RawMessage
	if err := json.Unmarshal(text, &lines); err != nil {
		return nil, &Error{Reason: "the header is not JSON"}
	}
	s := &Safetensors{entries: map[string]entry{}}
	s.values = io.NewSectionReader(r, 8+int64(n), size-8-int64(n))
	for name, line := range lines {
		if name == "__metadata__" {
			if err := json.Unmarshal(line, &s.Metadata); err != nil {
				return nil, &Error{Reason: "the metadata is not text"}
			}
			continue
		}
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, &Error{Reason: fmt.Sprintf("the header's line on %q is not readable", name)}
		}
		if err := e.check(name, size-8-int64(n)); err != nil {
			return nil, err
		}
		s.entries[name] = e
	}
	return s, nil
}

func (e entry) check(name string, room int64) error {
	width, known := widths[e.Type]
	if !known {
		return &Error{Reason: fmt.Sprintf("%q has values of type %q, which are not read", name, e.Type)}
	}
	count := int64(1)
	for _, d := range e.Shape {
		if d < 0 || d > 0 && count > room/int64(d) {
			return &Error{Reason: fmt.Sprintf("%q has an impossible shape", name)}
		}
		count *= int64(d)
	}
	from, to := e.Offsets[0], e.Offsets[1]
	if from < 0 || to < from || to > room || to-from != count*width {
		return &Error{Reason: fmt.Sprintf("the values of %q do not lie inside the file", name)}
	}
	return nil
}

// widths holds the bytes a value for the types that are read.
var widths = map[string]int64{"F32": 4, "F16": 2, "BF16": 2, "I64": 8}

// Names lists the tensors, sorted.
func (s *Safetensors) Names() []string {
	return slices.Sorted(maps.Keys(s.entries))
}

// Shape gives a tensor's shape; ok is false when there is no such tensor.
func (s *Safetensors) Shape(name string) (shape []int, ok bool) {
	e, ok := s.entries[name]
	return e.Shape, ok
}

// Values reads a tensor, widened to float32.
func (s *Safetensors) Values(name string) ([]float32, error) {
	e, ok := s.entries[name]
	if !ok {
		return nil, &Error{Reason: fmt.Sprintf("there is no tensor %q", name)}
	}
	raw := make([]byte, e.Offsets[1]-e.Offsets[0])
	if _, err := s.values.ReadAt(raw, e.Offsets[0]); err != nil && err != io.EOF {
		return nil, fmt.Errorf("read tensor %s: %w", name, err)
	}
	return widen(raw, e.Type), nil
}

func widen(raw []byte, kind string) []float32 {
	values := make([]float32, int64(len(raw))/widths[kind])
	for i := range values {
		switch kind {
		case "F32":
			values[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		case "BF16":
			values[i] = math.Float32frombits(uint32(binary.LittleEndian.Uint16(raw[2*i:])) << 16)
		case "F16":
			values[i] = half(binary.LittleEndian.Uint16(raw[2*i:]))
		case "I64":
			values[i] = float32(int64(binary.LittleEndian.Uint64(raw[8*i:])))
		}
	}
	return values
}

// half widens an IEEE 754 binary16 value.
func half(bits uint16) float32 {
	sign := uint32(bits>>15) << 31
	exponent, fraction := uint32(bits>>10)&0x1f, uint32(bits)&0x3ff
	switch {
	case exponent == 0x1f: // infinity, not a number
		return math.Float32frombits(sign | 0xff<<23 | fraction<<13)
	case exponent == 0: // zero, subnormal
		value := float32(fraction) * (1.0 / (1 << 24))
		if sign != 0 {
			return -value
		}
		return value
	}
	return math.Float32frombits(sign | (exponent+112)<<23 | fraction<<13)
}
