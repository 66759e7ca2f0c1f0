package health

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// GiveAways finds words that give the label away.
var GiveAways = Check{
	Name: "give-aways", Title: "Words that give the label away", Cost: 2,
	About: "Words that stand in nearly all rows of a label and in no other row.",
	look:  findGiveAways,
}

// A word gives a label away that stands in nearly all of its rows, enough of them,
// and hardly anywhere else. What people write is never so clean; what a program
// adds is.
const (
	nearlyAll    = 0.95
	fewestGiven  = 20
	hardlyOthers = 0.01
)

// heard counts the rows with a word.
type heard struct {
	rows    int
	byLabel map[string]int
}

func findGiveAways(ctx context.Context, d *Data, tell func(done float64)) ([]Finding, error) {
	sizes := map[string]int{}
	known := map[string]*heard{}
	err := eachRow(ctx, d, tell, func(_ int, r *Row) {
		if len(r.Labels) != 1 {
			return
		}
		sizes[r.label()]++
		for _, w := range differentWords(r) {
			h := known[w]
			if h == nil {
				h = &heard{byLabel: map[string]int{}}
				known[w] = h
			}
			h.rows++
			h.byLabel[r.label()]++
		}
	})
	if err != nil || len(sizes) < 2 {
		return nil, err
	}
	given := map[string]string{} // the word, by the label
	for w, h := range known {
		for label, n := range h.byLabel {
			all := n >= fewestGiven && float64(n) >= nearlyAll*float64(sizes[label])
			if all && float64(h.rows-n) <= hardlyOthers*float64(h.rows) && (given[label] == "" || w < given[label]) {
				given[label] = w
			}
		}
	}
	if len(given) == 0 {
		return nil, nil
	}
	f := Finding{Severity: Warning}
	var labels []string
	for label := range given {
		labels = append(labels, label)
	}
	slices.SortFunc(labels, func(a, b string) int { return cmp.Or(cmp.Compare(sizes[b], sizes[a]), cmp.Compare(a, b)) })
	for i := range d.Rows {
		r := &d.Rows[i]
		if w := given[r.label()]; len(r.Labels) == 1 && w != "" && slices.Contains(wordsOf(r), w) {
			f.Items = append(f.Items, Item{ID: r.ID, Group: slices.Index(labels, r.label()) + 1, Note: fmt.Sprintf("%q gives %q away", w, r.label())})
		}
	}
	sortByGroup(f.Items)
	var told []string
	for _, label := range labels[:min(3, len(labels))] {
		told = append(told, fmt.Sprintf("%q for %q", given[label], label))
	}
	f.Summary = fmt.Sprintf("%s by a single word that stands in nearly all of %s rows and nowhere else: %s. If a program put it there, the model learns to look for it and is lost without it.",
		counted(len(given), "label is given away", "labels are given away"), oneOrMore(len(given), "its", "their"), strings.Join(told, ", "))
	f.Advice = "If it will not be there later, take it out when cleaning, with the step that replaces."
	return []Finding{f}, nil
}

// differentWords gives each word of a row once.
func differentWords(r *Row) []string {
	all := wordsOf(r)
	slices.Sort(all)
	return slices.Compact(all)
}
