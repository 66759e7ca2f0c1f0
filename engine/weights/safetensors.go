package weights

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

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
	return writeSafetensors(w, tensors, metadata, "F32")
}

// WriteSafetensorsHalf is WriteSafetensors with every value rounded to binary16, half
// the size.
func WriteSafetensorsHalf(w io.Writer, tensors []Tensor, metadata map[string]string) error {
	return writeSafetensors(w, tensors, metadata, "F16")
}

func writeSafetensors(w io.Writer, tensors []Tensor, metadata map[string]string, kind string) error {
	tensors = slices.Clone(tensors)
	slices.SortFunc(tensors, func(a, b Tensor) int { return strings.Compare(a.Name, b.Name) })
	header := map[string]any{}
	if len(metadata) > 0 {
		header["__metadata__"] = metadata
	}
	var at int64
	for _, t := range tensors {
		end := at + numbers[kind].width*int64(len(t.Values))
		header[t.Name] = entry{Type: kind, Shape: t.Shape, Offsets: [2]int64{at, end}}
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
		write := writeFloats
		if kind == "F16" {
			write = writeHalves
		}
		if err := write(out, t.Values); err != nil {
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

// OpenSafetensors reads the header of a file of the given size in bytes, which
// must stay open.
func OpenSafetensors(r io.ReaderAt, size int64) (*File, error) {
	var length [8]byte
	if _, err := r.ReadAt(length[:], 0); err != nil {
		return nil, &Error{Reason: "the file is too short to hold a header"}
	}
	n := binary.LittleEndian.Uint64(length[:])
	if n > largestHeader || int64(n)+8 > size {
		return nil, &Error{Reason: fmt.Sprintf("a header of %d bytes does not fit a file of %d", n, size)}
	}
	text := make([]byte, n)
	if _, err := r.ReadAt(text, 8); err != nil && err != io.EOF {
		return nil, &Error{Reason: "the header is cut off"}
	}
	var lines map[string]json.RawMessage
	if err := json.Unmarshal(text, &lines); err != nil {
		return nil, &Error{Reason: "the header is not JSON"}
	}
	f := &File{places: map[string]place{}, bytes: r}
	for name, line := range lines {
		if name == "__metadata__" {
			if err := json.Unmarshal(line, &f.Metadata); err != nil {
				return nil, &Error{Reason: "the metadata is not text"}
			}
			continue
		}
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, &Error{Reason: fmt.Sprintf("the header's line on %q is not readable", name)}
		}
		p, err := e.place(name, 8+int64(n), size)
		if err != nil {
			return nil, err
		}
		f.places[name] = p
	}
	return f, nil
}

// place gives where the values lie in a file of size bytes whose values begin at
// start.
func (e entry) place(name string, start, size int64) (place, error) {
	from, to := e.Offsets[0], e.Offsets[1]
	if from < 0 || to < from || to > size-start {
		return place{}, &Error{Reason: fmt.Sprintf("the values of %q do not lie inside the file", name)}
	}
	p := place{kind: e.Type, shape: e.Shape, at: start + from}
	if err := p.check(name, start+to); err != nil {
		return p, err
	}
	if kind, known := numbers[e.Type]; known && kind.bytes(count(e.Shape)) != to-from {
		return p, &Error{Reason: fmt.Sprintf("the shape of %q does not fit its %d bytes", name, to-from)}
	}
	return p, nil
}
