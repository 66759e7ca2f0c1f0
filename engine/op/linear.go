package op

import (
	"github.com/nlpodyssey/spago/mat"

	"attune/engine/kernel"
)

// Linear gives x·Wᵀ + b for the rows of x [rows x in], with W [out x in] as
// PyTorch and Hugging Face store it, and b [1 x out] or nil.
func Linear(t *Tape, x, w, b mat.Tensor) mat.Tensor {
	_, in := Size(x)
	out, want := Size(w)
	check(in == want, "linear", "rows of %d values meet a matrix for %d", in, want)
	return t.Run(&linear{tape: t, x: x, w: w, b: b, out: out})
}

type linear struct {
	tape    *Tape
	x, w, b mat.Tensor
	out     int
}

func (l *linear) Operands() []mat.Tensor {
	if l.b == nil {
		return []mat.Tensor{l.x, l.w}
	}
	return []mat.Tensor{l.x, l.w, l.b}
}

func (l *linear) Forward() (mat.Tensor, error) {
	rows, in := Size(l.x)
	result, y := l.tape.New(rows, l.out)
	var bias []float32
	if l.b != nil {
		bias = Rows(l.b)
	}
	l.tape.Workers.Linear(rows, l.out, in, Rows(l.x), Rows(l.w), bias, y)
	return result, nil
}

func (l *linear) Backward(gy mat.Tensor) error {
	rows, in := Size(l.x)
	dy := Rows(gy)
	Learn(l.w, func(dw []float32) {
		l.tape.Workers.Gemm(kernel.TN, l.out, in, rows, dy, l.out, Rows(l.x), in, dw, in, true)
	})
	Learn(l.b, func(db []float32) { l.tape.Workers.AddRows(db, dy) })
	if l.x.RequiresGrad() {
		dx := l.tape.Buffer(rows * in)
		l.tape.Workers.Gemm(kernel.NN, rows, in, l.out, dy, l.out, Rows(l.w), in, dx, in, false)
		Give(l.x, dx)
	}
	return nil
}

// grain is kernel.Grain, by a shorter name.
func grain(width int) int { return kernel.Grain(width) }
