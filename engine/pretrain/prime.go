package pretrain

import (
	"context"
	"iter"
	"math"
	"math/rand/v2"

	"attune/engine/masked"
	"attune/engine/op"
)

// wordLearner is a body that can learn what words mean from the words that stand near
// them, before any gradient.
type wordLearner interface {
	LearnWords(ctx context.Context, texts iter.Seq[[]int], spread float64, random *rand.Rand) error
}

// Prime gives a new model what counting tells: how frequent the pieces are, as the
// bias of its guesses, and which keep the same company, as its table of pieces. It
// reads the corpus twice.
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
	if body, ok := m.Body.(wordLearner); ok {
		return body.LearnWords(ctx, c.Paragraphs(), spread, random)
	}
	return nil
}
