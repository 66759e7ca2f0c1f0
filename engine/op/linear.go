package op

import (
	"github.com/nlpodyssey/spago/mat"

	"attune/engine/kernel"
)

// Linear gives x·Wᵀ + b for the rows of x [rows x in], with W [out x in] as
// PyTorch and Hugging Face store it, and b [1 x out] or nil.
func Linear(t *Tape, x, w, b mat.Tensor) mat.Tensor {
	_, in := Size(x)
	return t.Run(&linear{tape: t, x: x, by: newAffine("linear", in, w, b)})
}

// affine is a matrix [out x in] and a bias [1 x out] or nil.
type affine struct {
	w, b    mat.Tensor
	out, in int
}

func newAffine(op string, in int, w, b mat.Tensor) affine {
	out, want := Size(w)
	check(in == want, op, "rows of %d values meet a matrix for %d", in, want)
	return affine{w: w, b: b, out: out, in: in}
}

func (a affine) operands() []mat.Tensor {
	if a.b == nil {
		return []mat.Tensor{a.w}
	}
	return []mat.Tensor{a.w, a.b}
}

// apply writes x·Wᵀ + b to y.
func (a affine) apply(workers *kernel.Workers, y, x []float32) {
	var bias []float32
	if a.b != nil {
		bias = Rows(a.b)
	}
	workers.Linear(len(x)/a.in, a.out, a.in, x, Rows(a.w), bias, y)
}

// learn adds to the gradients of W and b, given the input x and the gradient dy of
// what apply wrote.
func (a affine) learn(workers *kernel.Workers, x, dy []float32) {
	Learn(a.w, func(dw []float32) {
		workers.Gemm(kernel.TN, a.out, a.in, len(x)/a.in, dy, a.out, x, a.in, dw, a.in, true)
	})
	Learn(a.b, func(db []float32) { workers.AddRows(db, dy) })
}

// learns says whether W or b wants a gradient.
func (a affine) learns() bool {
	return a.w.RequiresGrad() || a.b != nil && a.b.RequiresGrad()
}

// back writes the gradient of x to dx.
func (a affine) back(workers *kernel.Workers, dx, dy []float32) {
	workers.Gemm(kernel.NN, len(dy)/a.out, a.in, a.out, dy, a.out, Rows(a.w), a.in, dx, a.in, false)
}

type linear struct {
	tape *Tape
	x    mat.Tensor
	by   affine
}

func (l *linear) Operands() []mat.Tensor { return append([]mat.Tensor{l.x}, l.by.operands()...) }

func (l *linear) Forward() (mat.Tensor, error) {
	rows, _ := Size(l.x)
	result, y := l.tape.New(rows, l.by.out)
	l.by.apply(l.tape.Workers, y, Rows(l.x))
	return result, nil
}

func (l *linear) Backward(gy mat.Tensor) error {
	x, dy := Rows(l.x), Rows(gy)
	l.by.learn(l.tape.Workers, x, dy)
	if l.x.RequiresGrad() {
		dx := l.tape.Buffer(len(x))
		l.by.back(l.tape.Workers, dx, dy)
		Give(l.x, dx)
	}
	return nil
}

// grain is kernel.Grain, by a shorter name.
func grain(width int) int { return kernel.Grain(width) }
