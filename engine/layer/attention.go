package layer

import (
	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/op"
)

// SelfAttention lets every token of a sequence look at every other.
type SelfAttention struct {
	nn.Module
	QKV    *Linear // [3·width x width]: queries, keys, values
	Output *Linear // [width x width]
	Heads  int
}

// Forward gives [tokens x width] for x [tokens x width] whose sequences begin at
// the starts. The dropout falls on the attention's probabilities.
func (a *SelfAttention) Forward(t *op.Tape, x mat.Tensor, starts []int, dropout float64) mat.Tensor {
	return a.Output.Forward(t, op.SelfAttention(t, a.QKV.Forward(t, x), starts, a.Heads, dropout))
}
