package projects

import (
	"errors"
	"io"
	"os"
	"path/filepath"
)

// Hold keeps what comes from no file, but from the clipboard or a pipe, in one of this
// name until release. Without an ending in its name, its format is found by looking.
func Hold(name string, from io.Reader) (file string, release func(), err error) {
	dir, err := os.MkdirTemp("", "attune-*")
	if err != nil {
		return "", nil, err
	}
	release = func() { os.RemoveAll(dir) }
	file = filepath.Join(dir, name)
	to, err := os.Create(file)
	if err == nil {
		_, err = io.Copy(to, from)
		err = errors.Join(err, to.Close())
	}
	if err != nil {
		release()
		return "", nil, err
	}
	return file, release, nil
}
