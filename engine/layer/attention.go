package layer

import (
	"math/rand/v2"

	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/op"
)

// SelfAttention lets every token of a sequence look at every other. Queries, keys
// and values come from one matrix [3·width x width]: one large product is faster
// than three.
type SelfAttention struct {
	nn.Module
	QKV, Output *Linear
	Heads       int
	Dropout     float64 // on the probabilities
}

// NewSelfAttention makes one with small random weights.
func NewSelfAttention(width, heads int, dropout float64, random *rand.Rand) *SelfAttention {
	return &SelfAttention{
		QKV: NewLinear(width, 3*width, random), Output: NewLinear(width, width, random),
		Heads: heads, Dropout: dropout,
	}
}

// Forward gives [tokens x width] for x [tokens x width] whose sequences begin at
// the starts.
func (a *SelfAttention) Forward(t *op.Tape, x mat.Tensor, starts []int) mat.Tensor {
	return a.Output.Forward(t, op.SelfAttention(t, a.QKV.Forward(t, x), starts, a.Heads, a.Dropout))
}

// FeedForward is the two-layer network of a transformer block.
type FeedForward struct {
	nn.Module
	In, Out    *Linear
	Activation op.Activation
}

// NewFeedForward makes one with small random weights.
func NewFeedForward(width, inner int, activation op.Activation, random *rand.Rand) *FeedForward {
	return &FeedForward{In: NewLinear(width, inner, random), Out: NewLinear(inner, width, random), Activation: activation}
}

// Forward gives [rows x width] for x [rows x width].
func (f *FeedForward) Forward(t *op.Tape, x mat.Tensor) mat.Tensor {
	return f.Out.Forward(t, op.Activate(t, f.In.Forward(t, x), f.Activation))
}
