package op

import (
	"github.com/nlpodyssey/spago/mat"

	"attune/engine/kernel"
)

// Dropout drops values of x at random while the pass learns, and scales the rest
// up so that their expectation stays (Srivastava et al. 2014).
func Dropout(t *Tape, x mat.Tensor, rate float64) mat.Tensor {
	mask := t.Dropout(rate)
	if mask.Rate == 0 {
		return x
	}
	return t.Run(&dropout{tape: t, x: x, mask: mask})
}

type dropout struct {
	tape *Tape
	x    mat.Tensor
	mask kernel.Dropout
}

func (d *dropout) Operands() []mat.Tensor { return []mat.Tensor{d.x} }

func (d *dropout) Forward() (mat.Tensor, error) {
	rows, width := Size(d.x)
	result, y := d.tape.New(rows, width)
	d.drop(y, Rows(d.x), rows, width)
	return result, nil
}

func (d *dropout) Backward(gy mat.Tensor) error {
	if d.x.RequiresGrad() {
		rows, width := Size(d.x)
		dx := d.tape.Buffer(rows * width)
		d.drop(dx, Rows(gy), rows, width)
		Give(d.x, dx)
	}
	return nil
}

// drop is the same for values and gradients: the mask is drawn anew from its seed.
func (d *dropout) drop(to, from []float32, rows, width int) {
	d.tape.Workers.Rows(rows, grain(width), func(_, first, last int) {
		at, end := first*width, last*width
		copy(to[at:end], from[at:end])
		d.mask.Apply(to[at:end], uint64(at))
	})
}
