// Package layer holds the building blocks of transformers: parameters with the
// operator that uses them. A layer knows no architecture.
package layer

import (
	"slices"

	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/kernel"
	"attune/engine/op"
	"attune/engine/weights"
)

// Adapter changes what a Linear gives, from its input x and its output y: the one
// hook that LoRA and its kin need.
type Adapter interface {
	nn.Model
	Adapt(t *op.Tape, x, y mat.Tensor) mat.Tensor
	// Params gives what learns, named below a name.
	Params(name string, yield func(string, *nn.Param) bool) bool
	// Merge gives the weights that do alone what the given ones and the adapter do.
	Merge(weight *nn.Param) *nn.Param
}

// Linear is x·Wᵀ + b, or x·Wᵀ alone.
type Linear struct {
	nn.Module
	Weight  *nn.Param // [out x in]; nil once quantised
	Bias    *nn.Param // [1 x out] or nil
	Adapter Adapter   // or nil

	quantised *kernel.Quantised // what the layer answers with instead of Weight, or nil
}

// NewLinear takes "weight" and "bias" from the source.
func NewLinear(s *weights.Source, in, out int) *Linear {
	return &Linear{Weight: s.Matrix("weight", out, in), Bias: s.Vector("bias", out)}
}

// NewUnbiasedLinear takes "weight" alone from the source.
func NewUnbiasedLinear(s *weights.Source, in, out int) *Linear {
	return &Linear{Weight: s.Matrix("weight", out, in)}
}

// Save puts "weight" and, if there is one, "bias" into the sink.
func (l *Linear) Save(s *weights.Sink) {
	s.Matrix("weight", l.Merged())
	l.saveAdapter(s, []string{""}, nil, false)
	if l.Bias != nil {
		s.Vector("bias", l.Bias)
	}
}

// NewTransposed takes "weight" [in x out] and "bias" from the source, as GPT-2's
// Conv1D layers are stored.
func NewTransposed(s *weights.Source, in, out int) *Linear {
	return &Linear{Weight: s.Transposed("weight", out, in), Bias: s.Vector("bias", out)}
}

// SaveTransposed puts what NewTransposed took into the sink.
func (l *Linear) SaveTransposed(s *weights.Sink) {
	s.Transposed("weight", l.Merged())
	l.saveAdapter(s, []string{""}, nil, true)
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

// NewUnbiasedStacked is NewStacked for layers that have a "weight" alone.
func NewUnbiasedStacked(s *weights.Source, names []string, in, out int) *Linear {
	return &Linear{Weight: s.Stack(suffixed(names, ".weight"), out, in)}
}

// SaveStacked puts the layers of NewStacked into the sink one by one.
func (l *Linear) SaveStacked(s *weights.Sink, names []string) {
	s.Unstack(suffixed(names, ".weight"), l.Merged())
	l.saveAdapter(s, names, nil, false)
	if l.Bias != nil {
		s.Unjoin(suffixed(names, ".bias"), l.Bias)
	}
}

// NewPiled is NewStacked for layers with numbers of rows of their own, whose
// "bias" only some families have.
func NewPiled(s *weights.Source, names []string, in int, rows []int, biased bool) *Linear {
	l := &Linear{Weight: s.Pile(suffixed(names, ".weight"), rows, in)}
	if biased {
		l.Bias = s.Chain(suffixed(names, ".bias"), rows)
	}
	return l
}

// SavePiled puts the layers of NewPiled into the sink one by one.
func (l *Linear) SavePiled(s *weights.Sink, names []string, rows []int) {
	s.Unpile(suffixed(names, ".weight"), rows, l.Merged())
	l.saveAdapter(s, names, rows, false)
	if l.Bias != nil {
		s.Unchain(suffixed(names, ".bias"), rows, l.Bias)
	}
}

// saveAdapter puts what a LoRA adds to the named layers into the sink, beside the weights
// that it was merged into. Where the rows are nil the layers have as many each.
func (l *Linear) saveAdapter(s *weights.Sink, names []string, rows []int, transposed bool) {
	a, ok := l.Adapter.(*LoRA)
	if !ok || !a.Apart {
		return
	}
	rank, in := op.Size(a.Down)
	out, _ := op.Size(a.Up)
	if rows == nil {
		rows = slices.Repeat([]int{out / len(names)}, len(names))
	}
	s.Adapters(names, rows, weights.Tensor{Shape: []int{rank, in}, Values: op.Rows(a.Down)}, weights.Tensor{Values: op.Rows(a.Up)}, a.Scale, transposed)
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
	if l.Adapter == nil {
		return l.product(t, x)
	}
	x = op.Again(t, x)
	return l.Adapter.Adapt(t, x, l.product(t, x))
}

func (l *Linear) product(t *op.Tape, x mat.Tensor) mat.Tensor {
	if l.quantised != nil {
		return op.Quantised(t, x, l.quantised)
	}
	return op.Linear(t, x, l.Weight, l.bias())
}

// plain says whether the layer is x·Wᵀ + b in float32 and nothing else.
func (l *Linear) plain() bool { return l.Adapter == nil && l.quantised == nil }

// bias gives the bias as an operand, since a nil *nn.Param in an interface is not nil.
func (l *Linear) bias() mat.Tensor {
	if l.Bias == nil {
		return nil
	}
	return l.Bias
}

// Params gives the layer's parameters, named below a name, then those of its adapter.
func (l *Linear) Params(name string, yield func(string, *nn.Param) bool) bool {
	return (l.Weight == nil || yield(name+".weight", l.Weight)) &&
		(l.Bias == nil || yield(name+".bias", l.Bias)) &&
		(l.Adapter == nil || l.Adapter.Params(name, yield))
}
