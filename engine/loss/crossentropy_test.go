package loss_test

import (
	"math"
	"testing"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/loss"
	"attune/engine/op"
	"attune/engine/op/optest"
)

func TestCrossEntropyGradient(t *testing.T) {
	targets := []int{2, 0, loss.Ignored, 1, 2}
	for name, o := range map[string]loss.CrossEntropyOptions{
		"plain":    {},
		"smoothed": {Smoothing: 0.1},
		"weighted": {Weights: []float64{1, 0.2, 3}},
		"focused":  {Focus: 2},
		"all":      {Smoothing: 0.2, Focus: 0.5, Weights: []float64{1, 0.2, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			logits := optest.Random(5, 3, 1)
			optest.Gradients(t, func(tape *op.Tape) mat.Tensor {
				return loss.CrossEntropy(tape, logits, targets, o)
			}, logits)
		})
	}
}

// The expected values were worked out by hand from the definition in PyTorch's
// documentation of CrossEntropyLoss.
func TestCrossEntropyValue(t *testing.T) {
	logits := op.NewParam(2, 2, []float32{0, 0, float32(math.Log(3)), 0})
	ln2, ln4, ln43 := math.Log(2), math.Log(4), math.Log(4)-math.Log(3)
	for _, c := range []struct {
		name    string
		targets []int
		o       loss.CrossEntropyOptions
		want    float64
		plain   float64 // and without options
	}{
		{"mean of two rows", []int{0, 0}, loss.CrossEntropyOptions{}, (ln2 + ln43) / 2, (ln2 + ln43) / 2},
		{"an ignored row", []int{loss.Ignored, 1}, loss.CrossEntropyOptions{}, ln4, ln4},
		{"every row ignored", []int{loss.Ignored, loss.Ignored}, loss.CrossEntropyOptions{}, 0, 0},
		{"weighted mean", []int{0, 1}, loss.CrossEntropyOptions{Weights: []float64{1, 3}}, (ln2 + 3*ln4) / 4, (ln2 + ln4) / 2},
		{"smoothing", []int{loss.Ignored, 0}, loss.CrossEntropyOptions{Smoothing: 0.5}, 0.75*ln43 + 0.25*ln4, ln43},
		{"focus", []int{loss.Ignored, 0}, loss.CrossEntropyOptions{Focus: 2}, ln43 / 16, ln43},
	} {
		t.Run(c.name, func(t *testing.T) {
			tape := optest.Tape(t)
			tape.Infer()
			got := float64(op.Rows(loss.CrossEntropy(tape, logits, c.targets, c.o))[0])
			if math.Abs(got-c.want) > 1e-6 {
				t.Errorf("got %g, want %g", got, c.want)
			}
			if plain, _ := tape.Counted(); math.Abs(plain-c.plain) > 1e-6 {
				t.Errorf("without options %g, want %g", plain, c.plain)
			}
		})
	}
}

func TestHugeLogitsGiveAFiniteLoss(t *testing.T) {
	tape := optest.Tape(t)
	tape.Infer()
	logits := op.NewParam(1, 2, []float32{1e4, -1e4})
	if got := op.Rows(loss.CrossEntropy(tape, logits, []int{1}, loss.CrossEntropyOptions{}))[0]; got != 2e4 {
		t.Errorf("got %g, want 20000", got)
	}
}
