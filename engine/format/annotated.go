package format

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// note is an annotated text as the tools mean it that people mark texts with.
type note struct {
	text, pair string
	labels     []string
	spans      []rawSpan // nil if nobody looked for any, empty if there are none
	target     string
	split      string
	others     []field // what else is known of it
	problem    string  // why it cannot be used as it is, "" if it can
	fix        string
}

// notation is how a tool writes annotated texts into JSON: a list of elements, of
// which each holds one text or several.
type notation struct {
	name  string
	list  string // the key of the list, "" at the top
	usual ruler
	marks bool // spans are all that it is for, so that a file without any has none
	notes func(f File, element []byte) ([]note, error)
}

// Columns of annotated texts.
const (
	noteText   = "text"
	notePair   = "pair"
	noteLabel  = "label"
	noteSpans  = "spans"
	noteTarget = "target"
	noteSplit  = "split"
)

func (n notation) inspect(ctx context.Context, f File, o Overrides, progress func(bytes int64)) (Layout, error) {
	passes := portions(f.Size, 3, progress)
	l := Layout{Format: n.name, Header: true, Named: true}
	head, err := f.head(headBytes)
	if err != nil {
		return Layout{}, err
	}
	if looksJSONLines(head) {
		l.Newline = "\n"
	} else if n.list != "" && outline(head)[n.list+"[]"] {
		l.Sheet = n.list
	}
	if l.Encoding, err = f.encoding(ctx, o.Encoding, passes[0]); err != nil {
		return Layout{}, err
	}
	if err := l.nameNotes(f, n.each(ctx, f, l, passes[1]), n.usual, n.marks); err != nil {
		return Layout{}, err
	}
	return l, l.count(n.read(ctx, f, l, passes[2]))
}

// nameNotes finds which columns the notes need. Where texts may be marked or sorted
// into classes, as one likes, there are spans if one has any.
func (l *Layout) nameNotes(f File, notes iter.Seq2[noted, error], usual ruler, marks bool) error {
	count := ballot{usual: usual}
	var has struct{ pair, labels, spans, target, split bool }
	var others []string
	known := map[string]bool{}
	found := false
	for n, err := range notes {
		if err != nil {
			return err
		}
		found = true
		count.add(n.text, n.spans)
		has.pair = has.pair || n.pair != ""
		has.labels = has.labels || len(n.labels) > 0
		has.spans = has.spans || len(n.spans) > 0 || marks && n.spans != nil
		has.target = has.target || n.target != ""
		has.split = has.split || n.split != ""
		for _, x := range n.others {
			if name := columnName(x.name); name != "" && !known[name] {
				known[name] = true
				others = append(others, name)
			}
		}
		if len(others) > maxColumns {
			return tooManyColumns(f)
		}
	}
	if !found {
		return &Error{File: f.Name, Want: "hold annotated texts", Got: "it has none", Way: "export them again, with the texts"}
	}
	if r := count.elected(); r.name != usual.name {
		l.Places = r.name
	}
	l.Columns = []string{noteText}
	l.Roles.Text = noteText
	for _, c := range []struct {
		has  bool
		name string
		role *string
	}{
		{has.pair, notePair, &l.Roles.Pair}, {has.labels, noteLabel, &l.Roles.Label}, {has.spans, noteSpans, &l.Roles.Spans},
		{has.target, noteTarget, &l.Roles.Target}, {has.split, noteSplit, &l.Roles.Split},
	} {
		if c.has {
			l.Columns = append(l.Columns, c.name)
			*c.role = c.name
		}
	}
	own := len(l.Columns)
	l.Columns = columnNames(slices.Concat(l.Columns, others), own+len(others))
	l.others = make(map[string]int, len(others))
	for i, name := range others {
		l.others[name] = own + i
	}
	return nil
}

// noted is a note, or the reason why there is none.
type noted struct {
	note
	broken *Problem // without its row
}

// each gives the notes of a file.
func (n notation) each(ctx context.Context, f File, l Layout, progress func(bytes int64)) iter.Seq2[noted, error] {
	elements := rawJSON(ctx, f, l, progress)
	if l.Newline != "" {
		elements = rawJSONL(ctx, f, l, progress)
	}
	return func(yield func(noted, error) bool) {
		for e, err := range elements {
			if err != nil {
				yield(noted{}, err)
				return
			}
			var notes []note
			if e.flaw == sound {
				notes, err = n.notes(f, e.raw)
			}
			broken := jsonProblem(0, e, nil)
			if broken == nil && err != nil {
				broken = &Problem{Reason: fmt.Sprintf("it is not written as %s does: %s", n.name, plainJSONError(err)), Fix: "export it again, or correct it there; it was left out"}
			}
			if broken != nil {
				notes = []note{{}}
			}
			for _, x := range notes {
				if !yield(noted{x, broken}, nil) {
					return
				}
			}
		}
	}
}

// plainJSONError leaves out what only a programmer needs.
func plainJSONError(err error) string {
	text := strings.TrimPrefix(err.Error(), "json: ")
	if i := strings.Index(text, " of type "); i >= 0 && strings.HasPrefix(text, "cannot unmarshal") {
		text = strings.TrimPrefix(text[:i], "cannot unmarshal ") + " stands where something else belongs"
	}
	return text
}

func (n notation) read(ctx context.Context, f File, l Layout, progress func(bytes int64)) iter.Seq2[Record, error] {
	return noteRecords(ctx, n.each(ctx, f, l, progress), l, n.usual)
}

// noteRecords makes a record of each note.
func noteRecords(ctx context.Context, notes iter.Seq2[noted, error], l Layout, usual ruler) iter.Seq2[Record, error] {
	columns := map[string]int{}
	for i, name := range l.Columns {
		columns[name] = i
	}
	file := rulerNamed(l.Places, usual)
	return func(yield func(Record, error) bool) {
		row := 0
		for n, err := range notes {
			if err = cmp.Or(err, ctx.Err()); err != nil {
				yield(Record{}, err)
				return
			}
			row++
			rec := Record{Row: row, Values: make([]string, len(l.Columns))}
			if n.broken != nil {
				rec.Problem = &Problem{Row: row, Reason: n.broken.Reason, Fix: n.broken.Fix}
			} else {
				n.fill(&rec, columns, l.others, usual, file)
			}
			rec.mend(l)
			if !yield(rec, nil) {
				return
			}
		}
	}
}

// fill writes a note into a record. The columns of what else is known of it are apart: they
// may be called as one of its own.
func (n note) fill(rec *Record, columns, others map[string]int, usual, file ruler) {
	set := func(name, value string) {
		if at, ok := columns[name]; ok && value != "" {
			rec.Values[at] = value
		}
	}
	for _, x := range n.others {
		if at, ok := others[columnName(x.name)]; ok && x.value != "" {
			rec.Values[at] = x.value
		}
	}
	set(noteText, n.text)
	set(notePair, n.pair)
	set(noteLabel, strings.Join(n.labels, listSeparator))
	set(noteTarget, n.target)
	set(noteSplit, n.split)
	if n.spans != nil {
		p := place(n.text, n.spans, usual, file)
		set(noteSpans, spansText(p.spans))
		rec.Problem = p.problem(rec.Row)
	}
	if n.problem != "" {
		rec.Problem = &Problem{Row: rec.Row, Reason: n.problem, Fix: n.fix}
	}
}

// textOfJSON reads a field of JSON that should be a text, in whatever way it is
// written.
func textOfJSON(raw json.RawMessage) string {
	fields, err := fieldsOf(raw)
	if err != nil || len(fields) != 1 {
		return string(raw)
	}
	return fields[0].value
}

// othersOf gives the fields of an object but for those that the notation reads.
func othersOf(element []byte, read ...string) []field {
	fields, err := fieldsOf(element)
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(fields, func(x field) bool {
		top, _, _ := strings.Cut(x.name, ".")
		return slices.Contains(read, top) || strings.HasPrefix(top, "_")
	})
}
