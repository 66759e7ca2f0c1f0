package store

import (
	"crypto/rand"
	"errors"
	"os"
)

// Scratch is a file in the project's folder for what does not stay: it goes when it is
// closed, or after a crash when the project is next opened.
type Scratch struct {
	*os.File
	store  *Store
	unlock func() error
}

// Scratch makes an empty one.
func (s *Store) Scratch() (*Scratch, error) {
	unlock, err := s.lockFiles()
	if err != nil {
		return nil, s.explainFile("make room for what is read", err)
	}
	f, err := os.OpenFile(s.Path(".scratch"+incoming+rand.Text()), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, s.explainFile("make room for what is read", errors.Join(err, unlock()))
	}
	return &Scratch{f, s, unlock}, nil
}

// Write fails with an ErrFull *Error when the disk is.
func (f *Scratch) Write(b []byte) (int, error) {
	n, err := f.File.Write(b)
	return n, f.store.explainFile("write down what is read", err)
}

// Close removes it.
func (f *Scratch) Close() error {
	return errors.Join(f.File.Close(), os.Remove(f.Name()), f.unlock())
}
