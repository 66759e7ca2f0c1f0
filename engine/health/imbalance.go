package health

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
)

// Imbalance finds labels that drown the others.
var Imbalance = Check{
	Name: "imbalance", Title: "Unequal labels", Cost: 1,
	About: "Labels with many times the training rows of another.",
	look:  findImbalance,
}

// A label with over mostTimes the training rows of another drowns it. Labels too
// small to learn are another check's.
const mostTimes = 10

func findImbalance(ctx context.Context, d *Data, tell func(done float64)) ([]Finding, error) {
	byLabel, err := lessons(ctx, d, tell)
	if err != nil {
		return nil, err
	}
	var sizes []string // labels, the largest first
	for label, some := range byLabel {
		if len(some) >= fewestLessons {
			sizes = append(sizes, label)
		}
	}
	slices.SortFunc(sizes, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(byLabel[b]), len(byLabel[a])), cmp.Compare(a, b))
	})
	if len(sizes) < 2 {
		return nil, nil
	}
	large, small := sizes[0], sizes[len(sizes)-1]
	most := mostTimes * len(byLabel[small])
	if len(byLabel[large]) <= most {
		return nil, nil
	}
	f := Finding{Severity: Notice}
	random := rand.New(rand.NewPCG(6, 6))
	for n, label := range sizes {
		surplus := len(byLabel[label]) - most
		if surplus <= 0 {
			break
		}
		drop := make([]int, 0, surplus)
		for _, at := range random.Perm(len(byLabel[label]))[:surplus] {
			drop = append(drop, byLabel[label][at])
		}
		slices.Sort(drop)
		for _, i := range drop {
			f.Items = append(f.Items, Item{ID: d.Rows[i].ID, Group: n + 1, Note: "one of many", Change: Change{Delete: true}})
		}
	}
	f.Summary = fmt.Sprintf("The label %q has %s training rows, %q only %s. A model that always says %q is often right, and learns little else: look at the score of each label, not at the accuracy alone.",
		large, count(len(byLabel[large])), small, count(len(byLabel[small])), large)
	f.Fix = fmt.Sprintf("Delete %s by chance, so that no label has more than %d times the rows of another", rows(len(f.Items)), mostTimes)
	f.Advice = "Better: find more rows of the small labels, or let the training count them for more (expert settings, Rare classes)."
	return []Finding{f}, nil
}

// lessons gives the rows that are learned from, by label.
func lessons(ctx context.Context, d *Data, tell func(done float64)) (map[string][]int, error) {
	byLabel := map[string][]int{}
	err := eachRow(ctx, d, tell, func(i int, r *Row) {
		if !r.learned() {
			return
		}
		for _, label := range r.Labels {
			byLabel[label] = append(byLabel[label], i)
		}
	})
	return byLabel, err
}

// smallestFirst orders labels by their rows.
func smallestFirst(byLabel map[string][]int) []string {
	return slices.SortedFunc(maps.Keys(byLabel), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(byLabel[a]), len(byLabel[b])), cmp.Compare(a, b))
	})
}
