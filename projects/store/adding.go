package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
)

// Examples are inserted so many at a time, because each statement has its cost: with
// one for each, SQLite builds the lists of splits anew that its checks look into.
const (
	togetherRows  = 64
	togetherBytes = 1 << 20 // of texts; more wait no longer
)

// adding is examples on their way into the tables examples and contents.
type adding struct {
	one, many [2]*sql.Stmt // which insert one, or togetherRows
	waiting   [2][]any     // values of those that are not inserted yet
	rows      int          // of them
	bytes     int
}

// insertions give the beginning of the statement and how many values a row has.
var insertions = [2]struct {
	into   string
	values int
}{
	{"insert into examples (id, source, source_row, words, given, split, labels, hidden) values ", 8},
	{"insert into contents (id, text, pair, target, spans, others) values ", 6},
}

func (a *adding) prepare(ctx context.Context, tx *sql.Tx) (err error) {
	for i, in := range insertions {
		row := "(?" + strings.Repeat(", ?", in.values-1) + ")"
		if a.one[i], err = tx.PrepareContext(ctx, in.into+row); err != nil {
			return err
		}
		if a.many[i], err = tx.PrepareContext(ctx, in.into+row+strings.Repeat(", "+row, togetherRows-1)); err != nil {
			return err
		}
	}
	return nil
}

// flush inserts what is waiting.
func (a *adding) flush() error {
	for i, in := range insertions {
		insert, step := a.one[i], in.values
		if a.rows == togetherRows {
			insert, step = a.many[i], len(a.waiting[i])
		}
		for at := 0; at < len(a.waiting[i]); at += step {
			// Without the context, which the driver would watch from a new goroutine
			// for every statement.
			if _, err := insert.ExecContext(context.Background(), a.waiting[i][at:at+step]...); err != nil {
				return err
			}
		}
		clear(a.waiting[i])
		a.waiting[i] = a.waiting[i][:0]
	}
	a.rows, a.bytes = 0, 0
	return nil
}

// Source begins a new file, to which the examples added from now on belong.
// columns names their Others.
func (e *Edit) Source(file string, columns []string) error {
	names, err := json.Marshal(columns)
	if err != nil {
		return err
	}
	if err := e.openSource(`select ?, ?`, file, string(names)); err != nil || e.one[0] != nil {
		return err
	}
	return e.prepare(e.ctx, e.tx)
}

// openSource begins a source with the file and the columns that a query gives.
func (e *Edit) openSource(query string, args ...any) error {
	if err := e.closeSource(); err != nil {
		return err
	}
	next := e.tx.QueryRowContext(e.ctx, `select coalesce(max(id), 0) + 1 from examples`)
	if err := next.Scan(&e.source.first); err != nil {
		return err
	}
	e.source.last = e.source.first - 1
	next = e.tx.QueryRowContext(e.ctx, `insert into sources (event, first, last, file, columns)
		select ?, ?, ?, * from (`+query+`) returning id`, append([]any{e.event, e.source.first, e.source.last}, args...)...)
	return next.Scan(&e.source.ID)
}

// closeSource notes which examples the file brought.
func (e *Edit) closeSource() error {
	if e.source.ID == 0 {
		return nil
	}
	_, err := e.exec(`update sources set last = ? where id = ?`, e.source.last, e.source.ID)
	return err
}

// Add adds an example to the source begun last. It is cheap enough for a
// million.
func (e *Edit) Add(x NewExample) error {
	if err := e.ctx.Err(); err != nil {
		return err
	}
	set, err := e.labelSet(x.Labels)
	if err != nil {
		return err
	}
	spans, err := spansText(x.Spans)
	if err != nil {
		return err
	}
	others, err := array(x.Others)
	if err != nil {
		return err
	}
	e.source.last++
	e.waiting[0] = append(e.waiting[0], e.source.last, e.source.ID, x.Row, x.Words, string(x.Given), string(x.Split), set, 0)
	e.waiting[1] = append(e.waiting[1], e.source.last, x.Text, x.Pair, x.Target, spans, others)
	e.rows++
	e.bytes += len(x.Text) + len(x.Pair) + len(x.Target) + len(others)
	e.added++
	e.write(x.Text, x.Pair, x.Target, spans, string(x.Split))
	e.write(x.Labels...)
	if e.rows == togetherRows || e.bytes > togetherBytes {
		return e.flush()
	}
	return nil
}
