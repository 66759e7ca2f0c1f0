package loss_test

import (
	"math"
	"testing"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/loss"
	"attune/engine/op"
	"attune/engine/op/optest"
)

func TestBinaryCrossEntropyGradient(t *testing.T) {
	logits := optest.Random(2, 3, 1)
	targets := []int{1, 0, loss.Ignored, 0, 1, 1}
	optest.Gradients(t, func(tape *op.Tape) mat.Tensor { return loss.BinaryCrossEntropy(tape, logits, targets) }, logits)
}

// The expected values were worked out by hand from the definition in PyTorch's
// documentation of BCEWithLogitsLoss.
func TestBinaryCrossEntropyValue(t *testing.T) {
	logits := op.NewParam(1, 3, []float32{0, float32(math.Log(3)), -1e4})
	for name, c := range map[string]struct {
		targets []int
		want    float64
	}{
		"even":           {[]int{1, loss.Ignored, loss.Ignored}, math.Log(2)},
		"three to one":   {[]int{loss.Ignored, 1, loss.Ignored}, math.Log(4) - math.Log(3)},
		"one to three":   {[]int{loss.Ignored, 0, loss.Ignored}, math.Log(4)},
		"the mean":       {[]int{0, 0, loss.Ignored}, (math.Log(2) + math.Log(4)) / 2},
		"sure and wrong": {[]int{loss.Ignored, loss.Ignored, 1}, 1e4},
		"sure and right": {[]int{loss.Ignored, loss.Ignored, 0}, 0},
		"nothing":        {[]int{loss.Ignored, loss.Ignored, loss.Ignored}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			tape := optest.Tape(t)
			tape.Infer()
			if got := float64(op.Rows(loss.BinaryCrossEntropy(tape, logits, c.targets))[0]); math.Abs(got-c.want) > 1e-6*max(1, c.want) {
				t.Errorf("got %g, want %g", got, c.want)
			}
		})
	}
}
