package pretrain

import (
	"context"
	"iter"
	"math"
	"math/rand/v2"

	"attune/engine/masked"
	"attune/engine/op"
)

// primed is a body that can begin with what counting in texts of pieces tells.
type primed interface {
	Prime(ctx context.Context, texts iter.Seq[[]int], spread float64, random *rand.Rand) error
}

// Prime gives a new model what counting in the corpus tells: how frequent the pieces
// are, as the bias of its guesses, and what its body makes of their company, which the
// head begins by passing on. It reads the corpus twice.
func Prime(ctx context.Context, m *masked.Model, c *Corpus, spread float64, random *rand.Rand) error {
	counts, all := make([]int, c.tokenizer.Size()), 0
	for paragraph := range c.Paragraphs() {
		for _, id := range paragraph {
			counts[id]++
		}
		all += len(paragraph)
	}
	bias := op.Rows(m.Head.Bias)
	for id, n := range counts {
		bias[id] = float32(math.Log((float64(n) + 1) / float64(all+len(counts))))
	}
	dense := op.Rows(m.Head.Dense.Weight)
	narrow, width := op.Size(m.Head.Dense.Weight)
	for i := range min(narrow, width) {
		dense[i*width+i]++
	}
	if body, ok := m.Body.(primed); ok {
		return body.Prime(ctx, c.Paragraphs(), spread, random)
	}
	return nil
}
