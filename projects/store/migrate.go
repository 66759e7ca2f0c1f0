package store

import (
	"context"
	"database/sql"
	"embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// applicationID marks the file as Attune's in its header, "Attn".
const applicationID = 0x4174746e

// migrations are the steps from an empty file to this version's, in order: a
// file of version n has had the first n.
func migrations() ([]string, error) {
	names, err := fs.Glob(migrationFiles, "migrations/*.sql") // sorted by name
	if err != nil {
		return nil, err
	}
	steps := make([]string, len(names))
	for i, name := range names {
		step, err := migrationFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		steps[i] = string(step)
	}
	return steps, nil
}

// migrate brings a file up to this version, each step in a transaction of its
// own. It fails with an ErrNewer *Error, and changes nothing, if the file is
// beyond it.
func (s *Store) migrate(ctx context.Context) error {
	steps, err := migrations()
	if err != nil {
		return err
	}
	version, err := userVersion(ctx, s.writer)
	if err != nil {
		return err
	}
	if version > len(steps) {
		return s.newer(version, len(steps))
	}
	for version < len(steps) {
		if version, err = s.migrateOnce(ctx, steps); err != nil {
			return fmt.Errorf("bring it to version %d: %w", len(steps), err)
		}
	}
	return nil
}

// migrateOnce takes the step that the file needs next and gives its version
// then. The version is read again inside the transaction, since another window
// may have been quicker.
func (s *Store) migrateOnce(ctx context.Context, steps []string) (version int, err error) {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback()
	if version, err = userVersion(ctx, tx); err != nil || version >= len(steps) {
		return version, err
	}
	if _, err = tx.ExecContext(ctx, steps[version]); err != nil {
		return version, err
	}
	version++
	if _, err = tx.ExecContext(ctx, fmt.Sprintf("pragma user_version = %d", version)); err != nil {
		return version, err
	}
	return version, tx.Commit()
}

// querier is a handle or a transaction.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func userVersion(ctx context.Context, q querier) (version int, err error) {
	err = q.QueryRowContext(ctx, "pragma user_version").Scan(&version)
	return version, err
}

func (s *Store) newer(version, ours int) error {
	return &Error{
		Project: s.name,
		Got:     fmt.Sprintf("it was made with a newer Attune (its version is %d, this one knows %d); it was left as it is", version, ours),
		Way:     "update Attune on this computer, then open it again",
		Kind:    ErrNewer,
	}
}

// checkHeader reads the first bytes of a project's file and touches nothing,
// so that a newer or foreign file stays as it is. A file of length 0 passes:
// it is one whose making was interrupted.
// The places in the header are those of https://www.sqlite.org/fileformat.html#the_database_header.
func (s *Store) checkHeader() error {
	f, err := os.Open(s.Path(database))
	if errors.Is(err, fs.ErrNotExist) {
		return &Error{
			Project: s.name, Kind: ErrMissing, Err: err,
			Got: "there is no project at " + s.dir,
			Way: "choose a folder that ends in " + Extension + ", or make a new project",
		}
	}
	if err != nil {
		return err
	}
	defer f.Close()
	var header [100]byte
	n, err := io.ReadFull(f, header[:])
	if n == 0 && errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil || string(header[:16]) != "SQLite format 3\x00" {
		return s.foreign("its file " + database + " is not a database")
	}
	version, id := binary.BigEndian.Uint32(header[60:]), binary.BigEndian.Uint32(header[68:])
	if version > 0 && id != applicationID {
		return s.foreign("its file " + database + " belongs to another program")
	}
	steps, err := migrations()
	if err == nil && int(version) > len(steps) {
		err = s.newer(int(version), len(steps))
	}
	return err
}

func (s *Store) foreign(got string) error {
	return &Error{
		Project: s.name, Kind: ErrForeign, Got: got + "; it was left as it is",
		Way: "choose another folder, or take this one back from a backup",
	}
}
