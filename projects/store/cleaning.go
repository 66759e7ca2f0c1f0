package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"iter"
	"slices"

	"attune/engine/dataset"
)

// Original is an example as it is without cleaning.
type Original struct {
	dataset.Example       // as imported, with the labels that a user gave it since
	Now             Shown // how it is shown
	state           shownState
}

// Shown is what cleaning makes of an example.
type Shown struct {
	Text, Pair string
	Spans      []dataset.Span
	Labels     []string
	Words      int  // length of its texts
	Dropped    bool // left out by a filter
}

// shownState is what is shown as columns of examples.
type shownState struct{ cleaned, labels int64 }

// Recipe gives the steps of cleaning that hold, as SetRecipe got them; "" for none.
func (s *Store) Recipe(ctx context.Context) (string, error) {
	steps, err := recipe(ctx, s.reader)
	return steps, s.explain(ctx, "read how its texts are cleaned", err)
}

// Recipe is Store.Recipe as the edit sees it.
func (e *Edit) Recipe() (string, error) { return recipe(e.ctx, e.tx) }

func recipe(ctx context.Context, q querier) (steps string, err error) {
	err = q.QueryRowContext(ctx, `select r.steps from recipes r join events v on v.id = r.event
		where v.done order by v.id desc limit 1`).Scan(&steps)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return steps, err
}

// SetRecipe makes these the steps of cleaning that hold. What the edit does to labels
// and what it hides then counts as cleaning, not as a user's work.
func (e *Edit) SetRecipe(steps string) error {
	before, err := e.Recipe()
	if err != nil {
		return err
	}
	e.write("recipe", steps)
	e.recipe = e.recipe || steps != before
	_, err = e.exec(`insert or replace into recipes values (?, ?)`, e.event, steps)
	return err
}

// Originals yields all examples but those that a user deleted, in the order of their
// ids.
func (s *Store) Originals(ctx context.Context) iter.Seq2[Original, error] {
	return func(yield func(Original, error) bool) {
		for o, err := range originals(ctx, s.reader, 0) {
			if !yield(o, s.explain(ctx, "read examples", err)) {
				return
			}
		}
	}
}

// Originals yields the examples that the edit has added, or all if it added none, as
// Store.Originals does. Each may be given to Show.
func (e *Edit) Originals() iter.Seq2[Original, error] {
	return func(yield func(Original, error) bool) {
		if err := e.flush(); err != nil {
			yield(Original{}, err)
			return
		}
		first := int64(0)
		if e.added > 0 {
			first = e.source.last - e.added
		}
		for o, err := range originals(e.ctx, e.tx, first) {
			if !yield(o, err) {
				return
			}
		}
	}
}

// pageRows is how many originals are read at a time: between pages, an edit may write.
const pageRows = 512

func originals(ctx context.Context, q querier, after int64) iter.Seq2[Original, error] {
	return func(yield func(Original, error) bool) {
		labels, err := withoutCleaning(ctx, q, "labels")
		if err != nil {
			yield(Original{}, err)
			return
		}
		hidden, err := withoutCleaning(ctx, q, "hidden")
		if err != nil {
			yield(Original{}, err)
			return
		}
		sets, err := labelSets(ctx, q)
		for err == nil {
			var page []Original
			var last int64
			if page, last, err = originalPage(ctx, q, after); last == after {
				break
			}
			for _, o := range page {
				if _, byCleaning := hidden[o.ID]; o.Now.Dropped && (!byCleaning || hidden[o.ID] == 1) {
					continue // deleted, or its import undone
				}
				set := o.state.labels
				o.Now.Labels = sets[set]
				if before, changed := labels[o.ID]; changed {
					set = before
				}
				o.Labels = sets[set]
				if !yield(o, nil) {
					return
				}
			}
			after = last
		}
		if err != nil {
			yield(Original{}, err)
		}
	}
}

// originalPage reads the examples after an id, and gives the last id that it read.
func originalPage(ctx context.Context, q querier, after int64) (page []Original, last int64, err error) {
	rows, err := q.QueryContext(ctx, `
		select x.id, c.text, c.pair, c.target, c.spans, coalesce(k.text, c.text), coalesce(k.pair, c.pair), coalesce(k.spans, c.spans),
			x.words, x.hidden, x.cleaned, x.labels
		from examples x join contents c on c.id = x.id left join cleaned k on k.id = x.cleaned
		where x.id > ? and x.origin = 0 order by x.id limit ?`, after, pageRows)
	if err != nil {
		return nil, after, err
	}
	defer rows.Close()
	last = after
	for rows.Next() {
		var o Original
		var spans, shown string
		err := rows.Scan(&o.ID, &o.Text, &o.Pair, &o.Target, &spans, &o.Now.Text, &o.Now.Pair, &shown, &o.Now.Words, &o.Now.Dropped, &o.state.cleaned, &o.state.labels)
		if err != nil {
			return nil, after, err
		}
		if o.Spans, err = spansIn(spans); err != nil {
			return nil, after, err
		}
		if o.Now.Spans, err = spansIn(shown); err != nil {
			return nil, after, err
		}
		page, last = append(page, o), o.ID
	}
	return page, last, rows.Err()
}

// withoutCleaning gives what a column of examples would be had they not been cleaned,
// for those of which cleaning ever changed it: what a user made of it last, or what
// it was at first. Of an event that updates a file and cleans what is new, what it did
// to older examples is a user's work.
func withoutCleaning(ctx context.Context, q querier, field string) (map[int64]int64, error) {
	rows, err := q.QueryContext(ctx, `
		select c.example, c.before, c.after, c.event in (select event from recipes) and not (
			c.event in (select event from updates) and not exists (select 1 from sources s where s.event = c.event and c.example between s.first and s.last))
		from changes c join events v on v.id = c.event
		where v.done and c.field = ?1 and c.example in (select r.example from changes r where r.field = ?1 and r.event in (select event from recipes))
		order by c.event`, field)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[int64]int64{}
	for rows.Next() {
		var example, before, after int64
		var cleaning bool
		if err := rows.Scan(&example, &before, &after, &cleaning); err != nil {
			return nil, err
		}
		if _, known := all[example]; !known {
			all[example] = before
		}
		if !cleaning {
			all[example] = after
		}
	}
	return all, rows.Err()
}

// Show makes an example be shown in another way, and says whether that is a change.
func (e *Edit) Show(o Original, now Shown) (changed bool, err error) {
	if err := e.ctx.Err(); err != nil {
		return false, err
	}
	if err := e.prepareShow(); err != nil {
		return false, err
	}
	set := o.state.labels
	if !slices.Equal(now.Labels, o.Now.Labels) {
		if set, err = e.labelSet(now.Labels); err != nil {
			return false, err
		}
	}
	cleaned, err := e.cleanedID(o, now)
	if err != nil {
		return false, err
	}
	for _, c := range []struct {
		field         string
		before, after int64
	}{
		{"cleaned", o.state.cleaned, cleaned}, {"labels", o.state.labels, set},
		{"words", int64(o.Now.Words), int64(now.Words)}, {"hidden", flag(o.Now.Dropped), flag(now.Dropped)},
	} {
		if c.before == c.after {
			continue
		}
		// Without the context, as in Add.
		if _, err := e.change.ExecContext(context.Background(), e.event, c.field, o.ID, c.before, c.after); err != nil {
			return false, err
		}
		changed = true
	}
	return changed, nil
}

func (e *Edit) prepareShow() (err error) {
	if e.change != nil {
		return nil
	}
	if e.cleaned, err = e.tx.PrepareContext(e.ctx, `insert into cleaned (event, example, text, pair, spans) values (?, ?, ?, ?, ?) returning id`); err != nil {
		return err
	}
	e.change, err = e.tx.PrepareContext(e.ctx, `insert or replace into changes values (?, ?, ?, ?, ?)`)
	return err
}

// cleanedID finds or makes the cleaned texts of an example; 0 stands for those that
// were imported.
func (e *Edit) cleanedID(o Original, now Shown) (id int64, err error) {
	switch {
	case now.Text == o.Text && now.Pair == o.Pair && sameSpans(now.Spans, o.Spans):
		return 0, nil
	case now.Text == o.Now.Text && now.Pair == o.Now.Pair && sameSpans(now.Spans, o.Now.Spans):
		return o.state.cleaned, nil
	}
	spans, err := spansText(now.Spans)
	if err != nil {
		return 0, err
	}
	err = e.cleaned.QueryRowContext(context.Background(), e.event, o.ID, now.Text, now.Pair, spans).Scan(&id)
	return id, err
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// spansText is spans as they are kept: "" for nil, where nobody looked for any, [] for
// none.
func spansText(spans []dataset.Span) (string, error) {
	if spans == nil {
		return "", nil
	}
	text, err := json.Marshal(spans)
	return string(text), err
}

func sameSpans(a, b []dataset.Span) bool { return (a == nil) == (b == nil) && slices.Equal(a, b) }

func spansIn(text string) (spans []dataset.Span, err error) {
	if text != "" {
		err = json.Unmarshal([]byte(text), &spans)
	}
	return spans, err
}
