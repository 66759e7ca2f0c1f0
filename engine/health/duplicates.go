package health

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"attune/engine/dataset"
)

// Duplicates finds rows that say the same as another of the same label and use.
var Duplicates = Check{
	Name: "duplicates", Title: "Repeated rows", Cost: 10, // it compares all rows, for the checks after it as well
	About: "Rows whose words are the same as another row's, upper and lower case, spaces and signs apart.",
	look:  findDuplicates,
}

func findDuplicates(ctx context.Context, d *Data, tell func(done float64)) ([]Finding, error) {
	t, err := d.findTwins(ctx, tell)
	if err != nil {
		return nil, err
	}
	var f Finding
	for _, first := range slices.Sorted(maps.Keys(t.same)) {
		for _, copies := range d.alikeInUse(t.same[first]) {
			f.keepFirst(d, copies)
		}
	}
	if len(f.Items) == 0 {
		return nil, nil
	}
	n := f.Changes()
	f.Severity = graveness(n, len(d.Rows))
	f.Summary = fmt.Sprintf("%s (%s) %s another row word for word. What is repeated counts more than once, in the training and in the scores.",
		rows(n), share(n, len(d.Rows)), oneOrMore(n, "repeats", "repeat"))
	f.Fix = "Delete " + rows(n) + " and keep one of each text"
	return []Finding{f}, nil
}

// graveness of rows that are only more than there should be: a warning from one
// in a hundred on.
func graveness(n, all int) Severity {
	if n*100 >= all {
		return Warning
	}
	return Notice
}

func oneOrMore(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}

// use is what makes two rows with the same words copies of each other.
type use struct {
	split dataset.Split
	label string
}

// alikeInUse sorts rows into those of the same use, two or more each, in the
// order of their first rows.
func (d *Data) alikeInUse(same []int) [][]int {
	sorted := map[use][]int{}
	for _, i := range same {
		r := &d.Rows[i]
		u := use{r.Split, r.label()}
		sorted[u] = append(sorted[u], i)
	}
	var all [][]int
	for _, copies := range sorted {
		if len(copies) > 1 {
			all = append(all, copies)
		}
	}
	slices.SortFunc(all, func(a, b []int) int { return a[0] - b[0] })
	return all
}

// keepFirst adds a group of rows, of which all but the first are to go.
func (f *Finding) keepFirst(d *Data, group []int) {
	number := f.nextGroup()
	for n, i := range group {
		item := Item{ID: d.Rows[i].ID, Group: number, Note: "kept"}
		if n > 0 {
			item.Note, item.Change = "", Change{Delete: true}
		}
		f.Items = append(f.Items, item)
	}
}

// nextGroup is the number of the group that is added next.
func (f *Finding) nextGroup() int {
	if len(f.Items) == 0 {
		return 1
	}
	return f.Items[len(f.Items)-1].Group + 1
}
