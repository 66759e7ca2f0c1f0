package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"attune/engine/disk"
)

// What can be wrong with a project on disk; an *Error wraps one of them.
var (
	ErrMissing  = errors.New("no project")
	ErrExists   = errors.New("name taken")
	ErrForeign  = errors.New("not a project")
	ErrNewer    = errors.New("made by a newer version")
	ErrDamaged  = errors.New("damaged")
	ErrReadOnly = errors.New("not writable")
	ErrFull     = errors.New("disk full")
	ErrBusy     = errors.New("in use")
)

// Error says in a sentence what is wrong with a project on disk.
type Error struct {
	Project string // its name
	Got     string // "the disk is full"
	Way     string // the way out, as a sentence without its full stop
	Kind    error  // one of the errors above
	Err     error  // the cause, or nil
}

// Error is the sentence: "Tickets: the disk is full".
func (e *Error) Error() string { return e.Project + ": " + e.Got }

// Hint is the way out.
func (e *Error) Hint() string { return e.Way }

// Unwrap gives the kind and the cause to errors.Is.
func (e *Error) Unwrap() []error { return []error{e.Kind, e.Err} }

// explain turns what SQLite reports into an *Error where an analyst can do
// something about it; doing is the verb for the rest. Other errors are not its
// own and pass as they are.
func (s *Store) explain(ctx context.Context, doing string, err error) error {
	var e *sqlite.Error
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case !errors.As(err, &e):
		return err
	}
	return s.failure(doing, sqliteKinds[e.Code()&0xff], err) // the low byte is the primary result code
}

// explainFile does so for what the system reports about the project's files.
func (s *Store) explainFile(doing string, err error) error {
	var known *Error
	switch {
	case err == nil, errors.As(err, &known):
		return err
	case disk.Full(err):
		return s.failure(doing, ErrFull, err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return s.failure(doing, ErrReadOnly, err)
	}
	return s.failure(doing, nil, err)
}

// failure is the error of a kind, or for kind nil one that only says what was
// being done.
func (s *Store) failure(doing string, kind, err error) error {
	e := &Error{Project: s.name, Kind: kind, Err: err}
	switch kind {
	case ErrFull:
		e.Got = "the disk is full; this was not saved, everything before it is safe"
		e.Way = "free some space on that disk, or move the project's folder to another one, and try again"
	case ErrBusy:
		e.Got = "another window or command is writing to it"
		e.Way = "wait until that has finished, then try again"
		if h, ok := s.holder(); ok {
			e.Got += ": " + h.String()
		}
	case ErrReadOnly:
		e.Got = "its folder may not be written"
		e.Way = "copy the folder to a place of your own, or ask for the right to write there"
	case ErrDamaged:
		e.Got = "its file " + database + " is damaged"
		e.Way = "take the folder back from a backup; the models in its folder runs can still be used"
	default:
		return fmt.Errorf("%s: %s: %w", s.name, doing, err)
	}
	return e
}

var sqliteKinds = map[int]error{
	sqlite3.SQLITE_FULL:     ErrFull,
	sqlite3.SQLITE_BUSY:     ErrBusy,
	sqlite3.SQLITE_LOCKED:   ErrBusy,
	sqlite3.SQLITE_READONLY: ErrReadOnly,
	sqlite3.SQLITE_PERM:     ErrReadOnly,
	sqlite3.SQLITE_CANTOPEN: ErrReadOnly,
	sqlite3.SQLITE_CORRUPT:  ErrDamaged,
	sqlite3.SQLITE_NOTADB:   ErrDamaged,
}
