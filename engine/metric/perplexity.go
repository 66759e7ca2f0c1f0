package metric

import (
	"math"

	"attune/engine/dataset"
)

type perplexity struct{ surprise dataset.Surprise }

// NewPerplexity gives between how many pieces of its vocabulary a model wavers on
// average, at each piece of the right texts: e to the power of the mean loss of a piece,
// 1 for a model that knows what comes. It depends on the vocabulary, so it compares
// models with the same one. An answer that does not say how surprised the model was is
// left out.
func NewPerplexity() Metric { return &perplexity{} }

func (*perplexity) Name() string         { return "perplexity" }
func (*perplexity) HigherIsBetter() bool { return false }

func (m *perplexity) Add(_ dataset.Example, got dataset.Answer) {
	m.surprise.Nats += got.Surprise.Nats
	m.surprise.Pieces += got.Surprise.Pieces
}

// Any says whether an answer told.
func (m *perplexity) Any() bool { return m.surprise.Pieces > 0 }

func (m *perplexity) Value() float64 {
	if m.surprise.Pieces == 0 {
		return 0
	}
	return math.Exp(m.surprise.Nats / float64(m.surprise.Pieces))
}
