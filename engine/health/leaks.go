package health

import (
	"context"
	"fmt"

	"attune/engine/dataset"
)

// Leaks finds rows that are held back to test the model and yet are, word for
// word or nearly, among those that it learns from.
var Leaks = Check{
	Name: "leaks", Title: "Leaks", Cost: 1,
	About: "Test and validation rows that repeat a training row, word for word or but for a word or two.",
	look:  findLeaks,
}

func findLeaks(ctx context.Context, d *Data, tell func(done float64)) ([]Finding, error) {
	t, err := d.findTwins(ctx, tell)
	if err != nil {
		return nil, err
	}
	var all []Finding
	for _, held := range []dataset.Split{dataset.Test, dataset.Validation} {
		if f, found := leaksInto(d, t, held); found {
			all = append(all, f)
		}
	}
	return all, nil
}

// leaksInto finds the rows of a split that are also learned from.
func leaksInto(d *Data, t *twins, held dataset.Split) (f Finding, found bool) {
	join := newUnion(len(d.Rows))
	exact, near := map[int]bool{}, map[int]bool{} // rows of the split
	meet := func(some, others []int, found map[int]bool) {
		tests, lessons := d.in(held, some), d.in(dataset.Train, others)
		if len(tests) == 0 || len(lessons) == 0 {
			return
		}
		for _, i := range tests {
			found[i] = true
			join.unite(i, lessons[0])
		}
		for _, i := range lessons {
			join.unite(i, tests[0])
		}
	}
	for _, same := range t.same {
		meet(same, same, exact)
	}
	for _, pair := range t.near {
		meet(t.all(pair[0]), t.all(pair[1]), near)
		meet(t.all(pair[1]), t.all(pair[0]), near)
	}
	for i := range exact {
		delete(near, i)
	}
	n := len(exact) + len(near)
	if n == 0 {
		return f, false
	}
	for _, group := range join.groups() {
		f.addLeak(d, group, held, func(i int) bool { return exact[i] })
	}
	whole := 0
	for i := range d.Rows {
		if d.Rows[i].Split == held {
			whole++
		}
	}
	f.Severity, f.Title = Warning, "Leaks into the "+string(held)
	if held == dataset.Test && n*100 >= whole {
		f.Severity = Grave
	}
	f.Summary = fmt.Sprintf("%s of the %s (%s) %s also among the training rows, %s word for word and %s but for a word or two. "+
		"On them the model is asked what it has seen: the score will be better than the model.",
		count(n), counted(whole, string(held)+" row", string(held)+" rows"), share(n, whole), oneOrMore(n, "is", "are"), count(len(exact)), count(len(near)))
	f.Fix = leakFix(f, d, held)
	f.Move = "Move " + counted(n, string(held)+" row", string(held)+" rows") + " to training"
	return f, true
}

// in gives those of some rows that are used for the same.
func (d *Data) in(split dataset.Split, some []int) (all []int) {
	for _, i := range some {
		if d.Rows[i].Split == split {
			all = append(all, i)
		}
	}
	return all
}

// addLeak adds rows that are alike, those held back first. The smaller side
// goes; of sides alike in number, the training rows do, so that the test stays
// what it was.
func (f *Finding) addLeak(d *Data, group []int, held dataset.Split, exact func(int) bool) {
	number := f.nextGroup()
	tests, lessons := d.in(held, group), d.in(dataset.Train, group)
	dropTests := len(tests) < len(lessons)
	for _, i := range tests {
		note := "nearly the same as a training row"
		if exact(i) {
			note = "the same words as a training row"
		}
		f.Items = append(f.Items, Item{ID: d.Rows[i].ID, Group: number, Note: note, Change: Change{Delete: dropTests}, Move: dataset.Train})
	}
	for _, i := range lessons {
		f.Items = append(f.Items, Item{ID: d.Rows[i].ID, Group: number, Note: "learned from", Change: Change{Delete: !dropTests}})
	}
}

// leakFix says what goes from where.
func leakFix(f Finding, d *Data, held dataset.Split) string {
	use := map[int64]dataset.Split{}
	for i := range d.Rows {
		use[d.Rows[i].ID] = d.Rows[i].Split
	}
	tests, lessons := 0, 0
	for _, item := range f.Items {
		switch {
		case !item.Change.Delete:
		case use[item.ID] == held:
			tests++
		default:
			lessons++
		}
	}
	text := "Delete " + counted(lessons, "training row", "training rows")
	if lessons == 0 {
		return "Delete " + counted(tests, string(held)+" row", string(held)+" rows")
	}
	if tests > 0 {
		text += " and " + counted(tests, string(held)+" row", string(held)+" rows")
	}
	return text
}
