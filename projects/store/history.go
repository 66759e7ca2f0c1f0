package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
)

// state gives the digest of the examples as they are, "" before the first
// import.
func state(ctx context.Context, q querier) (digest string, err error) {
	err = q.QueryRowContext(ctx, `select state from events where done order by id desc limit 1`).Scan(&digest)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return digest, err
}

// DataHash gives a digest that differs whenever any example, label or split
// does. It is a chain over what was done, so it costs nothing to ask, returns
// to what it was when something is undone, and is the same for two projects
// that were made from the same files in the same way.
func (s *Store) DataHash(ctx context.Context) (string, error) {
	digest, err := state(ctx, s.reader)
	return digest, s.explain(ctx, "read its history", err)
}

// turn is a direction of history: undoing or redoing.
type turn struct {
	next   string // the event whose turn it is
	side   string // of its changes, the one that holds then
	hidden int    // whether the examples it added are hidden then
	done   int
}

var (
	undo = turn{next: `select id, title from events where done order by id desc limit 1`, side: "before", hidden: 1, done: 0}
	redo = turn{next: `select id, title from events where not done order by id limit 1`, side: "after", hidden: 0, done: 1}
)

// CanUndo gives the title of the edit that Undo would take back, "" for none.
func (s *Store) CanUndo(ctx context.Context) (title string, err error) { return s.peek(ctx, undo) }

// CanRedo gives the title of the edit that Redo would do again, "" for none.
func (s *Store) CanRedo(ctx context.Context) (title string, err error) { return s.peek(ctx, redo) }

// Undo takes back the last edit and gives its title, "" if there is none.
func (s *Store) Undo(ctx context.Context) (title string, err error) { return s.turn(ctx, "undo", undo) }

// Redo does again what was undone last and gives its title, "" if there is none.
func (s *Store) Redo(ctx context.Context) (title string, err error) { return s.turn(ctx, "redo", redo) }

func (s *Store) peek(ctx context.Context, t turn) (string, error) {
	_, title, err := t.event(ctx, s.reader)
	return title, s.explain(ctx, "read its history", err)
}

// event gives the event whose turn it is; 0 for none.
func (t turn) event(ctx context.Context, q querier) (id int64, title string, err error) {
	err = q.QueryRowContext(ctx, t.next).Scan(&id, &title)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return id, title, err
}

func (s *Store) turn(ctx context.Context, doing string, t turn) (title string, err error) {
	err = s.write(ctx, doing, func(tx *sql.Tx) error {
		var id int64
		if id, title, err = t.event(ctx, tx); err != nil || id == 0 {
			return err
		}
		return t.take(ctx, tx, id)
	})
	return title, err
}

// take turns one event. What it added is shown first, or hidden last, since it may
// have left out some of that at once. Whatever later edits hid among it was shown
// again when those were undone.
func (t turn) take(ctx context.Context, tx *sql.Tx, event int64) error {
	steps := []func() error{
		func() error { return apply(ctx, tx, event, t.side) },
		func() error {
			_, err := tx.ExecContext(ctx, `update examples set hidden = ? where id in (
				select x.id from sources s join examples x on x.id between s.first and s.last where s.event = ?)`, t.hidden, event)
			return err
		},
	}
	if t.done == 1 {
		slices.Reverse(steps)
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `update events set done = ? where id = ?`, t.done, event)
	return err
}
