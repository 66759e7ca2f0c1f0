// Package layer holds the building blocks of transformers: parameters with the
// operator that uses them. A layer knows no architecture and no weight names.
package layer

import (
	"math/rand/v2"

	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/op"
)

// InitRange is the standard deviation of new weights, BERT's initializer_range.
const InitRange = 0.02

// normal makes a parameter [rows x cols] drawn from a normal distribution cut at
// two standard deviations, as BERT's initialiser does.
func normal(rows, cols int, random *rand.Rand) *nn.Param {
	values := make([]float32, rows*cols)
	for i := range values {
		x := random.NormFloat64()
		for x < -2 || x > 2 {
			x = random.NormFloat64()
		}
		values[i] = float32(x * InitRange)
	}
	return op.NewParam(rows, cols, values)
}

// constant makes a parameter [1 x cols] of one value.
func constant(cols int, value float32) *nn.Param {
	values := make([]float32, cols)
	for i := range values {
		values[i] = value
	}
	return op.NewParam(1, cols, values)
}

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
	Bias    *nn.Param // [1 x out], or nil
	Adapter Adapter   // or nil
}

// NewLinear makes a layer with small random weights and no bias yet learned.
func NewLinear(in, out int, random *rand.Rand) *Linear {
	return &Linear{Weight: normal(out, in, random), Bias: constant(out, 0)}
}

// Forward gives [rows x out] for x [rows x in].
func (l *Linear) Forward(t *op.Tape, x mat.Tensor) mat.Tensor {
	var bias mat.Tensor
	if l.Bias != nil {
		bias = l.Bias
	}
	y := op.Linear(t, x, l.Weight, bias)
	if l.Adapter != nil {
		return l.Adapter.Adapt(t, x, y)
	}
	return y
}

// Embedding is a table of rows, one for each of its entries.
type Embedding struct {
	nn.Module
	Weight *nn.Param // [entries x width]
}

// NewEmbedding makes a table of small random rows.
func NewEmbedding(entries, width int, random *rand.Rand) *Embedding {
	return &Embedding{Weight: normal(entries, width, random)}
}

// Lookup asks for the rows of the ids.
func (e *Embedding) Lookup(ids []int) op.Lookup { return op.Lookup{Table: e.Weight, IDs: ids} }

// LayerNorm normalises rows (Ba et al. 2016).
type LayerNorm struct {
	nn.Module
	Gain, Bias *nn.Param // [1 x width]
	Epsilon    float64
}

// NewLayerNorm makes one that only normalises yet.
func NewLayerNorm(width int, epsilon float64) *LayerNorm {
	return &LayerNorm{Gain: constant(width, 1), Bias: constant(width, 0), Epsilon: epsilon}
}

// Forward normalises x [rows x width].
func (n *LayerNorm) Forward(t *op.Tape, x mat.Tensor) mat.Tensor { return n.Add(t, x, nil, 0) }

// Add normalises dropout(x) + residual.
func (n *LayerNorm) Add(t *op.Tape, x, residual mat.Tensor, dropout float64) mat.Tensor {
	return op.AddNorm(t, x, residual, n.Gain, n.Bias, n.Epsilon, dropout)
}
