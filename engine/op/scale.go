package op

import (
	"github.com/nlpodyssey/spago/mat"

	"attune/engine/kernel"
)

// Scale gives k·x.
func Scale(t *Tape, x mat.Tensor, k float64) mat.Tensor {
	if k == 1 {
		return x
	}
	return t.Run(&scale{tape: t, x: x, k: float32(k)})
}

type scale struct {
	tape *Tape
	x    mat.Tensor
	k    float32
}

func (s *scale) Operands() []mat.Tensor { return []mat.Tensor{s.x} }

func (s *scale) Forward() (mat.Tensor, error) {
	rows, width := Size(s.x)
	result, y := s.tape.New(rows, width)
	s.times(y, Rows(s.x), rows, width)
	return result, nil
}

func (s *scale) Backward(gy mat.Tensor) error {
	if s.x.RequiresGrad() {
		rows, width := Size(s.x)
		dx := s.tape.Buffer(rows * width)
		s.times(dx, Rows(gy), rows, width)
		Give(s.x, dx)
	}
	return nil
}

func (s *scale) times(to, from []float32, rows, width int) {
	s.tape.Workers.Rows(rows, grain(width), func(_, first, last int) {
		at, end := first*width, last*width
		copy(to[at:end], from[at:end])
		kernel.Scale(to[at:end], s.k)
	})
}
