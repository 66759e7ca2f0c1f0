package optimizer_test

import (
	"math"
	"testing"

	"attune/engine/kernel"
	"attune/engine/op"
	"attune/engine/optimizer"
)

// At first the mean is that of all steps; from as many as it reaches back on, the last
// one weighs its share.
func TestAverageByHand(t *testing.T) {
	workers := kernel.NewWorkers(1)
	defer workers.Close()
	p := op.NewParam(1, 1, []float32{100}) // where it began does not count
	a := optimizer.NewAverage(workers, 4)
	a.Add("w", p)
	for i, c := range []struct{ value, want float64 }{{2, 2}, {4, 3}, {9, 5}, {1, 4}, {8, 5}, {5, 5}, {1, 4}} {
		a.Out()
		op.Rows(p)[0] = float32(c.value)
		a.Update()
		a.In()
		if got := float64(op.Rows(p)[0]); math.Abs(got-c.want) > 1e-6 {
			t.Errorf("the mean after step %d is %g, want %g", i+1, got, c.want)
		}
		if means, values := a.State(); values["w"][0] != float32(c.value) || means["w"][0] != op.Rows(p)[0] {
			t.Errorf("it holds %g with the mean %g", values["w"][0], means["w"][0])
		}
	}
	a.Out()
	if got := op.Rows(p)[0]; got != 1 {
		t.Errorf("without the mean it is %g", got)
	}
}
