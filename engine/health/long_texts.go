package health

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// LongTexts finds texts of which the model reads only the beginning.
var LongTexts = Check{
	Name: "long-texts", Title: "Texts that are cut", Cost: 1,
	About: "Texts that are longer than what the model reads.",
	look:  findLongTexts,
}

func findLongTexts(ctx context.Context, d *Data, tell func(done float64)) ([]Finding, error) {
	if d.Words == 0 {
		return nil, nil
	}
	type cut struct{ item, words int }
	var cuts []cut
	all, unread := 0, 0
	err := eachRow(ctx, d, tell, func(i int, r *Row) {
		n := len(wordsOf(r))
		all += n
		if n > d.Words {
			cuts = append(cuts, cut{i, n})
			unread += n - d.Words
		}
	})
	if err != nil || len(cuts) == 0 {
		return nil, err
	}
	slices.SortStableFunc(cuts, func(a, b cut) int { return cmp.Compare(b.words, a.words) })
	n := len(cuts)
	f := Finding{Severity: Notice}
	if 20*n >= len(d.Rows) {
		f.Severity = Warning
	}
	for g, c := range cuts {
		f.Items = append(f.Items, Item{ID: d.Rows[c.item].ID, Group: g + 1,
			Note: fmt.Sprintf("%s words, of which about %s are not read", count(c.words), count(c.words-d.Words))})
	}
	f.Summary = fmt.Sprintf("%s (%s) %s longer than the %d words or so that the model reads: %s of all words are cut off.",
		counted(n, "text", "texts"), share(n, len(d.Rows)), oneOrMore(n, "is", "are"), d.Words, share(unread, all))
	f.Advice = "If what matters stands at the end, let the training read longer texts (Longest text), or all of them in parts (Longer texts), or divide or shorten them when cleaning."
	return []Finding{f}, nil
}
