package loss_test

import (
	"math"
	"testing"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/loss"
	"attune/engine/op"
	"attune/engine/op/optest"
)

func TestDistillationGradient(t *testing.T) {
	teacher := op.Rows(optest.Random(5, 3, 2))
	for _, temperature := range []float64{1, 2.5} {
		logits := optest.Random(5, 3, 1)
		optest.Gradients(t, func(tape *op.Tape) mat.Tensor {
			return loss.Distillation(tape, logits, teacher, temperature)
		}, logits)
	}
}

// Worked out by hand: at T = 2 logits of 2·ln 3 and 0 stand for 3/4 and 1/4.
func TestDistillationValue(t *testing.T) {
	teacher := []float32{float32(2 * math.Log(3)), 0}
	tape := optest.Tape(t)
	tape.Infer()
	even := op.NewParam(1, 2, []float32{5, 5})
	want := 4 * (0.75*math.Log(1.5) + 0.25*math.Log(0.5))
	if got := float64(op.Rows(loss.Distillation(tape, even, teacher, 2))[0]); math.Abs(got-want) > 1e-6 {
		t.Errorf("got %g, want %g", got, want)
	}
	same := op.NewParam(1, 2, []float32{float32(2*math.Log(3)) - 7, -7})
	if got := op.Rows(loss.Distillation(tape, same, teacher, 2))[0]; math.Abs(float64(got)) > 1e-6 {
		t.Errorf("the teacher's own logits lose %g", got)
	}
}

func TestDistillationGradientOfOtherChoices(t *testing.T) {
	teacher := op.Rows(optest.Random(6, 2, 2))
	for name, of := range map[string]func(tape *op.Tape, logits mat.Tensor, temperature float64) mat.Tensor{
		"labels of their own": func(tape *op.Tape, x mat.Tensor, temperature float64) mat.Tensor {
			return loss.BinaryDistillation(tape, x, teacher, temperature)
		},
		"places": func(tape *op.Tape, x mat.Tensor, temperature float64) mat.Tensor {
			return loss.SpanDistillation(tape, x, teacher, []int{0, 1, 6}, temperature)
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, temperature := range []float64{1, 2.5} {
				logits := optest.Random(6, 2, 1)
				optest.Gradients(t, func(tape *op.Tape) mat.Tensor { return of(tape, logits, temperature) }, logits)
			}
		})
	}
}

// A place is a class of those in its column.
func TestSpanDistillationValue(t *testing.T) {
	tape := optest.Tape(t)
	tape.Infer()
	value := func(x mat.Tensor) float64 { return float64(op.Rows(x)[0]) }
	columns, rows := op.NewParam(3, 2, []float32{1, 4, 2, 5, 3, 7}), op.NewParam(2, 3, []float32{1, 2, 3, 4, 5, 7})
	got := value(loss.SpanDistillation(tape, columns, []float32{0, 1, 1, 0, 0, 0}, []int{0, 3}, 1))
	want := value(loss.Distillation(tape, rows, []float32{0, 1, 0, 1, 0, 0}, 1))
	if math.Abs(got-want) > 1e-6 {
		t.Errorf("got %g, want %g", got, want)
	}
}

// Worked out by hand: at T = 2 a logit of 2·ln 3 stands for 3/4, and one of 0 for a half.
func TestBinaryDistillationValue(t *testing.T) {
	tape := optest.Tape(t)
	tape.Infer()
	got := float64(op.Rows(loss.BinaryDistillation(tape, op.NewParam(1, 2, []float32{0, 7}), []float32{float32(2 * math.Log(3)), 7}, 2))[0])
	if want := 4 * (0.75*math.Log(1.5) + 0.25*math.Log(0.5)) / 2; math.Abs(got-want) > 1e-6 {
		t.Errorf("got %g, want %g", got, want)
	}
}
