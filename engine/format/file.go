package format

import (
	"context"
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

	// Beside opens another file by its path from the folder or archive that the file
	// is in; nil if it is in none.
	Beside func(path string) (io.ReadCloser, error)
}

// openFile gives a file of the local disk.
func openFile(path string) (File, error) {
	info, err := os.Stat(path)
	name := filepath.Base(path)
	if err != nil {
		return File{}, openError(name, err)
	}
	if !info.Mode().IsRegular() {
		return File{}, &Error{File: name, Want: "be a file", Got: "it is a device or a pipe", Way: "save its data to a file and choose that"}
	}
	f := File{Name: name, Size: info.Size(), Open: func() (io.ReadCloser, error) { return os.Open(path) }}
	f.Beside = func(other string) (io.ReadCloser, error) {
		return os.OpenInRoot(filepath.Dir(path), filepath.FromSlash(other))
	}
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

// pass is one reading of a file from its first byte to its last. It stops when
// its context ends, tells its progress, and gives every other trouble as an
// *Error, also when the file ends before its size.
type pass struct {
	ctx      context.Context
	file     File
	source   io.ReadCloser
	packed   packed // the source, if its bytes are not those of the file; else nil
	done     int64
	progress func(bytes int64)
}

// packed is a source that unpacks a file, and says how many of the file's bytes
// it has taken.
type packed interface{ unpacked() int64 }

// begin opens the file for a pass.
func (f File) begin(ctx context.Context, progress func(bytes int64)) (*pass, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	source, err := f.Open()
	if err != nil {
		return nil, openError(f.Name, err)
	}
	if progress == nil {
		progress = func(int64) {}
	}
	unpacks, _ := source.(packed)
	return &pass{ctx: ctx, file: f, source: source, packed: unpacks, progress: progress}, nil
}

func (p *pass) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := p.source.Read(b)
	if p.done += int64(n); p.packed != nil {
		p.done = p.packed.unpacked()
	}
	p.progress(p.done)
	switch {
	case err == nil:
		return n, nil
	case err != io.EOF:
		return n, readError(p.file, p.done, err)
	case p.done < p.file.Size:
		return n, cutError(p.file, p.done)
	}
	return n, io.EOF
}

func (p *pass) Close() error { return p.source.Close() }

// readError is what went wrong after done bytes.
func readError(f File, done int64, err error) *Error {
	return &Error{
		File: f.Name,
		Want: "be readable to its end",
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
