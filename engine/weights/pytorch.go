package weights

import (
	"archive/zip"
	"encoding/binary"
	"fmt"
	"io"
	"path"
	"slices"
)

const (
	zipMagic = "PK\x03\x04"
	// largestPickle bounds the list of tensors, which is about 100 bytes for each.
	largestPickle = 64 << 20
	// legacyMagic is what torch.save began its files with before 1.6, as a long of
	// ten bytes (torch/serialization.py, MAGIC_NUMBER).
	legacyMagic = "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"
)

// OpenPyTorch reads where the tensors lie in a file that torch.save wrote of a
// state_dict, zip or older. The file must stay open. A pickle that holds anything
// but tensors is refused; no code of it is ever run.
func OpenPyTorch(r io.ReaderAt, size int64) (*File, error) {
	var head [4]byte
	if _, err := r.ReadAt(head[:], 0); err != nil {
		return nil, &Error{Reason: "the file is too short to hold a tensor"}
	}
	if string(head[:]) == zipMagic {
		return openZip(r, size)
	}
	return openLegacy(r, size)
}

// openZip reads the format since torch 1.6: NAME/data.pkl, and NAME/data/KEY for
// each storage (torch/serialization.py, _save).
func openZip(r io.ReaderAt, size int64) (*File, error) {
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, &Error{Reason: "the zip is not whole"}
	}
	i := slices.IndexFunc(archive.File, func(f *zip.File) bool { return path.Base(f.Name) == "data.pkl" })
	if i < 0 {
		return nil, errPickle("the zip does not hold tensors that torch.save wrote")
	}
	folder := path.Dir(archive.File[i].Name)
	starts := map[string]span{} // of each storage
	for _, f := range archive.File {
		switch dir, key := path.Split(f.Name); {
		case f.Name == folder+"/byteorder":
			if order, err := content(f, 16); err != nil || string(order) != "little" {
				return nil, errPickle("its values are in the order of a big-endian machine")
			}
		case dir == folder+"/data/" && f.Method == zip.Store:
			at, err := f.DataOffset()
			if err != nil {
				return nil, &Error{Reason: "the zip is not whole"}
			}
			starts[key] = span{at: at, size: int64(min(f.UncompressedSize64, uint64(size)))}
		case dir == folder+"/data/":
			return nil, errPickle("its values are compressed, which torch.save never does")
		}
	}
	text, err := content(archive.File[i], largestPickle)
	if err != nil {
		return nil, err
	}
	value, _, err := unpickle(text)
	if err != nil {
		return nil, err
	}
	return tensorsOf(value, starts, r, size)
}

// span is a run of bytes in a file.
type span struct{ at, size int64 }

// content reads a file of a zip that has at most so many bytes.
func content(f *zip.File, most int64) (text []byte, err error) {
	if f.UncompressedSize64 > uint64(most) {
		return nil, errPickle("its list of tensors is too long")
	}
	r, err := f.Open()
	if err != nil {
		return nil, &Error{Reason: "the zip is not whole"}
	}
	defer r.Close()
	if text, err = io.ReadAll(io.LimitReader(r, most)); err != nil {
		return nil, &Error{Reason: "the zip is not whole"}
	}
	return text, nil
}

// openLegacy reads the format before torch 1.6: pickles of a magic number, the
// protocol, the machine, the tensors and the storages' keys, then for each storage
// its length in 8 bytes and its values (torch/serialization.py, _legacy_load).
func openLegacy(r io.ReaderAt, size int64) (*File, error) {
	text, err := front(r, min(size, largestPickle))
	if err != nil {
		return nil, err
	}
	var parts [5]any
	at := 0
	for i := range parts {
		value, n, err := unpickle(text[at:])
		if err != nil {
			return nil, err
		}
		parts[i], at = value, at+n
		if i == 0 && value != legacyMagic {
			return nil, errPickle("the pickle was not written by torch.save")
		}
	}
	if machine, ok := parts[2].(*dict); !ok || machine.items["little_endian"] != true {
		return nil, errPickle("its values are in the order of a big-endian machine")
	}
	keys, ok := parts[4].(*list)
	if !ok {
		return nil, errPickle("it does not list its storages")
	}
	kinds := map[string]string{}
	if all, ok := parts[3].(*dict); ok {
		for _, each := range all.items {
			if c, ok := each.(*cut); ok {
				kinds[c.storage.key] = c.storage.kind
			}
		}
	}
	starts := map[string]span{}
	place := int64(at)
	for _, each := range keys.items {
		var length [8]byte
		if _, err := io.ReadFull(io.NewSectionReader(r, place, 8), length[:]); err != nil {
			return nil, &Error{Reason: "the values are cut off"}
		}
		key, _ := each.(string)
		kind, known := numbers[kinds[key]]
		values := int64(binary.LittleEndian.Uint64(length[:]))
		if !known || values < 0 || values > (size-place-8)/kind.width {
			return nil, &Error{Reason: "the values are cut off"}
		}
		starts[key] = span{at: place + 8, size: values * kind.width}
		place += 8 + values*kind.width
	}
	return tensorsOf(parts[3], starts, r, size)
}

// front gives the first bytes of a file, without a copy when it is mapped.
func front(r io.ReaderAt, size int64) ([]byte, error) {
	if m, ok := r.(*mapping); ok {
		return m.view(0, size), nil
	}
	text := make([]byte, size)
	if _, err := r.ReadAt(text, 0); err != nil && err != io.EOF {
		return nil, fmt.Errorf("read the list of tensors: %w", err)
	}
	return text, nil
}

// tensorsOf gives the tensors of an unpickled state_dict whose storages begin at
// starts.
func tensorsOf(value any, starts map[string]span, r io.ReaderAt, size int64) (*File, error) {
	all, ok := value.(*dict)
	if !ok {
		return nil, errPickle("it holds no tensors by name")
	}
	f := &File{places: map[string]place{}, bytes: r}
	for name, each := range all.items {
		c, ok := each.(*cut)
		if !ok {
			continue // a number or a text beside the tensors
		}
		start, ok := starts[c.storage.key]
		if !ok {
			return nil, &Error{Reason: fmt.Sprintf("the values of %q are not in the file", name)}
		}
		p, err := c.place(name, start)
		if err == nil {
			err = p.check(name, size)
		}
		if err != nil {
			return nil, err
		}
		f.places[name] = p
	}
	return f, nil
}

// place gives where a tensor lies, whose storage lies in a span.
func (c *cut) place(name string, s span) (place, error) {
	outside := &Error{Reason: fmt.Sprintf("the values of %q do not lie inside the file", name)}
	kind := numbers[c.storage.kind]
	p := place{kind: c.storage.kind, shape: c.shape, at: s.at + c.offset*kind.width}
	if slices.Contains(c.shape, 0) {
		p.at = s.at
		return p, nil
	}
	held := min(s.size/kind.width, c.storage.size) - c.offset // values from the tensor's first
	if c.offset < 0 || held < 1 {
		return place{}, outside
	}
	last := int64(0) // value, counted from the tensor's first
	for d, n := range c.shape {
		stride := int64(c.strides[d])
		if n < 0 || stride < 0 || stride > 0 && int64(n-1) > (held-1-last)/stride {
			return place{}, outside
		}
		last += int64(n-1) * stride
	}
	if !inOrder(c.shape, c.strides) {
		p.strides, p.values = c.strides, int(last+1)
	}
	return p, nil
}

// inOrder says whether strides are those of row-major order.
func inOrder(shape, strides []int) bool {
	next := 1
	for d := len(shape) - 1; d >= 0; d-- {
		if shape[d] != 1 && strides[d] != next {
			return false
		}
		next *= shape[d]
	}
	return true
}
