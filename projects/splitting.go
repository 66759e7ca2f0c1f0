package projects

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"attune/engine/dataset"
	"attune/engine/task"
	"attune/projects/store"
)

// SplitOptions says how examples are dealt out to training, validation and
// test.
type SplitOptions struct {
	Test, Validation float64 // shares of the rows that are dealt out, 0 to 1
	Stratify         bool    // each label keeps its share in every split
	Group            string  // a column whose equal values stay together in one split; "" for none
	Time             string  // a column with dates: the newest rows are the test, those before them validation; "" for none
	Column           string  // a column that says train, validation or test by itself; "" for none
	Folds, Fold      int     // of so many equal parts, the one of this number, from 1, is for validation; 0 for none
	Seed             uint64  // the same seed deals the same rows the same way
}

// DefaultSplit is a fifth for the test, a tenth for validation, stratified.
func DefaultSplit() SplitOptions {
	return SplitOptions{Test: 0.2, Validation: 0.1, Stratify: true, Seed: 1}
}

// SplitSummary says how examples were dealt out.
type SplitSummary struct {
	Counts   map[dataset.Split]int
	Note     string   // a sentence about the rule that was followed, or ""
	Warnings []string // a sentence each, with the way out
}

// Split deals the examples out, as one event that Undo takes back. Validation
// and test rows that came as such keep their place, and where a file brought a
// test set, no more rows are taken for one; the same goes for validation.
// Unlabelled rows stay unlabelled, and test rows that are locked stay the test. A share above zero gives at least one row,
// and no label is taken from training altogether, as far as the rows suffice;
// what could not be had is in the warnings.
//
// Of Time, Column and Folds, one may be set. The parts of Folds are the same for every
// Fold, so that as many trainings check each row once.
//
// It fails with an *Error if there is nothing to deal out, the shares leave
// nothing to train on, or no file has a column that is named.
func (p *Project) Split(ctx context.Context, o SplitOptions) (SplitSummary, error) {
	if err := o.check(); err != nil {
		return SplitSummary{}, err
	}
	for _, column := range []string{o.Group, o.Time, o.Column} {
		if err := p.checkColumn(ctx, column); err != nil {
			return SplitSummary{}, err
		}
	}
	test, err := p.TestSet(ctx)
	if err != nil {
		return SplitSummary{}, err
	}
	var summary SplitSummary
	err = p.store.Edit(ctx, func(e *store.Edit) error {
		from, err := e.Assigned(o.Group)
		if err != nil {
			return err
		}
		if err := p.keepTexts(from, e.Alike); err != nil {
			return err
		}
		labels, err := e.LabelSets()
		if err != nil {
			return err
		}
		d := dealing{SplitOptions: o, from: from, to: make([]dataset.Split, len(from)), keepTest: test.Locked}
		if err := d.read(e); err != nil {
			return err
		}
		to, err := d.deal()
		if err != nil {
			return err
		}
		summary = summarise(from, to, labels, o)
		summary.Note = d.note
		summary.Warnings = append(summary.Warnings, d.warnings...)
		e.Title = "split into " + inWords(summary.Counts)
		_, err = e.Assign(from, to)
		return err
	})
	if err != nil {
		return SplitSummary{}, err
	}
	return summary, nil
}

// keepTexts puts the rows that ask of the same text into one group, but for those that have
// a group already.
func (p *Project) keepTexts(from []store.Assigned, alike func() ([]int64, error)) error {
	t, err := p.newTask()
	if _, shared := t.(task.Sharing); err != nil || !shared {
		return err
	}
	texts, err := alike()
	if err != nil {
		return err
	}
	for i := range from {
		from[i].Group = cmp.Or(from[i].Group, fmt.Sprintf("the text %d", texts[i]))
	}
	return nil
}

func (o SplitOptions) check() error {
	rules := 0
	for _, on := range []bool{o.Time != "", o.Column != "", o.Folds != 0} {
		if on {
			rules++
		}
	}
	switch {
	case rules > 1:
		return &Error{Got: "rows can be split by time, by a column or into parts, not by several of them", Way: "choose one"}
	case o.Folds != 0 && (o.Folds < 2 || o.Fold < 1 || o.Fold > o.Folds):
		return &Error{Got: fmt.Sprintf("there is no part %d of %d", o.Fold, o.Folds), Way: "choose 2 parts or more, and one of them from 1 on"}
	}
	if o.Test >= 0 && o.Validation >= 0 && o.Test+o.Validation < 1 {
		return nil
	}
	return &Error{
		Got: fmt.Sprintf("shares of %g for the test and %g for validation leave nothing to train on", o.Test, o.Validation),
		Way: "choose shares from 0 that add up to less than 1, such as 0.2 and 0.1",
	}
}

// checkColumn fails if no imported file has the column.
func (p *Project) checkColumn(ctx context.Context, name string) error {
	if name == "" {
		return nil
	}
	sources, err := p.store.Sources(ctx)
	if err != nil {
		return err
	}
	var columns []string
	for _, s := range sources {
		columns = append(columns, s.Columns...)
	}
	if slices.Contains(columns, name) {
		return nil
	}
	slices.Sort(columns)
	e := &Error{
		Got: fmt.Sprintf("there is no column %q to split by", name),
		Way: "the files have no columns besides text and label, so split without it",
	}
	if columns = slices.Compact(columns); len(columns) > 0 {
		e.Way = "choose one of the columns " + strings.Join(columns, ", ")
	}
	return e
}

// summarise counts the splits and says what is wrong with them.
func summarise(from []store.Assigned, to []dataset.Split, labels map[int64][]string, o SplitOptions) SplitSummary {
	s := SplitSummary{Counts: map[dataset.Split]int{}, Warnings: []string{}}
	trained, tested := map[string]bool{}, map[string]bool{}
	for i, split := range to {
		s.Counts[split]++
		for _, l := range labels[from[i].Labels] {
			trained[l] = trained[l] || split == dataset.Train
			tested[l] = tested[l] || split == dataset.Test
		}
	}
	s.warnOfEmpty(dataset.Validation, o.Validation, "Training could not tell when to stop.")
	s.warnOfEmpty(dataset.Test, o.Test, "The final score would have to come from the validation rows, and be too good.")
	s.warnOfLabels(trained, "has no row to learn from", "have no row to learn from")
	if s.Counts[dataset.Test] > 0 {
		s.warnOfLabels(tested, "has no row in the test set, so its score stays unknown", "have no row in the test set, so their scores stay unknown")
	}
	return s
}

func (s *SplitSummary) warnOfEmpty(split dataset.Split, share float64, so string) {
	if s.Counts[split] > 0 {
		return
	}
	way := "Import more rows and split again."
	if share == 0 {
		way = "Give it a share above 0."
	}
	s.Warnings = append(s.Warnings, fmt.Sprintf("There are no %s rows. %s %s", split, so, way))
}

// warnOfLabels names labels that rows lack which should have them.
func (s *SplitSummary) warnOfLabels(has map[string]bool, one, more string) {
	var missing []string
	for l, in := range has {
		if !in {
			missing = append(missing, l)
		}
	}
	if len(missing) == 0 {
		return
	}
	slices.Sort(missing)
	what := "The label " + quoted(missing) + " " + one
	if len(missing) > 1 {
		what = fmt.Sprintf("%s (%s) %s", counted(len(missing), "label"), quoted(missing), more)
	}
	s.Warnings = append(s.Warnings, what+". Import more rows with it, or join it with another label.")
}

// quoted lists names, at most five of them.
func quoted(names []string) string {
	const few = 5
	var all []string
	for _, n := range names[:min(few, len(names))] {
		all = append(all, fmt.Sprintf("%q", n))
	}
	if len(names) > few {
		all = append(all, "...")
	}
	return strings.Join(all, ", ")
}

func inWords(counts map[dataset.Split]int) string {
	n := func(split dataset.Split) string { return dataset.Thousands(counts[split]) }
	return fmt.Sprintf("%s training, %s validation and %s test rows", n(dataset.Train), n(dataset.Validation), n(dataset.Test))
}
