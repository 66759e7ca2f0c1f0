// Package store keeps a project on disk: one SQLite file with its examples,
// their history and its trainings, and beside it folders of weights that are
// there whole or not at all. It decides nothing about data or training.
package store

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Extension is how the folder of a project ends.
const Extension = ".attune"

// database is the SQLite file in that folder.
const database = "project.sqlite"

// Store is an open project. Its methods may be called from several goroutines,
// and several windows and commands may have the same project open.
type Store struct {
	dir, name string
	writer    *sql.DB // one connection
	reader    *sql.DB // several, which cannot write
}

// Create makes the folder dir with a project that has these settings, and
// opens it. It appears whole or not at all. It fails with an ErrExists *Error
// if something of that name is there.
func Create(ctx context.Context, dir string, settings map[string]string) (*Store, error) {
	s, err := at(dir)
	if err != nil {
		return nil, err
	}
	if _, err := os.Lstat(s.dir); !errors.Is(err, fs.ErrNotExist) {
		return nil, &Error{
			Project: s.name, Kind: ErrExists, Err: err, Got: "there is already something named " + s.dir,
			Way: "open it, or choose another name",
		}
	}
	err = s.WriteFolder("", func(dir string) error { return fill(ctx, dir, settings) })
	if known := new(Error); errors.As(err, &known) && known.Kind == ErrReadOnly {
		known.Got, known.Way = "no project can be made in "+filepath.Dir(s.dir), "choose a folder that you may write to"
	}
	if err != nil {
		return nil, err
	}
	return Open(ctx, s.dir)
}

// fill makes the database of a new project in an empty folder.
func fill(ctx context.Context, dir string, settings map[string]string) error {
	f, err := os.Create(filepath.Join(dir, database))
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	s, err := Open(ctx, dir)
	if err != nil {
		return err
	}
	for key, value := range settings {
		if err := s.SetSetting(ctx, key, value); err != nil {
			return errors.Join(err, s.Close())
		}
	}
	return s.Close()
}

// Open opens the project in the folder dir, brings its file up to this version
// and clears away what a crash left. It fails with an *Error of kind
// ErrMissing, ErrForeign, ErrNewer, ErrReadOnly or ErrDamaged; a foreign or
// newer file is not touched.
func Open(ctx context.Context, dir string) (*Store, error) {
	s, err := at(dir)
	if err != nil {
		return nil, err
	}
	if err := s.checkHeader(); err != nil {
		return nil, s.explainFile("open", err)
	}
	if s.writer, err = open(s.Path(database), writerPragmas, 1); err != nil {
		return nil, err
	}
	if s.reader, err = open(s.Path(database), readerPragmas, 4); err != nil {
		return nil, errors.Join(err, s.writer.Close())
	}
	err = s.explain(ctx, "open", s.migrate(ctx))
	if err == nil {
		err = s.explainFile("clear up", s.recoverFiles())
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	s.trim()
	return s, nil
}

// at is the unopened store of a folder.
func at(dir string) (*Store, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	name := strings.TrimSuffix(filepath.Base(dir), Extension)
	return &Store{dir: dir, name: name}, nil
}

// Close ends all use of the project. Everything is on the disk already.
func (s *Store) Close() error {
	return errors.Join(s.reader.Close(), s.writer.Close())
}

// Dir is the project's folder, absolute.
func (s *Store) Dir() string { return s.dir }

// Name is the folder's name without the extension.
func (s *Store) Name() string { return s.name }

// Path is where the file or folder of that name is in the project, with
// slashes between its parts: "runs/3". It need not be there.
func (s *Store) Path(name string) string {
	return filepath.Join(s.dir, filepath.FromSlash(name))
}

// write does a piece of work in one transaction, which stays undone as a whole
// if do fails or the context ends first.
func (s *Store) write(ctx context.Context, doing string, do func(tx *sql.Tx) error) error {
	err := s.transact(ctx, do)
	s.trim()
	return s.explain(ctx, doing, err)
}

func (s *Store) transact(ctx context.Context, do func(tx *sql.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	// The statements watch the context, not the transaction: database/sql
	// would undo it from another goroutine while do is still at work.
	tx, err := s.writer.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := do(tx); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return tx.Commit()
}

// logLimit is the size in bytes from which the write-ahead log is cut back.
const logLimit = 8 << 20

// trim cuts back the write-ahead log after a large transaction, one that was
// undone, or a crash. It never waits: while readers or another writer need the
// log it stays, and a later call gets it.
func (s *Store) trim() {
	info, err := os.Stat(s.Path(database) + "-wal")
	if err != nil || info.Size() < logLimit {
		return
	}
	s.writer.Exec("pragma busy_timeout = 0; pragma wal_checkpoint(truncate); pragma busy_timeout = 5000")
}
