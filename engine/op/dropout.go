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

func (*dropout) handsOn() {}

func (d *dropout) Forward() (mat.Tensor, error) {
	rows, width := Size(d.x)
	result, y := d.tape.New(rows, width)
	x := Rows(d.x)
	d.tape.Workers.Rows(rows, grain(width), func(_, from, to int) {
		at, end := from*width, to*width
		copy(y[at:end], x[at:end])
		d.mask.Apply(y[at:end], uint64(at))
	})
	return result, nil
}

// Backward draws the mask anew from its seed.
func (d *dropout) Backward(gy mat.Tensor) error {
	if d.x.RequiresGrad() {
		rows, width := Size(d.x)
		dx := Rows(gy) // in place: nobody else reads it
		d.tape.Workers.Rows(rows, grain(width), func(_, from, to int) {
			d.mask.Apply(dx[from*width:to*width], uint64(from*width))
		})
		Give(d.x, dx)
	}
	return nil
}
