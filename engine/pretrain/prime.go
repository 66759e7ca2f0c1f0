package pretrain

import (
	"context"
	"iter"
	"math"
	"math/rand/v2"

	"github.com/nlpodyssey/spago/nn"

	"attune/engine/guessing"
	"attune/engine/head"
	"attune/engine/layer"
	"attune/engine/op"
)

// primed is a body that can begin with what counting in texts of pieces tells.
type primed interface {
	Prime(ctx context.Context, texts iter.Seq[[]int], spread float64, random *rand.Rand) error
}

// Prime gives a new model what counting in the corpus tells: how frequent the pieces
// are, as the bias of its guesses, and what its body makes of their company, which a
// head with a layer of its own begins by passing on. It reads the corpus twice.
func Prime(ctx context.Context, m *guessing.Model, c *Corpus, spread float64, random *rand.Rand) error {
	counts, all := make([]int, c.tokenizer.Size()), 0
	for paragraph := range c.Paragraphs() {
		for _, id := range paragraph {
			counts[id]++
		}
		all += len(paragraph)
	}
	bias, dense := layers(m.Head)
	if bias != nil {
		values := op.Rows(bias)
		for id, n := range counts {
			values[id] = float32(math.Log((float64(n) + 1) / float64(all+len(counts))))
		}
	}
	if dense != nil {
		values := op.Rows(dense.Weight)
		narrow, width := op.Size(dense.Weight)
		for i := range min(narrow, width) {
			values[i*width+i]++
		}
	}
	if body, ok := m.Body.(primed); ok {
		return body.Prime(ctx, c.Paragraphs(), spread, random)
	}
	return nil
}

// layers gives what a head begins with: the bias of its guesses and a layer below them,
// nil where it has none.
func layers(h guessing.Head) (bias *nn.Param, dense *layer.Linear) {
	switch h := h.(type) {
	case *head.Masked:
		return h.Bias, h.Dense
	case *head.LanguageModel:
		return h.Bias, nil
	}
	return nil, nil
}
