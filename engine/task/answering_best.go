package task

import (
	"math"
	"slices"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/batch"
	"attune/engine/dataset"
	"attune/engine/op"
)

// The numbers of answers that are looked at, as in run_squad.py, and given, and how
// likely the next best must be to be worth it.
const (
	considered = 20
	given      = 5
	worthwhile = 0.01
)

// Answers gives the best places of each sequence with the sums of their logits, and as
// a label the sum of no answer. Join makes an answer of them.
func (m *answerer) Answers(logits mat.Tensor, b *batch.Packed) []dataset.Answer {
	values := op.Rows(logits)
	answers := make([]dataset.Answer, b.Len())
	for s := range answers {
		start, end := b.Starts[s], b.Starts[s+1]
		nothing := m.nothing(start, end)
		answers[s].Labels = []dataset.Score{{Label: nowhere, Score: float64(values[2*nothing]) + float64(values[2*nothing+1])}}
		var best shortlist
		for i := start; i < end; i++ {
			if b.Places[i].Empty() || i > start && b.Places[i-1] == b.Places[i] {
				continue // a word begins with its first piece, and ends with its last
			}
			for j := i; j < min(end, i+m.longest); j++ {
				if b.Places[j].Empty() || j+1 < end && b.Places[j+1] == b.Places[j] {
					continue
				}
				best.add(dataset.Span{
					Start: int(b.Places[i].Start), End: int(b.Places[j].End),
					Score: float64(values[2*i]) + float64(values[2*j+1]),
				})
			}
		}
		answers[s].Spans = best
	}
	return answers
}

// shortlist is the best spans, the best first, no place twice.
type shortlist []dataset.Span

func (r *shortlist) add(x dataset.Span) {
	all := *r
	if len(all) == considered && x.Score <= all[considered-1].Score {
		return
	}
	if i := slices.IndexFunc(all, func(y dataset.Span) bool { return y.Start == x.Start && y.End == x.End }); i >= 0 {
		if x.Score <= all[i].Score {
			return
		}
		all = slices.Delete(all, i, i+1)
	}
	at := slices.IndexFunc(all, func(y dataset.Span) bool { return x.Score > y.Score })
	if at < 0 {
		at = len(all)
	}
	*r = slices.Insert(all, at, x)
	*r = (*r)[:min(len(*r), considered)]
}

// Join takes the best places of all windows, with their probabilities beside each other
// and beside no answer, of which it takes the least score (run_squad.py, SQuAD 2.0).
// Places that touch a better one are left out.
func (m *answerer) Join(e dataset.Example, parts []dataset.Answer) dataset.Answer {
	var best shortlist
	nothing := math.Inf(1)
	for _, part := range parts {
		nothing = min(nothing, part.Labels[0].Score)
		for _, x := range part.Spans {
			best.add(x)
		}
	}
	if m.bound == nil || len(best) == 0 {
		nothing = math.Inf(-1)
	} else {
		nothing -= *m.bound
	}
	if len(best) == 0 {
		return dataset.Answer{}
	}
	var answer dataset.Answer
	top := max(best[0].Score, nothing)
	sum := math.Exp(nothing - top)
	for i := range best {
		best[i].Score = math.Exp(best[i].Score - top)
		sum += best[i].Score
	}
	for _, x := range best {
		x.Score /= sum
		if len(answer.Spans) > 0 && x.Score < worthwhile {
			break
		}
		touches := slices.ContainsFunc(answer.Spans, func(y dataset.Span) bool { return x.Start < y.End && y.Start < x.End })
		if !touches && len(answer.Spans) < given {
			answer.Spans = append(answer.Spans, x)
		}
	}
	answer.Text = e.Text[answer.Spans[0].Start:answer.Spans[0].End]
	if m.bound == nil {
		return answer
	}
	answer.Labels = []dataset.Score{{Label: nowhere, Score: math.Exp(nothing-top) / sum}}
	if m.learning {
		return answer // until Tune
	}
	return decided(answer)
}
