package op

import (
	"github.com/nlpodyssey/spago/mat"

	"attune/engine/kernel"
)

// Mean gives the mean [sequences x width] of the rows of each sequence of x, whose
// sequences begin at the starts. That of an empty one is zero.
func Mean(t *Tape, x mat.Tensor, starts []int) mat.Tensor {
	rows, _ := Size(x)
	check(len(starts) > 0 && starts[0] == 0 && starts[len(starts)-1] == rows, "mean", "the sequences do not cover the %d rows", rows)
	return t.Run(&mean{t, x, starts})
}

type mean struct {
	tape   *Tape
	x      mat.Tensor
	starts []int
}

func (m *mean) Operands() []mat.Tensor { return []mat.Tensor{m.x} }

func (m *mean) Forward() (mat.Tensor, error) {
	_, width := Size(m.x)
	result, y := m.tape.New(len(m.starts)-1, width)
	x := Rows(m.x)
	m.each(func(s, from, to int) {
		sum := y[s*width : (s+1)*width]
		clear(sum)
		for row := from; row < to; row++ {
			kernel.AddScaled(sum, x[row*width:(row+1)*width], 1/float32(to-from))
		}
	})
	return result, nil
}

func (m *mean) Backward(gy mat.Tensor) error {
	if !m.x.RequiresGrad() {
		return nil
	}
	_, width := Size(m.x)
	dx, dy := m.tape.Buffer(m.x.Size()), Rows(gy)
	m.each(func(s, from, to int) {
		for row := from; row < to; row++ {
			gradient := dx[row*width : (row+1)*width]
			copy(gradient, dy[s*width:(s+1)*width])
			kernel.Scale(gradient, 1/float32(to-from))
		}
	})
	Give(m.x, dx)
	return nil
}

// each visits the sequences with the rows from which to which they go.
func (m *mean) each(visit func(sequence, from, to int)) {
	m.tape.Workers.Rows(len(m.starts)-1, 1, func(_, first, last int) {
		for s := first; s < last; s++ {
			visit(s, m.starts[s], m.starts[s+1])
		}
	})
}
