package weights

import (
	"fmt"
	"io"
	"maps"
	"runtime/debug"
	"slices"
)

// File is an opened file with tensors. Their values are read where they lie as
// they are asked for.
type File struct {
	Metadata map[string]string // of safetensors
	Settings map[string]any    // of GGUF: its settings and its vocabulary
	places   map[string]place
	bytes    io.ReaderAt
	close    func() error
}

// place is where a tensor's values lie in a file.
type place struct {
	kind    string // in numbers, or a type that is not read
	shape   []int
	at      int64 // of the first value, in bytes
	strides []int // in values, nil when they lie in row-major order
	values  int   // that the strides may reach, from at
}

// Open maps a file into memory and reads what tensors it holds: safetensors,
// PyTorch's .bin or GGUF, told by how it begins.
func Open(path string) (*File, error) {
	m, err := mapFile(path)
	if err != nil {
		return nil, err
	}
	f, err := openAny(m, m.size())
	if err != nil {
		m.Close()
		return nil, err
	}
	f.close = m.Close
	return f, nil
}

func openAny(r io.ReaderAt, size int64) (*File, error) {
	var head [9]byte
	if _, err := r.ReadAt(head[:], 0); err != nil {
		return nil, &Error{Reason: "the file is too short to hold a tensor"}
	}
	switch {
	case head[8] == '{': // behind the length of a safetensors header, whose bytes may be any
		return OpenSafetensors(r, size)
	case string(head[:4]) == ggufMagic:
		return OpenGGUF(r, size)
	case string(head[:4]) == zipMagic, head[0] == opProto:
		return OpenPyTorch(r, size)
	}
	return OpenSafetensors(r, size)
}

// Close gives the file back. Values that were read stay.
func (f *File) Close() error {
	if f.close == nil {
		return nil
	}
	return f.close()
}

// Names lists the tensors, sorted.
func (f *File) Names() []string { return slices.Sorted(maps.Keys(f.places)) }

// Shape gives a tensor's shape; ok is false when there is no such tensor.
func (f *File) Shape(name string) (shape []int, ok bool) {
	p, ok := f.places[name]
	return p.shape, ok
}

// Values reads a tensor, widened to float32. It fails as Fill does.
func (f *File) Values(name string) ([]float32, error) {
	p, ok := f.places[name]
	if !ok {
		return nil, noTensor(name)
	}
	if p.strides != nil && count(p.shape) > p.values {
		return nil, &Error{Reason: fmt.Sprintf("%q repeats the same values", name)}
	}
	values := make([]float32, count(p.shape))
	return values, f.Fill(name, values)
}

// Fill reads a tensor into as many values as it has. It fails with an *Error when
// its type is not read, or when the file was cut off since it was opened.
func (f *File) Fill(name string, to []float32) (err error) {
	p, ok := f.places[name]
	if !ok {
		return noTensor(name)
	}
	kind, known := numbers[p.kind]
	if !known {
		return &Error{
			Reason: fmt.Sprintf("%q has values of type %s, which are not read", name, p.kind),
			Way:    "take the model with weights of type F32, F16, BF16 or Q8_0",
		}
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true)) // of a mapped file that was cut
	defer func() {
		switch fault := recover().(type) {
		case nil:
		case interface{ Addr() uintptr }:
			err = &Error{Reason: fmt.Sprintf("the file was cut off while %q was read", name)}
		default:
			panic(fault)
		}
	}()
	if p.strides != nil {
		return f.gather(to, p, kind)
	}
	return f.widen(to, p.at, kind)
}

func noTensor(name string) error { return &Error{Reason: fmt.Sprintf("there is no tensor %q", name)} }

// widen converts values that lie one after the other, a block at a time, so that
// no more than a block is in memory twice.
func (f *File) widen(to []float32, at int64, kind number) error {
	const block = 1 << 20 // values, whole blocks of those that share a scale
	mapped, isMapped := f.bytes.(*mapping)
	var buffer []byte
	if !isMapped {
		buffer = make([]byte, kind.bytes(min(len(to), block)))
	}
	for len(to) > 0 {
		n := min(len(to), block)
		size := kind.bytes(n)
		if isMapped {
			kind.widen(to[:n], mapped.view(at, size))
			mapped.release(at, size)
		} else {
			if _, err := f.bytes.ReadAt(buffer[:size], at); err != nil && err != io.EOF {
				return fmt.Errorf("read a tensor: %w", err)
			}
			kind.widen(to[:n], buffer[:size])
		}
		to, at = to[n:], at+size
	}
	return nil
}

// gather reads values that do not lie in row-major order, as those of a tensor
// that was transposed or cut from another one.
func (f *File) gather(to []float32, p place, kind number) error {
	all := make([]float32, p.values)
	if err := f.widen(all, p.at, kind); err != nil {
		return err
	}
	index := make([]int, len(p.shape))
	for i := range to {
		at := 0
		for d, n := range index {
			at += n * p.strides[d]
		}
		to[i] = all[at]
		for d := len(index) - 1; d >= 0; d-- { // the next index, the last dimension first
			if index[d]++; index[d] < p.shape[d] {
				break
			}
			index[d] = 0
		}
	}
	return nil
}

// check says whether the values of a tensor lie inside so many bytes.
func (p place) check(name string, room int64) error {
	n, ok := counted(p.shape, room) // a value has a byte at least
	if !ok {
		return &Error{Reason: fmt.Sprintf("%q has an impossible shape", name)}
	}
	kind, known := numbers[p.kind]
	outside := p.at < 0 || p.at > room
	if known && p.strides == nil {
		outside = outside || kind.bytes(n) > room-p.at
		if last := len(p.shape) - 1; kind.block > 1 && (last < 0 || p.shape[last]%kind.block != 0) {
			return &Error{Reason: fmt.Sprintf("the rows of %q do not fall into blocks of %d", name, kind.block)}
		}
	}
	if outside {
		return &Error{Reason: fmt.Sprintf("the values of %q do not lie inside the file", name)}
	}
	return nil
}

// counted is the number of values of a shape, if that is at most the bound.
func counted(shape []int, most int64) (n int, ok bool) {
	total := int64(1)
	for _, d := range shape {
		if d < 0 {
			return 0, false
		}
		if d == 0 {
			return 0, true
		}
		if total > most/int64(d) {
			return 0, false
		}
		total *= int64(d)
	}
	return int(total), true
}

func count(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}
