package loss_test

import (
	"math"
	"testing"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/loss"
	"attune/engine/op"
	"attune/engine/op/optest"
)

func TestRelationsGradient(t *testing.T) {
	starts := []int{0, 1, 6}
	for name, c := range map[string]struct{ student, teacher [3]int }{
		"as wide":                {[3]int{4, 4, 4}, [3]int{4, 4, 4}},
		"a wider teacher":        {[3]int{4, 4, 4}, [3]int{6, 6, 6}},
		"keys of fewer heads":    {[3]int{4, 2, 2}, [3]int{8, 8, 8}},
		"nothing common but one": {[3]int{3, 3, 3}, [3]int{4, 4, 4}},
	} {
		t.Run(name, func(t *testing.T) {
			sum := func(widths [3]int) int { return widths[0] + widths[1] + widths[2] }
			x, teacher := optest.Random(6, sum(c.student), 1), optest.Random(6, sum(c.teacher), 2)
			optest.Gradients(t, func(tape *op.Tape) mat.Tensor {
				return loss.Relations(tape, op.Projected{Rows: x, Widths: c.student}, op.Projected{Rows: teacher, Widths: c.teacher}, starts)
			}, x)
		})
	}
}

// Worked out by hand: of two tokens one value wide, queries 1 and 0 make the products 1
// and 0 for the first and none for the second; the teacher has none at all. Keys and
// values are the teacher's own.
func TestRelationsValue(t *testing.T) {
	tape := optest.Tape(t)
	tape.Infer()
	widths := [3]int{1, 1, 1}
	student, teacher := op.NewParam(2, 3, []float32{1, 2, 3, 0, 5, 6}), op.NewParam(2, 3, []float32{0, 2, 3, 0, 5, 6})
	got := float64(op.Rows(loss.Relations(tape, op.Projected{Rows: student, Widths: widths}, op.Projected{Rows: teacher, Widths: widths}, []int{0, 2}))[0])
	even, e := math.Log(0.5), math.Log(1+math.E)
	if want := (0.5*(even-(1-e)) + 0.5*(even+e)) / 6; math.Abs(got-want) > 1e-6 {
		t.Errorf("got %g, want %g", got, want)
	}
	if same := op.Rows(loss.Relations(tape, op.Projected{Rows: teacher, Widths: widths}, op.Projected{Rows: teacher, Widths: widths}, []int{0, 2}))[0]; math.Abs(float64(same)) > 1e-6 {
		t.Errorf("the teacher's own relations lose %g", same)
	}
}
