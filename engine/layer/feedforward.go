package layer

import (
	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/op"
)

// FeedForward is the two-layer network of a transformer block.
type FeedForward struct {
	nn.Module
	In, Out    *Linear // [inner x width], [width x inner]
	Activation op.Activation
}

// Forward gives [rows x width] for x [rows x width].
func (f *FeedForward) Forward(t *op.Tape, x mat.Tensor) mat.Tensor {
	if f.In.plain() && f.Out.plain() {
		return op.FeedForward(t, x, f.In.Weight, f.In.bias(), f.Activation, f.Out.Weight, f.Out.bias())
	}
	return f.Out.Forward(t, op.Activate(t, f.In.Forward(t, x), f.Activation))
}

// GatedFeedForward is the network of a block whose inner values pass a gate
// (Shazeer 2020): Llama's with SiLU, T5's with GELU.
type GatedFeedForward struct {
	nn.Module
	In         *Linear // [2·inner x width]: the gate, then what passes it
	Out        *Linear // [width x inner]
	Activation op.Activation
}

// Forward gives [rows x width] for x [rows x width].
func (f *GatedFeedForward) Forward(t *op.Tape, x mat.Tensor) mat.Tensor {
	return f.Out.Forward(t, op.Gated(t, f.In.Forward(t, x), f.Activation))
}
