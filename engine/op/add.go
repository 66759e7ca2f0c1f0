package op

import (
	"github.com/nlpodyssey/spago/mat"

	"attune/engine/kernel"
)

// Add gives dropout(x) + residual: the end of a pre-norm transformer sub-layer.
func Add(t *Tape, x, residual mat.Tensor, dropout float64) mat.Tensor {
	rows, width := Size(x)
	r, w := Size(residual)
	check(r == rows && w == width, "add", "[%d x %d] meets [%d x %d]", rows, width, r, w)
	return t.Run(&add{tape: t, x: x, residual: residual, rows: rows, width: width, mask: t.Dropout(dropout)})
}

type add struct {
	tape        *Tape
	x, residual mat.Tensor
	rows, width int
	mask        kernel.Dropout
}

func (a *add) Operands() []mat.Tensor { return []mat.Tensor{a.x, a.residual} }

func (*add) handsOn() {}

func (a *add) Forward() (mat.Tensor, error) {
	result, y := a.tape.New(a.rows, a.width)
	x, residual := Rows(a.x), Rows(a.residual)
	a.tape.Workers.Rows(a.rows, grain(a.width), func(_, from, to int) {
		for i := from; i < to; i++ { // row by row, so that it stays in the first cache
			at, end := i*a.width, (i+1)*a.width
			copy(y[at:end], x[at:end])
			a.mask.Apply(y[at:end], uint64(at))
			kernel.Add(y[at:end], residual[at:end])
		}
	})
	return result, nil
}

// Backward gives the operands a buffer each, since later gradients are added to it.
func (a *add) Backward(gy mat.Tensor) error {
	dy := Rows(gy)
	if a.x.RequiresGrad() {
		dx := a.tape.Buffer(len(dy))
		a.tape.Workers.Rows(a.rows, grain(a.width), func(_, from, to int) {
			at, end := from*a.width, to*a.width
			copy(dx[at:end], dy[at:end])
			a.mask.Apply(dx[at:end], uint64(at))
		})
		Give(a.x, dx)
	}
	if a.residual.RequiresGrad() {
		Give(a.residual, dy)
	}
	return nil
}
