package health

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// LabelNames finds labels that are one label, written in several ways.
var LabelNames = Check{
	Name: "label-names", Title: "Labels written in two ways", Cost: 1,
	About: "Labels that differ in upper and lower case, spaces or signs alone.",
	look:  findLabelNames,
}

func findLabelNames(ctx context.Context, d *Data, tell func(done float64)) ([]Finding, error) {
	times := map[string]int{}
	err := eachRow(ctx, d, tell, func(_ int, r *Row) {
		for _, label := range r.Labels {
			times[label]++
		}
	})
	if err != nil {
		return nil, err
	}
	ways := map[string][]string{} // of writing, by the words of the label
	for _, label := range slices.Sorted(maps.Keys(times)) {
		key := strings.Join(words(label), "")
		if key != "" {
			ways[key] = append(ways[key], label)
		}
	}
	to, group := map[string]string{}, map[string]int{}
	var examples []string
	for n, key := range slices.Sorted(maps.Keys(ways)) {
		if len(ways[key]) < 2 {
			continue
		}
		best := slices.MaxFunc(ways[key], func(a, b string) int { return cmp.Compare(times[a], times[b]) })
		for _, way := range ways[key] {
			if way != best {
				to[way], group[way] = best, n+1
				examples = append(examples, fmt.Sprintf("%q and %q", best, way))
			}
		}
	}
	if len(to) == 0 {
		return nil, nil
	}
	f := Finding{Severity: Warning}
	for i := range d.Rows {
		r := &d.Rows[i]
		for _, label := range r.Labels {
			if to[label] == "" {
				continue
			}
			item := Item{ID: r.ID, Group: group[label], Note: fmt.Sprintf("%q is mostly written %q", label, to[label])}
			if len(r.Labels) == 1 {
				item.Change.Label = to[label]
			}
			f.Items = append(f.Items, item)
			break
		}
	}
	sortByGroup(f.Items)
	f.Summary = fmt.Sprintf("%s only in how %s written: %s. To a model these are different labels.",
		counted(len(to), "label differs from another", "labels differ from others"), oneOrMore(len(to), "it is", "they are"), strings.Join(examples[:min(3, len(examples))], "; "))
	if n := f.Changes(); n > 0 {
		f.Fix = "Write the label of " + rows(n) + " as it is mostly written"
	}
	return []Finding{f}, nil
}
