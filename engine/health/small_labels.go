package health

import (
	"context"
	"fmt"
)

// SmallLabels finds labels with too few rows to learn them.
var SmallLabels = Check{
	Name: "small-labels", Title: "Labels with too few rows", Cost: 1,
	About: "Labels with fewer training rows than a model needs to learn them.",
	look:  findSmallLabels,
}

// fewestLessons is how many rows of a label are the least to learn it from.
const fewestLessons = 10

func findSmallLabels(ctx context.Context, d *Data, tell func(done float64)) ([]Finding, error) {
	byLabel, err := lessons(ctx, d, tell)
	if err != nil {
		return nil, err
	}
	// A label that is only tested is too small as well.
	for i := range d.Rows {
		for _, label := range d.Rows[i].Labels {
			if _, known := byLabel[label]; !known {
				byLabel[label] = nil
			}
		}
	}
	f := Finding{Severity: Warning}
	var small []string
	groups := map[string]int{}
	for _, label := range smallestFirst(byLabel) {
		if len(byLabel[label]) < fewestLessons {
			small = append(small, label)
			groups[label] = len(small)
		}
	}
	if len(small) == 0 {
		return nil, nil
	}
	for i := range d.Rows {
		if r := &d.Rows[i]; groups[r.label()] > 0 {
			f.Items = append(f.Items, Item{ID: r.ID, Group: groups[r.label()], Change: Change{Delete: true},
				Note: fmt.Sprintf("%q has %s", r.label(), counted(len(byLabel[r.label()]), "training row", "training rows"))})
		}
	}
	sortByGroup(f.Items)
	f.Summary = fmt.Sprintf("%s (%s) %s fewer than %d training rows: too few to learn from, and too few to tell whether it was learned.",
		counted(len(small), "label", "labels"), quoted(small), oneOrMore(len(small), "has", "have"), fewestLessons)
	f.Fix = fmt.Sprintf("Delete their %s", rows(len(f.Items)))
	f.Advice = "Better, if they matter: find more rows of them, or join them with a label that is near."
	return []Finding{f}, nil
}
