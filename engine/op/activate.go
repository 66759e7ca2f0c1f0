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
	a.f.apply(a.tape.Workers, y, a.slope, x)
	return result, nil
}

func (a *activate) Backward(gy mat.Tensor) error {
	if !a.x.RequiresGrad() {
		return nil
	}
	scaleEach(a.tape.Workers, a.slope, Rows(gy))
	Give(a.x, a.slope)
	return nil
}

// apply writes the function of every value of x to y, which may be x, and its
// derivative to slope unless that is nil.
func (f Activation) apply(workers *kernel.Workers, y, slope, x []float32) {
	workers.Rows(len(x), grain(1), func(_, from, to int) {
		if slope == nil {
			f(y[from:to], nil, x[from:to])
			return
		}
		f(y[from:to], slope[from:to], x[from:to])
	})
}

// scaleEach multiplies every value of x by its own factor.
func scaleEach(workers *kernel.Workers, x, factors []float32) {
	workers.Rows(len(x), grain(1), func(_, from, to int) {
		kernel.Multiply(x[from:to], factors[from:to])
	})
}
