package op

import (
	"github.com/nlpodyssey/spago/mat"

	"attune/engine/kernel"
)

// Quantised gives x·Wᵀ + b for the rows of x [rows x in], with weights in 8 bits. It
// has no backward pass: a pass that learns panics with a ShapeError.
func Quantised(t *Tape, x mat.Tensor, w *kernel.Quantised) mat.Tensor {
	rows, in := Size(x)
	out, want := w.Size()
	check(in == want, "quantised linear", "rows of %d values meet a matrix for %d", in, want)
	check(!t.Learning(), "quantised linear", "weights in 8 bits can answer, but not learn")
	result, y := t.New(rows, out)
	w.Multiply(t.Workers, rows, y, Rows(x))
	return result
}
