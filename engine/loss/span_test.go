package loss_test

import (
	"math"
	"testing"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/loss"
	"attune/engine/op"
	"attune/engine/op/optest"
)

func TestSpanGradient(t *testing.T) {
	logits := optest.Random(7, 2, 1)
	optest.Gradients(t, func(tape *op.Tape) mat.Tensor {
		return loss.Span(tape, logits, []int{0, 3, 7}, []int{1, 2, loss.Ignored, 0})
	}, logits)
}

// Two tokens whose first scores are as 3 to 1, and whose last scores are equal:
// the loss of the right answer is half of -ln(3/4) and half of -ln(1/2).
func TestSpanValue(t *testing.T) {
	tape := optest.Tape(t)
	tape.Infer()
	logits := op.NewParam(2, 2, []float32{float32(math.Log(3)), 0, 0, 0})
	got := float64(op.Rows(loss.Span(tape, logits, []int{0, 2}, []int{0, 1}))[0])
	if want := (math.Log(4.0/3) + math.Log(2)) / 2; math.Abs(got-want) > 1e-6 {
		t.Errorf("got %g, want %g", got, want)
	}
}

func TestSpanRefusesATargetOutsideItsSequence(t *testing.T) {
	defer func() {
		if _, ok := recover().(*op.ShapeError); !ok {
			t.Error("a target behind its sequence was accepted")
		}
	}()
	tape := optest.Tape(t)
	tape.Learn(1)
	loss.Span(tape, optest.Random(5, 2, 1), []int{0, 2, 5}, []int{0, 2, 0, 0})
}
