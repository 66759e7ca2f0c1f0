package loss_test

import (
	"math"
	"testing"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/loss"
	"attune/engine/op"
	"attune/engine/op/optest"
)

func TestContrastiveGradient(t *testing.T) {
	for name, labels := range map[string][]int{
		"pairs": {1, 1, 2, 2, 3}, "three of one": {1, 2, 1, 1, 2}, "all of one": {4, 4, 4, 4, 4}, "nobody belongs together": {1, 2, 3, 4, 5},
	} {
		t.Run(name, func(t *testing.T) {
			x := optest.Random(5, 4, 1)
			optest.Gradients(t, func(tape *op.Tape) mat.Tensor { return loss.Contrastive(tape, x, labels, 0.5) }, x)
		})
	}
}

// Worked out by hand: two rows in one direction and one at a right angle to both. At a
// temperature of 1 each of the two sees e against e + 1; the third has no partner.
func TestContrastiveValue(t *testing.T) {
	tape := optest.Tape(t)
	tape.Infer()
	x := op.NewParam(3, 2, []float32{2, 0, 0.5, 0, 0, 3})
	got := float64(op.Rows(loss.Contrastive(tape, x, []int{7, 7, 8}, 1))[0])
	if want := math.Log(math.E+1) - 1; math.Abs(got-want) > 1e-6 {
		t.Errorf("got %g, want %g", got, want)
	}
}
