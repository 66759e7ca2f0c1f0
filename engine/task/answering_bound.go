package task

import (
	"cmp"
	"math"
	"slices"

	"attune/engine/dataset"
	"attune/engine/metric"
)

// decided takes back an answer that is less likely than none.
func decided(a dataset.Answer) dataset.Answer {
	if len(a.Labels) > 0 && a.Labels[0].Score >= a.Spans[0].Score {
		return dataset.Answer{}
	}
	a.Labels = nil
	return a
}

// leastScore stands for scores that are too small to be told from nothing.
const leastScore = 1e-300

// shifted gives an answer with the probabilities of another bound, greater by so much.
func shifted(a dataset.Answer, by float64) dataset.Answer {
	nothing := a.Labels[0].Score * math.Exp(-by)
	sum := 1 - a.Labels[0].Score + nothing
	a.Labels = []dataset.Score{{Label: nowhere, Score: nothing / sum}}
	a.Spans = slices.Clone(a.Spans)
	for i := range a.Spans {
		a.Spans[i].Score /= sum
	}
	return a
}

// Tune sets the bound of no answer to where the answers score best, as SQuAD 2.0's
// script finds it, and takes those beyond it back.
func (m *answerer) Tune(examples []dataset.Example, answers []dataset.Answer) {
	if m.bound == nil {
		return
	}
	type margin struct{ score, gain float64 } // of an answer over none: in logits, and in F1
	var all []margin
	before, sum := *m.bound, 0.0
	for i, a := range answers {
		if len(a.Spans) == 0 {
			continue
		}
		x := margin{
			score: math.Log(max(a.Spans[0].Score, leastScore)/max(a.Labels[0].Score, leastScore)) - before,
			gain:  metric.AnswerF1(examples[i], a.Text) - metric.AnswerF1(examples[i], ""),
		}
		if all = append(all, x); x.score > 0 {
			sum += x.gain
		}
	}
	slices.SortStableFunc(all, func(a, b margin) int { return cmp.Compare(b.score, a.score) })
	best, bound := sum, 0.0 // which stays unless another is better
	sum = 0
	for i, x := range all {
		sum += x.gain
		next := x.score - 2
		if i+1 < len(all) {
			next = all[i+1].score
		}
		if sum > best && next < x.score {
			best, bound = sum, -(x.score+next)/2
		}
	}
	if len(all) > 0 && best < 0 {
		bound = -all[0].score - 1
	}
	m.bound = &bound
	for i, a := range answers {
		if len(a.Spans) > 0 {
			answers[i] = decided(shifted(a, bound-before))
		}
	}
}
