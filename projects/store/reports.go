package store

import (
	"context"
	"database/sql"
	"errors"
)

// SaveReport keeps an evaluation of a run as JSON, replacing one of the same
// key. The key should hold the DataHash, so that a report is found again only
// for the same data.
func (s *Store) SaveReport(ctx context.Context, run int, key string, json []byte) error {
	return s.write(ctx, "keep an evaluation", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `insert into reports values (?, ?, ?)
			on conflict (run, key) do update set json = excluded.json`, run, key, string(json))
		return err
	})
}

// Report gives what SaveReport kept, false if nothing.
func (s *Store) Report(ctx context.Context, run int, key string) (json []byte, ok bool, err error) {
	err = s.reader.QueryRowContext(ctx, `select json from reports where run = ? and key = ?`, run, key).Scan(&json)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	return json, err == nil, s.explain(ctx, "read an evaluation", err)
}
