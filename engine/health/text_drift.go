package health

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"attune/engine/dataset"
)

// TextDrift finds splits whose texts are about other things than the training's, or
// written otherwise.
var TextDrift = Check{
	Name: "text-drift", Title: "Splits with other words", Cost: 3,
	About: "A test or validation set with more words that no training row has than chance would deal it.",
	look:  findTextDrift,
}

// Of the words of a training row some stand in no other. Of rows that were dealt out
// by chance as many stand in no training row; mostForeign more, twice as many, and more
// than the rows scatter, are another kind of text.
const (
	mostForeign   = 0.1
	surelyForeign = 4   // standard errors
	mostlyForeign = 0.5 // of a row's words, to be shown
	fewestOfTexts = 30  // in each of the two splits
	fewestForeign = 4   // words of a row, to be shown
)

// foreign is what rows have of words that no other training row has.
type foreign struct {
	sum, squares, rows float64 // of the shares, row by row
	times              map[string]int
	items              []Item
}

func findTextDrift(ctx context.Context, d *Data, tell func(done float64)) ([]Finding, error) {
	holders := map[string]int32{} // how many training rows have a word
	sizes := map[dataset.Split]int{}
	for i := range d.Rows {
		sizes[d.Rows[i].Split]++
	}
	if sizes[dataset.Train] < fewestOfTexts || max(sizes[dataset.Test], sizes[dataset.Validation]) < fewestOfTexts {
		return nil, nil
	}
	if err := eachRow(ctx, d, within(tell, 0, 0.5), func(_ int, r *Row) {
		if r.Split == dataset.Train {
			for _, w := range differentWords(r) {
				holders[w]++
			}
		}
	}); err != nil {
		return nil, err
	}
	of := map[dataset.Split]*foreign{dataset.Train: {}, dataset.Validation: {}, dataset.Test: {}}
	if err := eachRow(ctx, d, within(tell, 0.5, 1), func(_ int, r *Row) {
		if f := of[r.Split]; f != nil {
			f.add(r, holders)
		}
	}); err != nil {
		return nil, err
	}
	var all []Finding
	for _, held := range []dataset.Split{dataset.Test, dataset.Validation} {
		if f, found := of[held].finding(held, of[dataset.Train]); found {
			all = append(all, f)
		}
	}
	return all, nil
}

// add takes a row in.
func (f *foreign) add(r *Row, holders map[string]int32) {
	self := int32(0) // a training row is among the holders itself
	if r.Split == dataset.Train {
		self = 1
	}
	all, n := differentWords(r), 0
	if len(all) == 0 {
		return
	}
	for _, w := range all {
		if holders[w] > self {
			continue
		}
		if n++; self == 0 {
			if f.times == nil {
				f.times = map[string]int{}
			}
			f.times[w]++
		}
	}
	part := float64(n) / float64(len(all))
	f.sum, f.squares, f.rows = f.sum+part, f.squares+part*part, f.rows+1
	if self == 0 && part >= mostlyForeign && len(all) >= fewestForeign {
		f.items = append(f.items, Item{ID: r.ID, Group: len(f.items) + 1, Note: fmt.Sprintf("%d of its %d words stand in no training row", n, len(all))})
	}
}

// finding compares the rows that are held back with those that are learned from.
func (f *foreign) finding(held dataset.Split, learned *foreign) (_ Finding, found bool) {
	if f.rows < fewestOfTexts || learned.rows < fewestOfTexts {
		return Finding{}, false
	}
	mean, usual := f.sum/f.rows, learned.sum/learned.rows
	scatter := math.Sqrt(max(0, f.squares/f.rows-mean*mean) / f.rows)
	if mean < usual+mostForeign || mean < 2*usual || mean-usual < surelyForeign*scatter {
		return Finding{}, false
	}
	words := slices.SortedFunc(maps.Keys(f.times), func(a, b string) int {
		return cmp.Or(cmp.Compare(f.times[b], f.times[a]), cmp.Compare(a, b))
	})
	return Finding{
		Severity: Warning, Title: "Other words in the " + string(held), Items: append([]Item{}, f.items...),
		Summary: fmt.Sprintf("Of the words of a %s row %s stand in no training row, most often %s; of the words of a training row %s stand in no other. The texts are about other things or written otherwise, and the score tells of those.",
			held, percent(mean), quoted(words[:min(3, len(words))]), percent(usual)),
		Advice: "Split the rows anew by chance, unless such texts are what the model will meet; then let some of them be learned from.",
	}, true
}
