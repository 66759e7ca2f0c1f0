package health

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Conflicts finds texts that have one label here and another there.
var Conflicts = Check{
	Name: "conflicting-labels", Title: "Contradicting labels", Cost: 1,
	About: "Rows with the same words and different labels.",
	look:  findConflicts,
}

func findConflicts(ctx context.Context, d *Data, tell func(done float64)) ([]Finding, error) {
	t, err := d.findTwins(ctx, tell)
	if err != nil {
		return nil, err
	}
	f := Finding{Severity: Warning}
	relabelled, deleted, texts := 0, 0, 0
	for _, first := range slices.Sorted(maps.Keys(t.same)) {
		var labelled []int
		for _, i := range t.same[first] {
			if len(d.Rows[i].Labels) > 0 {
				labelled = append(labelled, i)
			}
		}
		winner, differ := majority(d, labelled)
		if !differ {
			continue
		}
		texts++
		group := f.nextGroup()
		for _, i := range labelled {
			r := &d.Rows[i]
			item := Item{ID: r.ID, Group: group}
			switch {
			case winner == "":
				item.Note, item.Change = "no label is the commoner one", Change{Delete: true}
				deleted++
			case labelsOf(r) != winner:
				item.Note, item.Change = fmt.Sprintf("its copies say %q", winner), Change{Label: winner}
				relabelled++
			}
			f.Items = append(f.Items, item)
		}
	}
	if texts == 0 {
		return nil, nil
	}
	f.Summary = fmt.Sprintf("%s in %s with different labels. Whatever the model answers to them, it will be marked wrong.",
		oneOrMore(texts, "1 text stands", count(texts)+" texts stand"), rows(len(f.Items)))
	f.Fix = conflictFix(relabelled, deleted)
	return []Finding{f}, nil
}

func conflictFix(relabelled, deleted int) string {
	var parts []string
	if relabelled > 0 {
		parts = append(parts, "Give "+rows(relabelled)+" the commoner label of their text")
	}
	if deleted > 0 {
		parts = append(parts, "delete "+rows(deleted)+" without a commoner one")
	}
	text := strings.Join(parts, " and ")
	return strings.ToUpper(text[:1]) + text[1:]
}

// labelsOf gives all labels of a row as one text.
func labelsOf(r *Row) string { return strings.Join(slices.Sorted(slices.Values(r.Labels)), ", ") }

// majority gives the label that more of the rows have than any other, "" if
// there is none, and whether their labels differ at all. Of rows with several
// labels none wins, since a fix gives one.
func majority(d *Data, some []int) (winner string, differ bool) {
	votes := map[string]int{}
	single := true
	for _, i := range some {
		votes[labelsOf(&d.Rows[i])]++
		single = single && len(d.Rows[i].Labels) == 1
	}
	if len(votes) < 2 {
		return "", false
	}
	order := slices.SortedFunc(maps.Keys(votes), func(a, b string) int { return cmp.Compare(votes[b], votes[a]) })
	if !single || votes[order[0]] == votes[order[1]] {
		return "", true
	}
	return order[0], true
}
