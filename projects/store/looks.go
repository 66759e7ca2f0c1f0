package store

import (
	"context"
	"database/sql"
	"time"
)

// AddLook notes that a run was scored on the test rows of a digest.
func (s *Store) AddLook(ctx context.Context, test string, run int) error {
	return s.write(ctx, "note that the test rows were looked at", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `insert into looks values (?, ?, ?) on conflict do nothing`, test, run, time.Now().UnixMilli())
		return err
	})
}

// Looks counts the runs that were scored on the test rows of a digest.
func (s *Store) Looks(ctx context.Context, test string) (n int, err error) {
	err = s.reader.QueryRowContext(ctx, `select count(*) from looks where test = ?`, test).Scan(&n)
	return n, s.explain(ctx, "count how often the test rows were looked at", err)
}
