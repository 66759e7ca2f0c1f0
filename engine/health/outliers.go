package health

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// Outliers finds texts that have hardly a word in common with the others.
var Outliers = Check{
	Name: "outliers", Title: "Texts unlike all others", Cost: 2,
	About: "Texts of which nearly all words stand in no other text.",
	look:  findOutliers,
}

// A text is unlike the others if at least mostlyAlone of its words, of which there
// are enough, stand in no other text, while in the others few do.
const (
	fewestToJudge  = 100 // texts; among fewer, many words stand alone
	fewestWordsFar = 5
	mostlyAlone    = 0.8
	usuallyAtMost  = 0.3  // of the words of the middle text; else all are unlike each other
	mostFarTexts   = 0.02 // of all; more are a part of what the texts are about
)

func findOutliers(ctx context.Context, d *Data, tell func(done float64)) ([]Finding, error) {
	if len(d.Rows) < fewestToJudge {
		return nil, nil
	}
	texts := map[string]int32{} // how many have the word
	if err := eachRow(ctx, d, func(done float64) { tell(done / 2) }, func(_ int, r *Row) {
		for _, w := range differentWords(r) {
			texts[w]++
		}
	}); err != nil {
		return nil, err
	}
	type far struct {
		row, alone, words int
	}
	var suspects []far
	shares := make([]float64, 0, len(d.Rows))
	if err := eachRow(ctx, d, func(done float64) { tell((1 + done) / 2) }, func(i int, r *Row) {
		all := differentWords(r)
		alone := 0
		for _, w := range all {
			if texts[w] == 1 {
				alone++
			}
		}
		part := float64(alone) / float64(max(1, len(all)))
		shares = append(shares, part)
		if len(all) >= fewestWordsFar && part >= mostlyAlone {
			suspects = append(suspects, far{i, alone, len(all)})
		}
	}); err != nil {
		return nil, err
	}
	slices.Sort(shares)
	n := len(suspects)
	if n == 0 || shares[len(shares)/2] > usuallyAtMost || float64(n) > mostFarTexts*float64(len(d.Rows)) {
		return nil, nil
	}
	slices.SortStableFunc(suspects, func(a, b far) int {
		return cmp.Compare(float64(b.alone)/float64(b.words), float64(a.alone)/float64(a.words))
	})
	f := Finding{Severity: Notice}
	for g, s := range suspects {
		f.Items = append(f.Items, Item{ID: d.Rows[s.row].ID, Group: g + 1, Change: Change{Delete: true},
			Note: fmt.Sprintf("%d of its %d words stand in no other text", s.alone, s.words)})
	}
	f.Summary = fmt.Sprintf("%s (%s) %s hardly a word in common with the others: another matter, another language, or no text at all. What the model learns there helps it nowhere.",
		counted(n, "text", "texts"), share(n, len(d.Rows)), oneOrMore(n, "has", "have"))
	f.Fix = "Delete " + rows(n)
	f.Advice = "Look at them before: what is rare and right should stay."
	return []Finding{f}, nil
}
