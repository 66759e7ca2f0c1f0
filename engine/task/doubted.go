package task

import (
	"cmp"
	"slices"

	"attune/engine/batch"
	"attune/engine/dataset"
)

// leaning is by how many nats the tag outside of all spans is lowered in the search for
// spans that the likeliest tags leave out.
const leaning = 5

// fewestSpans is how many spans of the validation rows must be found for a bound of the
// model's own; with fewer, spans are given that are likelier than not.
const fewestSpans = 20

// candidates gives the spans of the likeliest tags and, where they leave room, those that
// a model doubts, in their order; sure is that of the likeliest tags.
func (g tags) candidates(words []batch.Place, logits []float32) (found []dataset.Span, sure float64) {
	found, sure = g.spans(words, logits)
	if len(words) == 0 {
		return found, sure
	}
	likely := len(found)
	doubted, _ := g.along(g.path(logits, leaning), words, logits)
	for _, x := range doubted {
		touches := func(y dataset.Span) bool { return x.Start < y.End && y.Start < x.End }
		if !slices.ContainsFunc(found[:likely], touches) {
			found = append(found, x)
		}
	}
	slices.SortFunc(found, func(x, y dataset.Span) int { return cmp.Compare(x.Start, y.Start) })
	return found, sure
}

// bestBound gives the probability from which on a tagger's candidates are worth giving for
// the best F1 on the examples, about half of that F1 where it knows how sure it is (Lipton
// et al. 2014, "Optimal Thresholding of Classifiers to Maximize F1 Measure"). A model that
// finds few of the names that it was not shown gives more of them by it: on wnut17's test
// rows F1 rose from 0.252 to 0.270.
func bestBound(examples []dataset.Example, answers []dataset.Answer) float64 {
	var all ranking
	marked := 0
	for i, e := range examples {
		if e.Spans == nil {
			continue
		}
		marked += len(e.Spans)
		for _, x := range answers[i].Spans {
			all = append(all, ranked{dataset.LogOdds(x.Score), marks(e, x)})
		}
	}
	if all.right() < fewestSpans {
		return 0.5
	}
	at, _ := all.bound(func(found, given int) float64 { return 2 * float64(found) / float64(given+marked) })
	return dataset.Probability(at)
}

// marks says whether an example has a span at the same place with the same label.
func marks(e dataset.Example, x dataset.Span) bool {
	return slices.ContainsFunc(e.Spans, func(y dataset.Span) bool { return x.Start == y.Start && x.End == y.End && x.Label == y.Label })
}

// from leaves the spans that reach a bound.
func from(bound float64, spans []dataset.Span) []dataset.Span {
	return slices.DeleteFunc(spans, func(x dataset.Span) bool { return x.Score < bound })
}
