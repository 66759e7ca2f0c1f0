package store

import (
	"context"
	"slices"
)

// parts is what an edit knows of the further parts of divided examples.
type parts struct {
	of     map[int64][]int64 // ids by that of the example that shows the first, in their order; nil before they were read
	source int64             // to whose examples parts are being added, 0 for none
}

// Divide makes rest the further parts of an example, which itself is shown as the first,
// with the labels that all of them have. Parts that are as they were stay, with what a
// user did to them, and take these labels where they had those of the example. New ones
// are used for what the example is used for.
func (e *Edit) Divide(o Original, labels []string, rest []Shown) error {
	if err := e.readParts(); err != nil {
		return err
	}
	old := e.parts.of[o.ID]
	if len(old) == 0 && len(rest) == 0 {
		return nil
	}
	same, err := e.sameParts(old, rest)
	if err != nil {
		return err
	}
	if same {
		return e.relabelParts(o, labels)
	}
	if err := e.leaveParts(o.ID); err != nil {
		return err
	}
	for _, p := range rest {
		if err := e.addPart(o.ID, labels, p); err != nil {
			return err
		}
	}
	return nil
}

// Reunite hides the further parts of the examples that a user deleted: nothing divides
// texts any more, and so they belong to the deleted ones.
func (e *Edit) Reunite() error {
	_, err := e.exec(`insert or replace into changes
		select ?, 'hidden', p.id, 0, 1 from examples p join examples x on x.id = p.origin where not p.hidden and x.hidden`, e.event)
	return err
}

// readParts looks up which examples have parts, those among them too that a user deleted.
func (e *Edit) readParts() error {
	if e.parts.of != nil {
		return nil
	}
	e.parts.of = map[int64][]int64{}
	rows, err := e.tx.QueryContext(e.ctx, `select x.origin, x.id from examples x where x.origin <> 0 and (not x.hidden or not exists (
		select 1 from changes c join recipes r on r.event = c.event where c.field = 'hidden' and c.example = x.id and c.after = 1)) order by x.origin, x.id`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var origin, id int64
		if err := rows.Scan(&origin, &id); err != nil {
			return err
		}
		e.parts.of[origin] = append(e.parts.of[origin], id)
	}
	return rows.Err()
}

// sameParts says whether an example's parts have these texts already.
func (e *Edit) sameParts(old []int64, rest []Shown) (bool, error) {
	if len(old) != len(rest) {
		return false, nil
	}
	for i, id := range old {
		var text, written string
		if err := e.tx.QueryRowContext(e.ctx, `select text, spans from contents where id = ?`, id).Scan(&text, &written); err != nil {
			return false, err
		}
		spans, err := spansIn(written)
		if err != nil || text != rest[i].Text || !sameSpans(spans, rest[i].Spans) {
			return false, err
		}
	}
	return true, nil
}

// relabelParts gives the parts of an example its new labels, those that a user gave
// others excepted.
func (e *Edit) relabelParts(o Original, labels []string) error {
	if slices.Equal(labels, o.Now.Labels) {
		return nil
	}
	set, err := e.labelSet(labels)
	if err != nil {
		return err
	}
	_, err = e.exec(`insert or replace into changes
		select ?1, 'labels', id, labels, ?2 from examples where origin = ?3 and not hidden and labels = ?4 and labels <> ?2`, e.event, set, o.ID, o.state.labels)
	return err
}

// leaveParts hides the parts of an example, those too that are hidden already: they are
// none of its parts any more.
func (e *Edit) leaveParts(origin int64) error {
	_, err := e.exec(`insert or replace into changes
		select ?, 'hidden', id, hidden, 1 from examples where origin = ?`, e.event, origin)
	return err
}

func (e *Edit) addPart(origin int64, labels []string, p Shown) error {
	if err := e.partsSource(origin); err != nil {
		return err
	}
	set, err := e.labelSet(labels)
	if err != nil {
		return err
	}
	spans, err := spansText(p.Spans)
	if err != nil {
		return err
	}
	e.source.last++
	e.added++
	// Without the context, as in Add.
	_, err = e.tx.ExecContext(context.Background(), `insert into examples (id, source, source_row, words, given, split, labels, hidden, origin)
		select ?, ?, source_row, ?, given, split, ?, 0, id from examples where id = ?`, e.source.last, e.source.ID, p.Words, set, origin)
	if err != nil {
		return err
	}
	_, err = e.tx.ExecContext(context.Background(), `insert into contents (id, text, pair, target, spans, others)
		select ?, ?, '', '', ?, others from contents where id = ?`, e.source.last, p.Text, spans, origin)
	if err != nil {
		return err
	}
	e.number(origin)
	e.write(p.Text, spans)
	e.write(labels...)
	return nil
}

// partsSource begins a source for parts of examples of the one that an example is of: it
// has the same columns.
func (e *Edit) partsSource(example int64) error {
	var of int64
	if err := e.tx.QueryRowContext(e.ctx, `select source from examples where id = ?`, example).Scan(&of); err != nil {
		return err
	}
	if of == e.parts.source {
		return nil
	}
	e.parts.source = of
	return e.openSource(`select file, columns from sources where id = ?`, of)
}
