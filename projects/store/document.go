package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"attune/engine/disk"
)

// Update rewrites the small file at path, which need not exist yet: change
// gets what it holds and gives what it shall hold. The file is replaced as a
// whole, and two programs that update it at once take turns.
func Update(path string, change func(old []byte) ([]byte, error)) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	lock, err := os.OpenFile(path+".lock", os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return err
	}
	defer lock.Close()
	if _, err := disk.Lock(lock, true, true); err != nil {
		return err
	}
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	text, err := change(old)
	if err != nil {
		return err
	}
	temporary := path + incoming // alone here, so one name will do
	if err := writeSynced(temporary, text); err != nil {
		return err
	}
	return move(temporary, path, path+outgoing)
}

func writeSynced(path string, text []byte) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}
