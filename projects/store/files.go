package store

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"attune/engine/disk"
)

// filesLock is shared by all who write files, and held alone while leftovers
// are cleared away.
const filesLock = "files.lock"

// Names of files and folders on their way in and out: ".3.new-X7", ".3.old-X7".
const (
	incoming = ".new-"
	outgoing = ".old-"
)

// WriteFile puts a file into the project, whole or not at all: it is written
// under another name, synced to the disk and renamed, replacing an older one.
// A write that fails leaves the older one as it was.
func (s *Store) WriteFile(name string, write func(io.Writer) error) error {
	return s.replace(name, func(temporary string) error {
		f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if err != nil {
			return err
		}
		if err := write(f); err != nil {
			return errors.Join(err, f.Close())
		}
		return errors.Join(f.Sync(), f.Close())
	})
}

// WriteFolder is WriteFile for a folder, "runs/3": write fills the new, empty
// folder dir. When an older folder is replaced there is always one of the two
// on the disk; for the blink between two renames it is the older one under
// another name, from which Open brings it back after a crash.
func (s *Store) WriteFolder(name string, write func(dir string) error) error {
	return s.replace(name, func(temporary string) error {
		if err := os.Mkdir(temporary, 0o777); err != nil {
			return err
		}
		if err := write(temporary); err != nil {
			return err
		}
		return syncTree(temporary)
	})
}

// replace makes a file or folder under a temporary name beside its place, and
// moves it there.
func (s *Store) replace(name string, make func(temporary string) error) error {
	place := s.Path(name)
	parent, base := filepath.Split(place)
	err := os.MkdirAll(parent, 0o777)
	if err != nil {
		return s.explainFile("write "+filepath.Base(place), err)
	}
	if name != "" {
		unlock, err := s.lockFiles()
		if err != nil {
			return s.explainFile("write "+filepath.Base(place), err)
		}
		defer unlock()
	}
	mark := rand.Text()
	temporary := filepath.Join(parent, "."+base+incoming+mark)
	err = make(temporary)
	if err == nil {
		err = move(temporary, place, filepath.Join(parent, "."+base+outgoing+mark))
	}
	if err != nil {
		os.RemoveAll(temporary) // what cannot be removed now, the next Open clears away
	}
	return s.explainFile("write "+filepath.Base(place), err)
}

// Room fails with an ErrFull *Error when the disk of the project is known to have fewer
// bytes free.
func (s *Store) Room(bytes int64) error {
	free, known := disk.Free(s.dir)
	if !known || free >= bytes {
		return nil
	}
	err := s.failure("", ErrFull, nil).(*Error)
	err.Got = fmt.Sprintf("up to %d MB will be written, and the disk has %d MB free", bytes>>20+1, free>>20)
	return err
}

// lockFiles keeps others from taking files that are being written for
// leftovers.
func (s *Store) lockFiles() (unlock func() error, err error) {
	f, err := os.OpenFile(s.Path(filesLock), os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, err
	}
	if _, err := disk.Lock(f, false, true); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f.Close, nil
}

// move renames temporary to place. A folder there, which no rename replaces,
// steps aside first.
func move(temporary, place, aside string) error {
	parent := filepath.Dir(place)
	if info, err := os.Lstat(place); err == nil && info.IsDir() {
		if err := os.Rename(place, aside); err != nil {
			return err
		}
		if err := os.Rename(temporary, place); err != nil {
			return errors.Join(err, os.Rename(aside, place))
		}
		if err := disk.SyncFolder(parent); err != nil {
			return err
		}
		return os.RemoveAll(aside)
	}
	if err := os.Rename(temporary, place); err != nil {
		return err
	}
	return disk.SyncFolder(parent)
}

// syncTree waits until all files and folders below dir are on the disk.
func syncTree(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return disk.SyncFolder(path)
		case !d.Type().IsRegular():
			return nil
		}
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		return errors.Join(f.Sync(), f.Close())
	})
}

// recoverFiles clears away what a crash left of files and folders on their way
// in, and brings back those on their way out that nothing had replaced yet.
// While anyone writes files it does nothing: the next Open will.
func (s *Store) recoverFiles() error {
	f, err := os.OpenFile(s.Path(filesLock), os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return err
	}
	defer f.Close()
	if alone, err := disk.Lock(f, true, false); err != nil || !alone {
		return err
	}
	return filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == s.dir {
			return err
		}
		return recoverFile(path, d)
	})
}

// recoverFile does so for one file or folder.
func recoverFile(path string, d fs.DirEntry) error {
	base, old := leftover(d.Name(), outgoing)
	_, unfinished := leftover(d.Name(), incoming)
	if !old && !unfinished {
		return nil
	}
	if err := settle(path, base); err != nil {
		return err
	}
	if d.IsDir() {
		return fs.SkipDir
	}
	return nil
}

// settle renames what is at path back to base if nothing has that name, and
// removes it otherwise, or if base is "".
func settle(path, base string) error {
	place := filepath.Join(filepath.Dir(path), base)
	if _, err := os.Lstat(place); errors.Is(err, fs.ErrNotExist) {
		return os.Rename(path, place)
	}
	return os.RemoveAll(path)
}

// leftover gives the name that a temporary one stands for.
func leftover(name, direction string) (base string, ok bool) {
	if !strings.HasPrefix(name, ".") {
		return "", false
	}
	i := strings.LastIndex(name, direction)
	if i < 1 {
		return "", false
	}
	return name[1:i], true
}
