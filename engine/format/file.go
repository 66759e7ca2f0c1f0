package format

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// File is what a format reads. It is opened anew for each pass, so it may be a
// member of an archive or a download as well as a file of the disk.
type File struct {
	Name string                        // base name; its extension suggests the format
	Size int64                         // bytes, or 0 if not known before reading
	Open func() (io.ReadCloser, error) // each call starts at the first byte
}

// Open gives a file of the local disk. It fails with an *Error if there is no
// such file, or it is a folder or a device, or may not be read.
func Open(path string) (File, error) {
	info, err := os.Stat(path)
	name := filepath.Base(path)
	if err != nil {
		return File{}, openError(name, err)
	}
	if info.IsDir() {
		return File{}, &Error{File: name, Want: "be a file", Got: "it is a folder", Way: "choose the files inside it"}
	}
	if !info.Mode().IsRegular() {
		return File{}, &Error{File: name, Want: "be a file", Got: "it is a device or a pipe", Way: "save its data to a file and choose that"}
	}
	f := File{Name: name, Size: info.Size(), Open: func() (io.ReadCloser, error) { return os.Open(path) }}
	r, err := f.Open()
	if err != nil {
		return File{}, openError(name, err)
	}
	return f, r.Close()
}

func openError(name string, err error) *Error {
	e := &Error{File: name, Err: err}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Want, e.Got, e.Way = "be there", "there is no such file", "check the name, or whether it was moved or its drive taken out"
	case errors.Is(err, fs.ErrPermission):
		e.Want, e.Got, e.Way = "be open to you", "you may not read it", "ask its owner for the right to read it, or copy it to your own folder"
	default:
		e.Want, e.Got, e.Way = "open", fmt.Sprintf("the system says %q", cause(err)), "try again, or copy it to another drive first"
	}
	return e
}

// cause strips the path from a system's error, which the sentence has already.
func cause(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// head gives the first bytes of the file, at most n.
func (f File) head(n int) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, openError(f.Name, err)
	}
	defer r.Close()
	head, err := io.ReadAll(io.LimitReader(r, int64(n)))
	if err != nil {
		return nil, readError(f, int64(len(head)), err)
	}
	return head, nil
}

// readError is what went wrong after done bytes.
func readError(f File, done int64, err error) *Error {
	return &Error{
		File: f.Name,
		Want: "be read to its end",
		Got:  fmt.Sprintf("after %d bytes the system says %q", done, cause(err)),
		Way:  "check that its drive is still connected, or copy the file to this computer first",
		Err:  err,
	}
}

// cutError says that a file ended before its size.
func cutError(f File, done int64) *Error {
	return &Error{
		File: f.Name,
		Want: fmt.Sprintf("hold %d bytes", f.Size),
		Got:  fmt.Sprintf("it ended after %d: it was changed or cut off meanwhile", done),
		Way:  "close the program that writes it, then import it again",
		Err:  io.ErrUnexpectedEOF,
	}
}
