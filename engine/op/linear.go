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
	if l.b != nil {
		bias := Rows(l.b)
		l.tape.Workers.Rows(rows, grain(l.out), func(_, from, to int) {
			for i := from; i < to; i++ {
				copy(y[i*l.out:(i+1)*l.out], bias)
			}
		})
	}
	l.tape.Workers.Gemm(kernel.NT, rows, l.out, in, Rows(l.x), in, Rows(l.w), in, y, l.out, l.b != nil)
	return result, nil
}

func (l *linear) Backward(gy mat.Tensor) error {
	rows, in := Size(l.x)
	dy := Rows(gy)
	learn(l.w, func(dw []float32) {
		l.tape.Workers.Gemm(kernel.TN, l.out, in, rows, dy, l.out, Rows(l.x), in, dw, in, true)
	})
	learn(l.b, func(db []float32) { sumRows(l.tape.Workers, db, dy) })
	if l.x.RequiresGrad() {
		dx := l.tape.Buffer(rows * in)
		l.tape.Workers.Gemm(kernel.NN, rows, in, l.out, dy, l.out, Rows(l.w), in, dx, in, false)
		Give(l.x, dx)
	}
	return nil
}

// sumRows adds every row of x [rows x len(sum)] to sum. The columns are split
// between the workers, so that the order of the additions is always the same.
func sumRows(w *kernel.Workers, sum, x []float32) {
	width := len(sum)
	rows := len(x) / width
	w.Rows(width, grain(rows), func(_, from, to int) {
		for i := range rows {
			kernel.Add(sum[from:to], x[i*width+from:i*width+to])
		}
	})
}

// grain is the number of rows of so many values below which a second worker
// would cost more than it saves.
func grain(width int) int { return 1 + 1<<14/max(width, 1) }
