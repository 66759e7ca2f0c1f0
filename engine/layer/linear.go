// Package layer holds the building blocks of transformers: parameters with the
// operator that uses them. A layer knows no architecture.
package layer

import (
	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/op"
	"attune/engine/weights"
)

// Adapter changes what a Linear gives, from its input x and its output y: the one
// hook that LoRA and its kin need.
type Adapter interface {
	nn.Model
	Adapt(t *op.Tape, x, y mat.Tensor) mat.Tensor
}

// Linear is x·Wᵀ + b.
type Linear struct {
	nn.Module
	Weight  *nn.Param // [out x in]
	Bias    *nn.Param // [1 x out]
	Adapter Adapter   // or nil
}

// NewLinear takes "weight" and "bias" from the source.
func NewLinear(s *weights.Source, in, out int) *Linear {
	return &Linear{Weight: s.Matrix("weight", out, in), Bias: s.Vector("bias", out)}
}

// Save puts "weight" and "bias" into the sink.
func (l *Linear) Save(s *weights.Sink) {
	s.Matrix("weight", l.Weight)
	s.Vector("bias", l.Bias)
}

// NewStacked makes one layer of several that share their input: the named layers
// of the source, each with "weight" and "bias", one above the other. One large
// product is faster than several small ones.
func NewStacked(s *weights.Source, names []string, in, out int) *Linear {
	return &Linear{
		Weight: s.Stack(suffixed(names, ".weight"), out, in),
		Bias:   s.Join(suffixed(names, ".bias"), out),
	}
}

// SaveStacked puts the layers of NewStacked into the sink one by one.
func (l *Linear) SaveStacked(s *weights.Sink, names []string) {
	s.Unstack(suffixed(names, ".weight"), l.Weight)
	s.Unjoin(suffixed(names, ".bias"), l.Bias)
}

func suffixed(names []string, suffix string) []string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = name + suffix
	}
	return all
}

// Forward gives [rows x out] for x [rows x in].
func (l *Linear) Forward(t *op.Tape, x mat.Tensor) mat.Tensor {
	y := op.Linear(t, x, l.Weight, l.Bias)
	if l.Adapter != nil {
		return l.Adapter.Adapt(t, x, y)
	}
	return y
}

// Params gives the layer's parameters, named below a name.
func (l *Linear) Params(name string, yield func(string, *nn.Param) bool) bool {
	return yield(name+".weight", l.Weight) && yield(name+".bias", l.Bias)
}
