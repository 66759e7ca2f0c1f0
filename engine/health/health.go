// Package health looks for what is wrong with an analyst's rows before a model
// learns from them: copies, leaks into the test, wrong labels. Each check says
// what it found in a sentence, which rows it means and what to do to them. It
// changes nothing, and knows no project and no screen.
package health

import (
	"cmp"
	"context"
	"slices"

	"attune/engine/dataset"
)

// Row is an example and what it is used for.
type Row struct {
	dataset.Example
	Split dataset.Split
}

// Data is what is looked at. Its rows must not change meanwhile.
type Data struct {
	Rows  []Row // each with an ID of its own
	Words int   // how long a text the model reads, in words; 0 for any length

	// Pieces says in how many pieces the model to start from reads a word, and
	// whether it does not know one of them; nil if it is to start from nothing.
	Pieces func(word string) (pieces int, unknown bool)

	twins *twins // found when first asked for
}

// Check is one thing to look for.
type Check struct {
	Name  string // "near-duplicates"
	Title string // "Nearly the same texts"
	About string // what it looks for, in a sentence
	Cost  int    // about how long it takes, in the time of one pass over the texts

	// look gives what is wrong, nothing for healthy data. It tells the share of
	// its work that is done, and fails only with the context's error.
	look func(ctx context.Context, d *Data, tell func(done float64)) ([]Finding, error)
}

// Severity says how much harm a finding does.
type Severity string

// The severities, the worst first.
const (
	Grave   Severity = "error"   // the scores or the model will be wrong
	Warning Severity = "warning" // the model will be worse than it could be
	Notice  Severity = "notice"  // worth knowing
)

var severities = []Severity{Grave, Warning, Notice}

// Finding is one thing that is wrong.
type Finding struct {
	Check    string   `json:"check"`
	Title    string   `json:"title"` // the check's, unless it found several things
	Severity Severity `json:"severity"`
	Summary  string   `json:"summary"`        // what is wrong, with its size and its harm
	Fix      string   `json:"fix"`            // what all the changes together do: "Delete 12 rows"; "" where no change of rows helps
	Move     string   `json:"move,omitempty"` // what can be done in its stead, by the Move of the items: "Move 3 test rows to training"; "" for nothing
	Step     string   `json:"step,omitempty"` // of cleaning, which mends all rows; "" where Items say what is to change
	Advice   string   `json:"advice"`         // what else helps; "" for nothing
	Items    []Item   `json:"items"`          // the rows in question: those that belong together stand together, the worst first
}

// Item is a row of a finding.
type Item struct {
	ID     int64  `json:"id"`
	Group  int    `json:"group"`           // rows with the same number belong together
	Note   string `json:"note,omitempty"`  // what is said about this row
	Change Change `json:"change,omitzero"` // what the fix does to it; zero for nothing

	Move dataset.Split `json:"move,omitempty"` // where it can go instead, Unassigned for nowhere
}

// Change is what a fix does to one row: one of these, or nothing.
type Change struct {
	Delete bool   `json:"delete,omitempty"`
	Label  string `json:"label,omitempty"` // the label that it gets
}

// Changes counts the rows that the fix changes.
func (f Finding) Changes() (n int) {
	if f.Step != "" {
		return len(f.Items)
	}
	for _, item := range f.Items {
		if item.Change != (Change{}) {
			n++
		}
	}
	return n
}

// Moves counts the rows that can be moved instead.
func (f Finding) Moves() (n int) {
	for _, item := range f.Items {
		if item.Move != dataset.Unassigned {
			n++
		}
	}
	return n
}

// Examine does the checks one after another and gives what they found, the
// gravest first. It tells which check is at work and the share of it that is
// done, and fails only with the context's error. The same data gives the same
// findings.
func Examine(ctx context.Context, checks []Check, d *Data, tell func(c Check, done float64)) ([]Finding, error) {
	var all []Finding
	for _, c := range checks {
		tell(c, 0)
		found, err := c.look(ctx, d, func(done float64) { tell(c, min(done, 1)) })
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			f.Check, f.Title = c.Name, cmp.Or(f.Title, c.Title)
			all = append(all, f)
		}
		tell(c, 1)
	}
	slices.SortStableFunc(all, func(a, b Finding) int {
		return cmp.Compare(slices.Index(severities, a.Severity), slices.Index(severities, b.Severity))
	})
	return all, nil
}

// every is how many rows pass between two looks at the context.
const every = 1024

// eachRow calls do for every row, until the context ends.
func eachRow(ctx context.Context, d *Data, tell func(done float64), do func(i int, r *Row)) error {
	for i := range d.Rows {
		if i%every == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			tell(float64(i) / float64(len(d.Rows)))
		}
		do(i, &d.Rows[i])
	}
	return nil
}

// label is a row's label, "" for none; of several, the first.
func (r *Row) label() string {
	if len(r.Labels) == 0 {
		return ""
	}
	return r.Labels[0]
}

// learned says whether a model learns from the row: one that is not held back,
// or not split yet, and has a label.
func (r *Row) learned() bool {
	return len(r.Labels) > 0 && (r.Split == dataset.Train || r.Split == dataset.Unassigned)
}

// sortByGroup puts the rows that belong together next to each other.
func sortByGroup(items []Item) {
	slices.SortStableFunc(items, func(a, b Item) int { return cmp.Compare(a.Group, b.Group) })
}
