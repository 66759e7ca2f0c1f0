package health

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// NearDuplicates finds rows that differ from another of the same use in a word
// or two, by MinHash and by taking words out; each pair is compared.
var NearDuplicates = Check{
	Name: "near-duplicates", Title: "Nearly repeated rows", Cost: 1,
	About: "Rows that differ from another row of the same label in a word or two.",
	look:  findNearDuplicates,
}

func findNearDuplicates(ctx context.Context, d *Data, tell func(done float64)) ([]Finding, error) {
	t, err := d.findTwins(ctx, tell)
	if err != nil {
		return nil, err
	}
	near := map[int][]int{} // the earlier rows that a row is near
	for _, pair := range t.near {
		for _, a := range d.firstOfEachUse(t.all(pair[0])) {
			for _, b := range d.firstOfEachUse(t.all(pair[1])) {
				if d.sameUse(a, b) {
					near[max(a, b)] = append(near[max(a, b)], min(a, b))
				}
			}
		}
	}
	kept := map[int][]int{} // with the rows that are near one that is kept
	gone := map[int]bool{}
	for _, i := range slices.Sorted(maps.Keys(near)) {
		slices.Sort(near[i])
		for _, before := range near[i] {
			if !gone[before] {
				kept[before] = append(kept[before], i)
				gone[i] = true
				break
			}
		}
	}
	if len(gone) == 0 {
		return nil, nil
	}
	f := Finding{Severity: graveness(len(gone), len(d.Rows))}
	for _, i := range slices.Sorted(maps.Keys(kept)) {
		f.keepFirst(d, append([]int{i}, kept[i]...))
	}
	n := len(gone)
	f.Summary = fmt.Sprintf("%s (%s) %s another row of the same label but for a word or two. They teach little that is new, and count twice in the scores.",
		rows(n), share(n, len(d.Rows)), oneOrMore(n, "repeats", "repeat"))
	f.Fix = "Delete " + rows(n) + " and keep one of each kind"
	return []Finding{f}, nil
}

func (d *Data) sameUse(i, j int) bool {
	a, b := &d.Rows[i], &d.Rows[j]
	return a.Split == b.Split && a.label() == b.label()
}

// firstOfEachUse gives the first row of each use among rows with the same words.
func (d *Data) firstOfEachUse(same []int) (some []int) {
	for _, i := range same {
		if !slices.ContainsFunc(some, func(j int) bool { return d.sameUse(i, j) }) {
			some = append(some, i)
		}
	}
	return some
}
