package layer

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/kernel"
	"attune/engine/op"
)

// LoRA adds the product of two narrow matrices to what a layer gives,
// y + scale·(x·Downᵀ)·Upᵀ, so that little has to learn while the layer itself stays
// as it is (Hu et al. 2022). It begins by adding nothing.
type LoRA struct {
	nn.Module
	Down    *nn.Param // [rank x in]
	Up      *nn.Param // [out x rank]
	Scale   float64   // alpha / rank
	Dropout float64   // of x, on the way down
	Apart   bool      // the layer is as it was published, so that the adapter can be kept apart from it
}

// NewLoRA makes an adapter for a layer. Down is drawn as microsoft/LoRA does.
func NewLoRA(l *Linear, rank int, alpha, dropout float64, random *rand.Rand) *LoRA {
	out, in := op.Size(l.Weight)
	down := make([]float32, rank*in)
	bound := 1 / math.Sqrt(float64(in))
	for i := range down {
		down[i] = float32(bound * (2*random.Float64() - 1))
	}
	return &LoRA{
		Down: op.NewParam(rank, in, down), Up: op.NewParam(out, rank, make([]float32, out*rank)),
		Scale: alpha / float64(rank), Dropout: dropout,
	}
}

// Adapt gives [rows x out] for the layer's x [rows x in] and y [rows x out].
func (a *LoRA) Adapt(t *op.Tape, x, y mat.Tensor) mat.Tensor {
	narrow := op.Linear(t, op.Dropout(t, x, a.Dropout), a.Down, nil)
	return op.Add(t, op.Linear(t, op.Scale(t, narrow, a.Scale), a.Up, nil), y, 0) // scaled where it is narrow
}

// Merge gives the weights [out x in] that do alone what the layer and its adapter do.
func (a *LoRA) Merge(weight *nn.Param) *nn.Param {
	out, in := op.Size(weight)
	rank, _ := op.Size(a.Down)
	merged, up, down := slices.Clone(op.Rows(weight)), op.Rows(a.Up), op.Rows(a.Down)
	for o := range out {
		for r := range rank {
			kernel.AddScaled(merged[o*in:(o+1)*in], down[r*in:(r+1)*in], float32(a.Scale)*up[o*rank+r])
		}
	}
	return op.NewParam(out, in, merged)
}

// Params gives what learns.
func (a *LoRA) Params(name string, yield func(string, *nn.Param) bool) bool {
	return yield(name+".lora_A.weight", a.Down) && yield(name+".lora_B.weight", a.Up)
}
