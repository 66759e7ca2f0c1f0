package loss

import (
	"github.com/nlpodyssey/spago/mat"

	"attune/engine/op"
)

// SquaredError gives the mean of the squared differences between the values of
// x [rows x width] and their targets.
func SquaredError(t *op.Tape, x mat.Tensor, targets []float32) mat.Tensor {
	if x.Size() != len(targets) {
		panic(&op.ShapeError{Op: "squared error", Reason: "values and targets differ in number"})
	}
	rows, _ := op.Size(x)
	t.Weigh(float64(rows))
	return t.Run(&squaredError{tape: t, x: x, targets: targets})
}

type squaredError struct {
	tape    *op.Tape
	x       mat.Tensor
	targets []float32
	grad    []float32 // [rows x width] gradient of the values
}

func (s *squaredError) Operands() []mat.Tensor { return []mat.Tensor{s.x} }

func (s *squaredError) Forward() (mat.Tensor, error) {
	x := op.Rows(s.x)
	s.grad = s.tape.Buffer(len(x))
	n, sum := float64(max(len(x), 1)), 0.0
	for i, v := range x {
		d := float64(v) - float64(s.targets[i])
		sum += d * d
		s.grad[i] = float32(2 * d / n)
	}
	result, y := s.tape.New(1, 1)
	y[0] = float32(sum / n)
	return result, nil
}

func (s *squaredError) Backward(gy mat.Tensor) error {
	giveScaled(s.x, s.grad, gy)
	return nil
}
