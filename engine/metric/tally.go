package metric

import (
	"iter"
	"maps"
	"slices"

	"attune/engine/dataset"
)

// tally counts, label by label, how chosen sets of labels meet the right ones.
type tally map[string]*counts

type counts struct{ both, wantOnly, gotOnly int }

// add counts one example. Each label counts once, however often it is named.
func (t tally) add(want, got []string) {
	for label := range unique(want) {
		if slices.Contains(got, label) {
			t.of(label).both++
		} else {
			t.of(label).wantOnly++
		}
	}
	for label := range unique(got) {
		if !slices.Contains(want, label) {
			t.of(label).gotOnly++
		}
	}
}

func (t tally) of(label string) *counts {
	if t[label] == nil {
		t[label] = new(counts)
	}
	return t[label]
}

// all adds the labels up.
func (t tally) all() counts {
	var all counts
	for _, c := range t {
		all.both += c.both
		all.wantOnly += c.wantOnly
		all.gotOnly += c.gotOnly
	}
	return all
}

// perClass scores each label by itself, in their order.
func (t tally) perClass() []ClassScore {
	scores := make([]ClassScore, 0, len(t))
	for _, label := range slices.Sorted(maps.Keys(t)) {
		c := t[label]
		scores = append(scores, ClassScore{label, c.precision(), c.recall(), c.f1(), c.support()})
	}
	return scores
}

func (c *counts) precision() float64 { return ratio(c.both, c.both+c.gotOnly) }
func (c *counts) recall() float64    { return ratio(c.both, c.both+c.wantOnly) }
func (c *counts) f1() float64        { return ratio(2*c.both, 2*c.both+c.wantOnly+c.gotOnly) }
func (c *counts) support() int       { return c.both + c.wantOnly }

// ratio is 0 where nothing is divided by nothing.
func ratio(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// unique leaves out what came before.
func unique(labels []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i, label := range labels {
			if !slices.Contains(labels[:i], label) && !yield(label) {
				return
			}
		}
	}
}

// choice picks the labels that an answer stands by.
type choice func(dataset.Answer) []string

// surest picks the first label, for tasks where every example has one.
func surest(a dataset.Answer) []string {
	if len(a.Labels) == 0 {
		return nil
	}
	return []string{a.Labels[0].Label}
}

// above picks each label with a score of at least the threshold.
func above(threshold float64) choice {
	return func(a dataset.Answer) (chosen []string) {
		for _, s := range a.Labels {
			if s.Score >= threshold {
				chosen = append(chosen, s.Label)
			}
		}
		return chosen
	}
}
