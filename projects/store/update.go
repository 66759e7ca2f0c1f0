package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"iter"

	"attune/engine/dataset"
)

// FileRow is an example as the file it came from had it.
type FileRow struct {
	dataset.Example               // with the labels that its file gave it
	Row             int           // in its file
	Given, Split    dataset.Split // what the file says that it is for, and what it is used for
	Hidden          bool          // deleted, or left out by cleaning
	Relabelled      bool          // a user gave it other labels
	Columns, Others []string      // of its file, and its values there
}

// FileRows yields what files of this name have brought, as last updated, in the order
// of their rows; rows that were deleted here are among them.
func (s *Store) FileRows(ctx context.Context, file string) iter.Seq2[FileRow, error] {
	return func(yield func(FileRow, error) bool) {
		for r, err := range fileRows(ctx, s.reader, file) {
			if !yield(r, s.explain(ctx, "read examples", err)) {
				return
			}
		}
	}
}

// FileRows is Store.FileRows as the edit sees it. The edit must not write meanwhile.
func (e *Edit) FileRows(file string) iter.Seq2[FileRow, error] { return fileRows(e.ctx, e.tx, file) }

func fileRows(ctx context.Context, q querier, file string) iter.Seq2[FileRow, error] {
	return func(yield func(FileRow, error) bool) {
		fail := func(err error) { yield(FileRow{}, err) }
		sets, err := labelSets(ctx, q)
		if err != nil {
			fail(err)
			return
		}
		brought, err := broughtLabels(ctx, q)
		if err != nil {
			fail(err)
			return
		}
		rows, err := q.QueryContext(ctx, `
			select x.id, x.source_row, x.given, x.split, x.hidden, x.labels, c.text, c.pair, c.target, c.spans, c.others, s.columns
			from sources s join events v on v.id = s.event join examples x on x.id between s.first and s.last join contents c on c.id = x.id
			where v.done and s.file = ? and x.origin = 0 and not exists (
				select 1 from updates u join events w on w.id = u.event join changes h on h.event = u.event and h.field = 'hidden' and h.example = x.id
				where w.done and h.after = 1)
			order by x.source_row, x.id`, file)
		if err != nil {
			fail(err)
			return
		}
		defer rows.Close()
		var names namesRead
		for rows.Next() {
			r, labels, err := scanFileRow(rows, &names)
			if first, changed := brought[r.ID]; changed {
				r.Relabelled, labels = first != labels, first
			}
			r.Labels = sets[labels]
			if !yield(r, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			fail(err)
		}
	}
}

// namesRead are the names of columns as they were last read: those of the next row are
// seldom others.
type namesRead struct {
	written string
	names   []string
}

func (n *namesRead) read(written string) ([]string, error) {
	if written == n.written {
		return n.names, nil
	}
	n.written, n.names = written, nil
	return n.names, json.Unmarshal([]byte(written), &n.names)
}

// scanFileRow reads a row of the query of fileRows, and the number of its labels.
func scanFileRow(rows *sql.Rows, columns *namesRead) (r FileRow, labels int64, err error) {
	var spans, others, names string
	if err := rows.Scan(&r.ID, &r.Row, &r.Given, &r.Split, &r.Hidden, &labels, &r.Text, &r.Pair, &r.Target, &spans, &others, &names); err != nil {
		return FileRow{}, 0, err
	}
	if r.Columns, err = columns.read(names); err != nil {
		return FileRow{}, 0, err
	}
	if r.Spans, err = spansIn(spans); err != nil {
		return FileRow{}, 0, err
	}
	if others != "" {
		err = json.Unmarshal([]byte(others), &r.Others)
	}
	return r, labels, err
}

// broughtLabels gives the label sets with which examples came, of those whose labels
// were changed since.
func broughtLabels(ctx context.Context, q querier) (map[int64]int64, error) {
	rows, err := q.QueryContext(ctx, `select c.example, c.before from changes c join events v on v.id = c.event
		where v.done and c.field = 'labels' order by c.event`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	first := map[int64]int64{}
	for rows.Next() {
		var example, before int64
		if err := rows.Scan(&example, &before); err != nil {
			return nil, err
		}
		if _, known := first[example]; !known {
			first[example] = before
		}
	}
	return first, rows.Err()
}

// Update says that the edit brings a changed file again.
func (e *Edit) Update() error {
	_, err := e.exec(`insert or ignore into updates values (?)`, e.event)
	return err
}

// Replace hides examples that are no longer in their file, with their parts, those too
// that are hidden already: cleaning must not bring them back.
func (e *Edit) Replace(ids []int64) error {
	list, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	_, err = e.exec(`insert or replace into changes
		select ?1, 'hidden', id, hidden, 1 from examples where id in (select value from json_each(?2)) or origin in (select value from json_each(?2))`, e.event, list)
	return err
}

// Move says that examples stand in other rows of their file now.
func (e *Edit) Move(rows map[int64]int) error {
	list, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	_, err = e.exec(`insert or replace into changes
		select ?1, 'source_row', x.id, x.source_row, j.value
		from json_each(?2) j join examples x on x.id = cast(j.key as integer) where x.source_row <> j.value`, e.event, list)
	return err
}

// Added gives the id of the example that was added last.
func (e *Edit) Added() int64 { return e.source.last }

// Labels gives the labels that an example has.
func (e *Edit) Labels(id int64) (labels []string, err error) {
	if err := e.flush(); err != nil {
		return nil, err
	}
	var set string
	err = e.tx.QueryRowContext(e.ctx, `select l.labels from examples x join label_sets l on l.id = x.labels where x.id = ?`, id).Scan(&set)
	if err != nil {
		return nil, err
	}
	return labelsIn(set)
}
