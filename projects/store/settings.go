package store

import (
	"context"
	"database/sql"
	"errors"
)

// Setting gives the value of a project's setting, false if it was never set.
func (s *Store) Setting(ctx context.Context, key string) (value string, ok bool, err error) {
	err = s.reader.QueryRowContext(ctx, `select value from settings where key = ?`, key).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	return value, err == nil, s.explain(ctx, "read its settings", err)
}

// SetSetting sets it.
func (s *Store) SetSetting(ctx context.Context, key, value string) error {
	return s.write(ctx, "keep a setting", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `insert into settings values (?, ?)
			on conflict (key) do update set value = excluded.value`, key, value)
		return err
	})
}
