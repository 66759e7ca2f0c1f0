package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"time"

	"attune/engine/dataset"
)

// Query chooses and orders examples. Its zero value means all, in the order
// in which they were imported.
type Query struct {
	Split      *dataset.Split // only those of this split
	Label      *string        // only those with this label; "" means those without any
	Search     string         // only those whose texts contain this, upper and lower case alike
	Sort       string         // "", "text", "label" or "length"
	Descending bool
}

// Row is an example as a table shows it.
type Row struct {
	ID                 int64
	Text, Pair, Target string
	Labels             []string
	Spans              []dataset.Span
	Split              dataset.Split
	File               string // name of the file it came from
	SourceRow          int    // its row there, from 1, the header not counted
}

// Example gives the row as a task sees it.
func (r Row) Example() dataset.Example {
	return dataset.Example{ID: r.ID, Text: r.Text, Pair: r.Pair, Target: r.Target, Labels: r.Labels, Spans: r.Spans}
}

// orders are the ways to sort; among equals, the order of import.
var orders = map[string]string{
	"":       `x.id`,
	"text":   `coalesce(k.text, c.text) collate nocase`,
	"label":  `(select labels from label_sets l where l.id = x.labels) collate nocase`,
	"length": `x.words`,
}

// sql selects the ids of a query, with its arguments.
func (q Query) sql() (query string, args []any) {
	from := `examples x`
	if q.Search != "" || q.Sort == "text" {
		from += ` join contents c on c.id = x.id left join cleaned k on k.id = x.cleaned`
	}
	where := []string{`not x.hidden`}
	if q.Split != nil {
		where = append(where, `x.split = ?`)
		args = append(args, string(*q.Split))
	}
	switch {
	case q.Label == nil:
	case *q.Label == "":
		where = append(where, `x.labels = 0`)
	default:
		where = append(where, `x.labels in (select l.id from label_sets l, json_each(l.labels) j where j.value = ?)`)
		args = append(args, *q.Label)
	}
	if q.Search != "" {
		where = append(where, `(holds(coalesce(k.text, c.text), ?) or c.pair <> '' and holds(coalesce(k.pair, c.pair), ?) or c.target <> '' and holds(c.target, ?))`)
		wanted := strings.ToLower(q.Search)
		args = append(args, wanted, wanted, wanted)
	}
	order, ok := orders[q.Sort]
	if !ok {
		order = orders[""]
	}
	if q.Descending {
		order += ` desc`
	}
	return `select x.id from ` + from + ` where ` + strings.Join(where, ` and `) + ` order by ` + order + `, x.id`, args
}

// IDs gives the ids of all examples that a query chooses, in its order: eight
// bytes each, from which any page of a table is then read at once.
func (s *Store) IDs(ctx context.Context, q Query) ([]int64, error) {
	query, args := q.sql()
	rows, err := s.reader.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, s.explain(ctx, "look for examples", err)
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, s.explain(ctx, "look for examples", err)
		}
		ids = append(ids, id)
	}
	return ids, s.explain(ctx, "look for examples", rows.Err())
}

// Rows gives the examples with these ids, in this order; those deleted
// meanwhile are left out.
func (s *Store) Rows(ctx context.Context, ids []int64) ([]Row, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	rows, err := s.reader.QueryContext(ctx, `
		select x.id, coalesce(k.text, c.text), coalesce(k.pair, c.pair), c.target, coalesce(k.spans, c.spans), l.labels, x.split, s.file, x.source_row
		from json_each(?) j join examples x on x.id = j.value join contents c on c.id = x.id left join cleaned k on k.id = x.cleaned
		join sources s on s.id = x.source join label_sets l on l.id = x.labels
		where not x.hidden order by j.key`, string(list))
	if err != nil {
		return nil, s.explain(ctx, "read examples", err)
	}
	defer rows.Close()
	page := make([]Row, 0, len(ids))
	for rows.Next() {
		var r Row
		var spans, set string
		if err := rows.Scan(&r.ID, &r.Text, &r.Pair, &r.Target, &spans, &set, &r.Split, &r.File, &r.SourceRow); err != nil {
			return nil, s.explain(ctx, "read examples", err)
		}
		if r.Spans, err = spansIn(spans); err != nil {
			return nil, s.explain(ctx, "read examples", err)
		}
		if r.Labels, err = labelsIn(set); err != nil {
			return nil, s.explain(ctx, "read examples", err)
		}
		page = append(page, r)
	}
	return page, s.explain(ctx, "read examples", rows.Err())
}

// Examples yields the examples of a split in the order of their ids, as they
// were when the first was read. It holds one of them at a time.
func (s *Store) Examples(ctx context.Context, split dataset.Split) dataset.Source {
	return s.examples(ctx, split, `coalesce(k.text, c.text), coalesce(k.pair, c.pair), c.target, coalesce(k.spans, c.spans)`)
}

// Imported is Examples with the texts as they were before any cleaning.
func (s *Store) Imported(ctx context.Context, split dataset.Split) dataset.Source {
	return s.examples(ctx, split, `c.text, c.pair, c.target, c.spans`)
}

func (s *Store) examples(ctx context.Context, split dataset.Split, texts string) dataset.Source {
	return func(yield func(dataset.Example, error) bool) {
		rows, err := s.reader.QueryContext(ctx, `
			select x.id, `+texts+`, l.labels
			from examples x join contents c on c.id = x.id left join cleaned k on k.id = x.cleaned
			join label_sets l on l.id = x.labels
			where not x.hidden and x.split = ? order by x.id`, string(split))
		if err != nil {
			yield(dataset.Example{}, s.explain(ctx, "read examples", err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			x, err := scanExample(rows)
			if err != nil {
				yield(dataset.Example{}, s.explain(ctx, "read examples", err))
				return
			}
			if !yield(x, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(dataset.Example{}, s.explain(ctx, "read examples", err))
		}
	}
}

func scanExample(rows *sql.Rows) (x dataset.Example, err error) {
	var spans, set string
	if err := rows.Scan(&x.ID, &x.Text, &x.Pair, &x.Target, &spans, &set); err != nil {
		return x, err
	}
	if x.Spans, err = spansIn(spans); err != nil {
		return x, err
	}
	x.Labels, err = labelsIn(set)
	return x, err
}

// labelsIn reads a set of labels, nil for that of examples which nobody labelled.
func labelsIn(set string) (labels []string, err error) {
	if set == emptySet {
		return nil, nil
	}
	err = json.Unmarshal([]byte(set), &labels)
	return labels, err
}

// Count is how many examples share a split, labels, a source and a length.
type Count struct {
	Split  dataset.Split
	Labels []string
	Source int64
	Words  int
	Rows   int
}

// Counts gives the numbers of all examples that are shown, without reading a
// text.
func (s *Store) Counts(ctx context.Context) ([]Count, error) {
	rows, err := s.reader.QueryContext(ctx, `
		select c.split, l.labels, c.source, c.words, c.rows
		from (select split, labels, source, words, count(*) rows from examples
			where not hidden group by split, labels, words, source) c
		join label_sets l on l.id = c.labels`)
	if err != nil {
		return nil, s.explain(ctx, "count examples", err)
	}
	defer rows.Close()
	var counts []Count
	for rows.Next() {
		var c Count
		var set string
		if err := rows.Scan(&c.Split, &set, &c.Source, &c.Words, &c.Rows); err != nil {
			return nil, s.explain(ctx, "count examples", err)
		}
		if c.Labels, err = labelsIn(set); err != nil {
			return nil, s.explain(ctx, "count examples", err)
		}
		counts = append(counts, c)
	}
	return counts, s.explain(ctx, "count examples", rows.Err())
}

// SpanLabels gives the number of examples that have a place of each label; places
// without a label, as answers are, do not count.
func (s *Store) SpanLabels(ctx context.Context) (map[string]int, error) {
	rows, err := s.reader.QueryContext(ctx, `
		select p.value ->> 'label', count(distinct x.id)
		from examples x join contents c on c.id = x.id left join cleaned k on k.id = x.cleaned,
			json_each(iif(coalesce(k.spans, c.spans) = '', '[]', coalesce(k.spans, c.spans))) p
		where not x.hidden and p.value ->> 'label' <> '' group by 1`)
	if err != nil {
		return nil, s.explain(ctx, "count the labels of places", err)
	}
	defer rows.Close()
	counts := map[string]int{}
	for rows.Next() {
		var label string
		var n int
		if err := rows.Scan(&label, &n); err != nil {
			return nil, s.explain(ctx, "count the labels of places", err)
		}
		counts[label] = n
	}
	return counts, s.explain(ctx, "count the labels of places", rows.Err())
}

// Sources gives the imported files, oldest first, those of undone imports left
// out; parts of texts are of none of them. Their Rows are not counted.
func (s *Store) Sources(ctx context.Context) ([]Source, error) {
	rows, err := s.reader.QueryContext(ctx, `select s.id, s.file, s.columns, v.at from sources s
		join events v on v.id = s.event
		where v.done and not exists (select 1 from examples x where x.id = s.first and x.origin <> 0) order by s.id`)
	if err != nil {
		return nil, s.explain(ctx, "list its files", err)
	}
	defer rows.Close()
	var all []Source
	for rows.Next() {
		var f Source
		var columns string
		var at int64
		if err := rows.Scan(&f.ID, &f.File, &columns, &at); err != nil {
			return nil, s.explain(ctx, "list its files", err)
		}
		f.Imported = time.UnixMilli(at)
		if err := json.Unmarshal([]byte(columns), &f.Columns); err != nil {
			return nil, s.explain(ctx, "list its files", err)
		}
		all = append(all, f)
	}
	return all, s.explain(ctx, "list its files", rows.Err())
}
