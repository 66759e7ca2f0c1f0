package loss_test

import (
	"math"
	"testing"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/loss"
	"attune/engine/op"
	"attune/engine/op/optest"
)

func TestSquaredErrorGradient(t *testing.T) {
	x, targets := optest.Random(4, 3, 1), op.Rows(optest.Random(4, 3, 2))
	optest.Gradients(t, func(tape *op.Tape) mat.Tensor { return loss.SquaredError(tape, x, targets) }, x)
}

func TestSquaredErrorValue(t *testing.T) {
	tape := optest.Tape(t)
	tape.Infer()
	got := float64(op.Rows(loss.SquaredError(tape, op.NewParam(2, 1, []float32{1, -2}), []float32{0, 1}))[0])
	if want := (1.0 + 9) / 2; math.Abs(got-want) > 1e-6 {
		t.Errorf("got %g, want %g", got, want)
	}
}
