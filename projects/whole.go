package projects

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"attune/engine/disk"
)

// writeWhole writes a file beside its place and moves it there when it is whole.
func writeWhole(path string, write func(*os.File) error) error {
	return makeWhole(path, func(temporary string) (err error) {
		f, err := os.OpenFile(temporary, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		if err := write(f); err != nil {
			return err
		}
		return f.Sync()
	})
}

// makeWhole makes a file or folder under another name beside its place, and moves it
// there when it is whole. What can be done about a failure of the disk is said.
func makeWhole(path string, make func(temporary string) error) error {
	temporary := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"."+rand.Text()[:8])
	err := make(temporary)
	if err == nil {
		err = os.Rename(temporary, path)
	}
	if err == nil {
		return disk.SyncFolder(filepath.Dir(path))
	}
	os.RemoveAll(temporary)
	_, missing := os.Stat(filepath.Dir(path))
	switch {
	case disk.Full(err):
		return &Error{Got: "the disk is full; " + path + " was not written", Way: "make room there, or choose another place"}
	case missing != nil, errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS), errors.Is(err, syscall.ENOTDIR):
		return &Error{Got: "cannot write to " + filepath.Dir(path), Way: "choose a folder that is there and that you may write to"}
	}
	return err
}
