package generate

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// Written is one of the texts that beams found.
type Written struct {
	Pieces []int   // with the one that ended it, if any
	Score  float64 // its log-probability divided by its length to the power of the penalty
}

// beam is a text under way.
type beam struct {
	pieces []int
	sum    float64 // log-probability
}

// Beams writes on from a prompt along the likeliest beams and gives the best texts
// they ended with, the best first: the search of Hugging Face transformers
// (generation/beam_search.py, without early stopping).
func (w *Writer) Beams(ctx context.Context, prompt []int, o Options) ([]Written, error) {
	t, err := w.begin(prompt, o)
	if err != nil {
		return nil, err
	}
	beams := []beam{{}}
	var ended []Written
	var last []int
	for t.written < t.most {
		rows, err := t.next(ctx, last)
		if err != nil {
			return nil, err
		}
		found := t.candidates(rows, beams, 2*o.Beams)
		var going []beam
		var parents []int
		last = nil
		for rank, c := range found {
			pieces := append(slices.Clone(beams[c.parent].pieces), c.piece)
			if w.ends(c.piece) {
				if rank < o.Beams {
					ended = o.keep(ended, beam{pieces, c.sum})
				}
				continue
			}
			going, parents, last = append(going, beam{pieces, c.sum}), append(parents, c.parent), append(last, c.piece)
			if len(going) == o.Beams {
				break
			}
		}
		beams = going
		if len(going) == 0 || len(ended) == o.Beams && ended[len(ended)-1].Score >= o.score(found[0].sum, t.written) {
			return ended, nil
		}
		t.past.Keep(parents)
	}
	for _, b := range beams {
		ended = o.keep(ended, b)
	}
	return ended, nil
}

// score is the log-probability of a text of a length, by which texts of different
// lengths are compared.
func (o Options) score(sum float64, length int) float64 {
	return sum / math.Pow(float64(length), o.LengthPenalty)
}

// keep adds a text to those that ended, of which only the best stay.
func (o Options) keep(ended []Written, b beam) []Written {
	ended = append(ended, Written{Pieces: b.pieces, Score: o.score(b.sum, len(b.pieces))})
	slices.SortStableFunc(ended, func(a, b Written) int { return cmp.Compare(b.Score, a.Score) })
	return ended[:min(len(ended), o.Beams)]
}

// candidate is a beam with one piece more.
type candidate struct {
	parent, piece int
	sum           float64
}

// candidates gives the likeliest continuations of all beams, the best first.
func (t *text) candidates(rows [][]float32, beams []beam, n int) []candidate {
	forced, isForced := t.forced()
	var all []candidate
	for parent, logits := range rows {
		logProbability := logSoftmax(logits)
		if isForced {
			// As transformers has it, what is forced is certain.
			all = append(all, candidate{parent, forced, beams[parent].sum})
			continue
		}
		best := make([]candidate, 0, n+1)
		for piece := range logits {
			if slices.Contains(t.w.rules.Never, piece) {
				continue
			}
			c := candidate{parent, piece, beams[parent].sum + logProbability(piece)}
			if len(best) < n || c.sum > best[n-1].sum {
				best = insert(best, c, n)
			}
		}
		all = append(all, best...)
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(b.sum, a.sum) })
	return all[:min(n, len(all))]
}

// insert puts a candidate into its place among the n best.
func insert(best []candidate, c candidate, n int) []candidate {
	at, _ := slices.BinarySearchFunc(best, c, func(a, b candidate) int { return cmp.Or(cmp.Compare(b.sum, a.sum), -1) })
	best = slices.Insert(best, at, c)
	return best[:min(n, len(best))]
}

// logSoftmax gives the log-probability of each piece.
func logSoftmax(logits []float32) func(piece int) float64 {
	top := float64(slices.Max(logits))
	sum := 0.0
	for _, v := range logits {
		sum += math.Exp(float64(v) - top)
	}
	norm := top + math.Log(sum)
	return func(piece int) float64 { return float64(logits[piece]) - norm }
}
