// Package explain tells which words decided what a model says of a text, by asking it
// again without them (Zeiler & Fergus 2014; Li, Monroe & Jurafsky 2016). It needs to know
// nothing of the model, so that it serves every family, and what it tells is true of the
// whole way from the text to the answer.
package explain

import (
	"cmp"
	"context"
	"math"
	"slices"

	"attune/engine/batch"
	"attune/engine/dataset"
)

// Answers gives one answer an example, in their order.
type Answers func(ctx context.Context, examples []dataset.Example) ([]dataset.Answer, error)

// How often a model is asked about one text at most, and at once: few enough that a newer
// text need not wait for the answers to all of an older one.
const (
	mostAsked = 64
	asked     = 16
)

// Words gives what each word of the example's text does for a label, the weightiest first.
// Words of a text of more than 64 are taken in groups of neighbours. The example's pair
// stays as it is.
func Words(ctx context.Context, ask Answers, e dataset.Example, label string) ([]dataset.Reason, error) {
	groups := grouped(words(e.Text), mostAsked)
	variants := []dataset.Example{e}
	for _, g := range groups {
		variants = append(variants, without(e, g))
	}
	scores := make([]float64, 0, len(variants))
	for some := range slices.Chunk(variants, asked) {
		answers, err := ask(ctx, some)
		if err != nil {
			return nil, err
		}
		for _, a := range answers {
			scores = append(scores, scoreOf(a, label))
		}
	}
	reasons := make([]dataset.Reason, len(groups))
	for i, g := range groups {
		s := scores[i+1]
		reasons[i] = dataset.Reason{Start: int(g.Start), End: int(g.End), Without: s, Weight: logit(scores[0]) - logit(s)}
	}
	slices.SortStableFunc(reasons, func(a, b dataset.Reason) int { return cmp.Compare(math.Abs(b.Weight), math.Abs(a.Weight)) })
	return reasons, nil
}

// without is the example with a place of its text left out.
func without(e dataset.Example, p batch.Place) dataset.Example {
	e.Text = e.Text[:p.Start] + e.Text[p.End:]
	return e
}

func scoreOf(a dataset.Answer, label string) float64 {
	for _, s := range a.Labels {
		if s.Label == label {
			return s.Score
		}
	}
	return 0
}

// logit gives log-odds, in which a word weighs as much where the model is nearly certain
// as where it wavers, within what float32 tells apart.
func logit(p float64) float64 {
	const least = 1e-7
	return dataset.LogOdds(min(max(p, least), 1-least))
}
