package generate

import (
	"cmp"
	"context"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
)

// Stream writes on from a prompt and gives each piece as soon as it is there, the
// one that ends the text too. The same seed draws the same pieces.
func (w *Writer) Stream(ctx context.Context, prompt []int, o Options) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		t, err := w.begin([][]int{prompt}, o)
		if err != nil {
			yield(0, err)
			return
		}
		random := rand.New(rand.NewPCG(o.Seed, 1))
		seen := map[int]bool{}
		if w.encoder == nil {
			for _, id := range prompt {
				seen[id] = true
			}
		}
		var last []int
		for t.written < t.most[0] {
			rows, err := t.next(ctx, last)
			if err != nil {
				yield(0, err)
				return
			}
			piece, forced := t.forced(0)
			if !forced {
				w.forbid(rows[0])
				o.penalise(rows[0], seen)
				piece = o.choose(rows[0], random)
			}
			if !yield(piece, nil) || w.ends(piece) {
				return
			}
			seen[piece], last = true, []int{piece}
		}
	}
}

// forbid makes pieces that are never written impossible.
func (w *Writer) forbid(scores []float32) {
	for _, id := range w.rules.Never {
		scores[id] = float32(math.Inf(-1))
	}
}

// penalise makes pieces that are there already less likely: their logits are divided
// by the penalty where they are positive, and multiplied by it where not.
func (o Options) penalise(logits []float32, seen map[int]bool) {
	if o.RepetitionPenalty == 0 || o.RepetitionPenalty == 1 {
		return
	}
	for id := range seen {
		if logits[id] > 0 {
			logits[id] /= float32(o.RepetitionPenalty)
		} else {
			logits[id] *= float32(o.RepetitionPenalty)
		}
	}
}

// choose draws a piece by its logits, or takes the likeliest.
func (o Options) choose(logits []float32, random *rand.Rand) int {
	if o.Temperature == 0 {
		return slices.Index(logits, slices.Max(logits))
	}
	candidates := make([]int, len(logits))
	for i := range candidates {
		candidates[i] = i
	}
	slices.SortStableFunc(candidates, func(a, b int) int { return cmp.Compare(logits[b], logits[a]) })
	if o.TopK > 0 {
		candidates = candidates[:min(o.TopK, len(candidates))]
	}
	top := float64(logits[candidates[0]])
	weights := make([]float64, len(candidates))
	sum := 0.0
	for i, id := range candidates {
		weights[i] = math.Exp((float64(logits[id]) - top) / o.Temperature)
		sum += weights[i]
	}
	if o.TopP > 0 { // the first whose share is enough is still among them
		share := 0.0
		for i := range weights {
			if share >= o.TopP*sum {
				weights, sum = weights[:i], share
				break
			}
			share += weights[i]
		}
	}
	at := random.Float64() * sum
	for i, weight := range weights {
		if at -= weight; at < 0 {
			return candidates[i]
		}
	}
	return candidates[len(weights)-1]
}
