package weights

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// mapping is a file as memory.
type mapping struct {
	data  []byte
	unmap func() error
}

func mapFile(path string) (m *mapping, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, &Error{Reason: path + " is not a file", Way: "choose the file with the weights"}
	case info.Size() == 0: // which cannot be mapped
		return &mapping{unmap: func() error { return nil }}, nil
	case int64(int(info.Size())) != info.Size():
		return nil, &Error{Reason: fmt.Sprintf("%s is too large for this system", path), Way: "use a 64-bit version of Attune"}
	}
	data, unmap, err := mapBytes(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return &mapping{data: data, unmap: unmap}, nil
}

func (m *mapping) size() int64 { return int64(len(m.data)) }

// view gives bytes of the file without a copy, for use until Close.
func (m *mapping) view(at, size int64) []byte { return m.data[at : at+size] }

// release says that bytes of a view are not needed for now, so that they do not
// count as memory beside the values that they became.
func (m *mapping) release(at, size int64) {
	page := int64(os.Getpagesize())
	from, to := at/page*page, (at+size)/page*page
	if to > from {
		forget(m.data[from:to])
	}
}

// ReadAt copies bytes of the file.
func (m *mapping) ReadAt(p []byte, at int64) (int, error) {
	if at < 0 || at > m.size() {
		return 0, io.EOF
	}
	n := copy(p, m.data[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Close gives the memory back.
func (m *mapping) Close() error {
	m.data = nil
	return m.unmap()
}
