package layer

import (
	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/op"
	"attune/engine/weights"
)

// LayerNorm normalises rows (Ba et al. 2016).
type LayerNorm struct {
	nn.Module
	Gain, Bias *nn.Param // [1 x width]
	Epsilon    float64
}

// NewLayerNorm takes "weight" and "bias" from the source.
func NewLayerNorm(s *weights.Source, width int, epsilon float64) *LayerNorm {
	return &LayerNorm{Gain: s.Gain("weight", width), Bias: s.Vector("bias", width), Epsilon: epsilon}
}

// Save puts "weight" and "bias" into the sink.
func (n *LayerNorm) Save(s *weights.Sink) {
	s.Vector("weight", n.Gain)
	s.Vector("bias", n.Bias)
}

// Forward normalises x [rows x width].
func (n *LayerNorm) Forward(t *op.Tape, x mat.Tensor) mat.Tensor { return n.Add(t, x, nil, 0) }

// Add normalises dropout(x) + residual.
func (n *LayerNorm) Add(t *op.Tape, x, residual mat.Tensor, dropout float64) mat.Tensor {
	return op.AddNorm(t, x, residual, n.Gain, n.Bias, n.Epsilon, dropout)
}

// Params gives the layer's parameters, named below a name.
func (n *LayerNorm) Params(name string, yield func(string, *nn.Param) bool) bool {
	return yield(name+".weight", n.Gain) && yield(name+".bias", n.Bias)
}

// RMSNorm divides rows by their root mean square (Zhang and Sennrich 2019).
type RMSNorm struct {
	nn.Module
	Gain    *nn.Param // [1 x width]
	Epsilon float64
}

// NewRMSNorm takes "weight" from the source.
func NewRMSNorm(s *weights.Source, width int, epsilon float64) *RMSNorm {
	return &RMSNorm{Gain: s.Gain("weight", width), Epsilon: epsilon}
}

// Save puts "weight" into the sink.
func (n *RMSNorm) Save(s *weights.Sink) { s.Vector("weight", n.Gain) }

// Forward normalises x [rows x width].
func (n *RMSNorm) Forward(t *op.Tape, x mat.Tensor) mat.Tensor {
	return op.RMSNorm(t, x, n.Gain, n.Epsilon)
}

// Params gives the layer's parameter, named below a name.
func (n *RMSNorm) Params(name string, yield func(string, *nn.Param) bool) bool {
	return yield(name+".weight", n.Gain)
}
