package format

import (
	"fmt"
	"slices"
	"strings"

	"attune/engine/dataset"
)

// Roles says which column is what, by name; "" means no column. Text is what
// a model reads, Pair a second text, Label a class, Target a text to write,
// Split the use of a row (train, validation, test, unlabelled), Spans the entities
// or answers in the text: as spansOf reads them. Several says that a row may have any
// number of labels: a list, joined by a character, or in a column of 0 and 1 each
// where there is no column for Label.
type Roles struct {
	Text, Pair, Label, Target, Split, Spans string
	Several                                 bool
}

// ColumnError says that a file has no column that a role names.
type ColumnError struct {
	Role    string   // "text", "label", ...
	Column  string   // the name that no column has; "" if none was given
	Columns []string // the names that there are
}

func (e *ColumnError) Error() string {
	if e.Column == "" {
		return fmt.Sprintf("no column is chosen as the %s", e.Role)
	}
	return fmt.Sprintf("there is no column %q for the %s", e.Column, e.Role)
}

// Hint names the columns that there are.
func (e *ColumnError) Hint() string {
	return "choose one of the columns " + strings.Join(e.Columns, ", ")
}

// Reader gives the function that makes examples of records, with the columns
// looked up once; a name also fits a column that differs only in case or outer
// blanks. It fails with a *ColumnError if Text is not set, or a column is not
// there.
//
// The function gives a Problem, and no example, for a row without a text, or
// with an unknown split; with an example, for one whose spans had to be repaired.
// A row without a label, where others have one, is unlabelled. A Problem of the
// record itself is the caller's to report.
func (r Roles) Reader(l Layout) (func(Record) (dataset.Example, dataset.Split, *Problem), error) {
	if r.Text == "" {
		return nil, &ColumnError{Role: "text", Columns: l.Columns}
	}
	var at places
	for _, role := range []struct {
		name, column string
		place        *int
	}{
		{"text", r.Text, &at.text},
		{"pair", r.Pair, &at.pair},
		{"label", r.Label, &at.label},
		{"target", r.Target, &at.target},
		{"split", r.Split, &at.split},
		{"spans", r.Spans, &at.spans},
	} {
		at, ok := columnNamed(l.Columns, role.column)
		if !ok {
			return nil, &ColumnError{Role: role.name, Column: role.column, Columns: l.Columns}
		}
		*role.place = at
	}
	if at.placed = r.Spans == l.Roles.Spans; !at.placed {
		at.file = at.rulerOf(l.Sample)
	}
	if r.Several {
		found := severalIn(l, r, at.label)
		at.several = &found
	}
	return at.example, nil
}

// places are the roles' columns as indices into a record, -1 for none.
type places struct {
	text, pair, label, target, split, spans int
	several                                 *severals // nil where a row has one label at most

	placed bool  // the format itself has counted the spans in bytes
	file   ruler // what others count
}

// rulerOf finds out what the spans of a file count, from its sample.
func (at places) rulerOf(sample [][]string) ruler {
	b := ballot{usual: byCharacter}
	for _, row := range sample {
		if at.spans < 0 || at.spans >= len(row) || at.text >= len(row) || len(row[at.text]) >= SampleBytes {
			continue
		}
		if spans, err := rawSpansOf(row[at.spans]); err == nil {
			b.add(row[at.text], spans)
		}
	}
	return b.elected()
}

// columnNamed finds a column by name; "" is found at -1.
func columnNamed(columns []string, name string) (int, bool) {
	if name == "" {
		return -1, true
	}
	i := slices.Index(columns, name)
	if i < 0 {
		wanted := strings.TrimSpace(name)
		i = slices.IndexFunc(columns, func(c string) bool { return strings.EqualFold(c, wanted) })
	}
	return i, i >= 0
}

func (at places) example(rec Record) (dataset.Example, dataset.Split, *Problem) {
	written := func(i int) string {
		if i < 0 || i >= len(rec.Values) {
			return ""
		}
		return rec.Values[i]
	}
	value := func(i int) string {
		if v := written(i); v != emptyList {
			return v
		}
		return ""
	}
	e := dataset.Example{Text: value(at.text), Pair: value(at.pair), Target: value(at.target)}
	if strings.TrimSpace(e.Text) == "" {
		return dataset.Example{}, dataset.Unassigned, &Problem{
			Row: rec.Row, Reason: "the text is empty", Fix: "fill it in, or leave the row out",
		}
	}
	split, ok := splitNamed(value(at.split))
	if !ok {
		return dataset.Example{}, dataset.Unassigned, &Problem{
			Row:    rec.Row,
			Reason: fmt.Sprintf("%q is not a use that a row can have", value(at.split)),
			Fix:    "write train, validation, test or unlabelled, or leave it empty",
		}
	}
	var problem *Problem
	if e.Spans, problem = spansOf(e.Text, written(at.spans), at); problem != nil {
		problem.Row = rec.Row
	}
	if at.several != nil {
		e.Labels = at.several.read(written)
	} else if label := strings.TrimSpace(value(at.label)); label != "" {
		e.Labels = []string{label}
	} else if at.label >= 0 && e.Spans == nil && split == dataset.Unassigned {
		split = dataset.Unlabelled
	}
	return e, split, problem
}

// splitNamed knows the names that files in the wild use for splits.
func splitNamed(name string) (dataset.Split, bool) {
	s, ok := splitNames[strings.ToLower(strings.TrimSpace(name))]
	return s, ok
}

var splitNames = map[string]dataset.Split{
	"":            dataset.Unassigned,
	"train":       dataset.Train,
	"training":    dataset.Train,
	"validation":  dataset.Validation,
	"valid":       dataset.Validation,
	"validate":    dataset.Validation,
	"val":         dataset.Validation,
	"dev":         dataset.Validation,
	"development": dataset.Validation,
	"eval":        dataset.Validation,
	"evaluation":  dataset.Validation,
	"test":        dataset.Test,
	"testing":     dataset.Test,
	"unlabelled":  dataset.Unlabelled,
	"unlabeled":   dataset.Unlabelled,
	"unassigned":  dataset.Unassigned,
}
