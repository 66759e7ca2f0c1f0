package layer

import (
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/kernel"
	"attune/engine/op"
)

// Quantise turns the weights into 8 bits and lets the float32 ones go: from then on the
// layer can only answer. Its Params lack the weights; Save puts in what they became.
func (l *Linear) Quantise() {
	if l.quantised != nil {
		return
	}
	var bias []float32
	if l.Bias != nil {
		bias = op.Rows(l.Bias)
	}
	out, in := op.Size(l.Weight)
	l.quantised, l.Weight = kernel.Quantise(out, in, op.Rows(l.Weight), bias), nil
}

// Bytes is the memory that weights and bias take.
func (l *Linear) Bytes() int {
	if l.quantised != nil {
		return l.quantised.Bytes()
	}
	bytes := 4 * l.Weight.Size()
	if l.Bias != nil {
		bytes += 4 * l.Bias.Size()
	}
	return bytes
}

// Merged gives the weights [out x in] as float32, whatever they are held as, with what an
// adapter makes of them: those to save.
func (l *Linear) Merged() *nn.Param {
	if l.quantised == nil {
		if l.Adapter != nil {
			return l.Adapter.Merge(l.Weight)
		}
		return l.Weight
	}
	out, in := l.quantised.Size()
	return op.NewParam(out, in, l.quantised.Weights())
}
