package op

import (
	"github.com/nlpodyssey/spago/mat"

	"attune/engine/kernel"
)

// AddNorm gives LayerNorm(dropout(x) + residual), row by row, with gain and bias
// [1 x width] (Ba et al. 2016). The residual may be nil. It is the end of every
// post-norm transformer sub-layer in one pass.
func AddNorm(t *Tape, x, residual, gain, bias mat.Tensor, epsilon, dropout float64) mat.Tensor {
	rows, width := Size(x)
	if residual != nil {
		r, w := Size(residual)
		check(r == rows && w == width, "add and norm", "[%d x %d] meets a residual [%d x %d]", rows, width, r, w)
	}
	return t.Run(&addNorm{
		tape: t, x: x, residual: residual, gain: gain, bias: bias,
		rows: rows, width: width, epsilon: float32(epsilon), dropout: t.Dropout(dropout),
	})
}

type addNorm struct {
	tape                    *Tape
	x, residual, gain, bias mat.Tensor
	rows, width             int
	epsilon                 float32
	dropout                 kernel.Dropout
	normal                  []float32 // [rows x width] the normalised rows, before gain and bias
	scale                   []float32 // [rows] one over their standard deviation
}

func (a *addNorm) Operands() []mat.Tensor {
	if a.residual == nil {
		return []mat.Tensor{a.x, a.gain, a.bias}
	}
	return []mat.Tensor{a.x, a.residual, a.gain, a.bias}
}

func (*addNorm) handsOn() {}

func (a *addNorm) Forward() (mat.Tensor, error) {
	result, y := a.tape.New(a.rows, a.width)
	a.normal, a.scale = a.tape.Buffer(a.rows*a.width), a.tape.Buffer(a.rows)
	x, gain, bias := Rows(a.x), Rows(a.gain), Rows(a.bias)
	var residual []float32
	if a.residual != nil {
		residual = Rows(a.residual)
	}
	a.tape.Workers.Rows(a.rows, grain(a.width), func(_, from, to int) {
		for i := from; i < to; i++ {
			at, end := i*a.width, (i+1)*a.width
			var r []float32
			if residual != nil {
				r = residual[at:end]
			}
			copy(a.normal[at:end], x[at:end])
			a.scale[i] = kernel.AddNorm(y[at:end], a.normal[at:end], r, gain, bias, a.epsilon, a.dropout, uint64(at))
		}
	})
	return result, nil
}

func (a *addNorm) Backward(gy mat.Tensor) error {
	dy, gain := Rows(gy), Rows(a.gain)
	// Each worker sums its rows' share of the two small gradients; the shares are
	// added in the order of the workers.
	shares := a.tape.Buffer(2 * a.tape.Workers.Count() * a.width)
	clear(shares)
	dsum := dy // in place: nobody else reads it
	var dx []float32
	if a.residual != nil {
		dx = a.tape.Buffer(a.rows * a.width)
	}
	a.tape.Workers.Rows(a.rows, grain(a.width), func(worker, from, to int) {
		dgain := shares[2*worker*a.width:][:a.width]
		dbias := shares[(2*worker+1)*a.width:][:a.width]
		for i := from; i < to; i++ {
			at, end := i*a.width, (i+1)*a.width
			var d []float32
			if dx != nil {
				d = dx[at:end]
			}
			kernel.AddNormBackward(dsum[at:end], d, dy[at:end], a.normal[at:end], gain, dgain, dbias, a.scale[i], a.dropout, uint64(at))
			if dx == nil {
				a.dropout.Apply(dsum[at:end], uint64(at))
			}
		}
	})
	for i, p := range []mat.Tensor{a.gain, a.bias} {
		Learn(p, func(gradient []float32) {
			for worker := range a.tape.Workers.Count() {
				kernel.Add(gradient, shares[(2*worker+i)*a.width:][:a.width])
			}
		})
	}
	if a.residual == nil {
		dx = dsum
	} else if a.residual.RequiresGrad() {
		Give(a.residual, dsum)
	}
	if a.x.RequiresGrad() {
		Give(a.x, dx)
	}
	return nil
}
