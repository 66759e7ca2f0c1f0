package op

import (
	"github.com/nlpodyssey/spago/mat"

	"attune/engine/kernel"
)

// Activation is a function of one value: it writes its results and, unless slope
// is nil, its derivatives.
type Activation func(y, slope, x []float32)

// Activate applies a function to every value of x.
func Activate(t *Tape, x mat.Tensor, f Activation) mat.Tensor {
	return t.Run(&activate{tape: t, x: x, f: f})
}

type activate struct {
	tape  *Tape
	x     mat.Tensor
	f     Activation
	slope []float32 // [rows x width] the derivative at every value
}

func (a *activate) Operands() []mat.Tensor { return []mat.Tensor{a.x} }

func (a *activate) Forward() (mat.Tensor, error) {
	rows, width := Size(a.x)
	result, y := a.tape.New(rows, width)
	x := Rows(a.x)
	if a.tape.Learning() {
		a.slope = a.tape.Buffer(len(x))
	}
	a.tape.Workers.Rows(rows, grain(width), func(_, from, to int) {
		from, to = from*width, to*width
		if a.slope == nil {
			a.f(y[from:to], nil, x[from:to])
			return
		}
		a.f(y[from:to], a.slope[from:to], x[from:to])
	})
	return result, nil
}

func (a *activate) Backward(gy mat.Tensor) error {
	if !a.x.RequiresGrad() {
		return nil
	}
	rows, width := Size(a.x)
	dy, dx := Rows(gy), a.slope
	a.tape.Workers.Rows(rows, grain(width), func(_, from, to int) {
		kernel.Multiply(dx[from*width:to*width], dy[from*width:to*width])
	})
	Give(a.x, dx)
	return nil
}
