package loss_test

import (
	"math"
	"testing"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/loss"
	"attune/engine/op"
	"attune/engine/op/optest"
)

// opinion is that of a teacher of another width than its students.
func opinion(rows, classes int, temperature, share float64) loss.Opinion {
	const width = 6
	return loss.Opinion{
		Rows: op.Rows(optest.Random(rows, width, 5)), Table: op.Rows(optest.Random(classes, width, 6)),
		Bias: op.Rows(optest.Random(1, classes, 7)), Temperature: temperature, Share: share,
	}
}

func TestLinearDistillationGradient(t *testing.T) {
	targets := []int{2, 0, loss.Ignored, 6, 2}
	for name, teacher := range map[string]loss.Opinion{
		"half": opinion(5, 7, 1, 0.5), "softened": opinion(5, 7, 2.5, 0.7), "the teacher alone": opinion(5, 7, 2, 1),
	} {
		t.Run(name, func(t *testing.T) {
			x, table, bias := optest.Random(5, 4, 1), optest.Random(7, 4, 2), optest.Random(1, 7, 3)
			optest.Gradients(t, func(tape *op.Tape) mat.Tensor {
				return loss.LinearDistillation(tape, x, table, bias, targets, loss.CrossEntropyOptions{Smoothing: 0.1}, teacher)
			}, x, table, bias)
		})
	}
}

// More rows than one slice, all of which count.
func TestLinearDistillationIsDistillationOfAllLogits(t *testing.T) {
	const rows, width, classes = 300, 8, 40
	targets := make([]int, rows)
	for i := range targets {
		targets[i] = i * 7 % classes
	}
	teacher := opinion(rows, classes, 2, 0.7)
	x, table := optest.Random(rows, width, 1), optest.Random(classes, width, 2)
	tape := optest.Tape(t)
	tape.Infer()
	value := func(x mat.Tensor) float64 { return float64(op.Rows(x)[0]) }
	got := value(loss.LinearDistillation(tape, x, table, nil, targets, loss.CrossEntropyOptions{}, teacher))
	logits := op.Linear(tape, x, table, nil)
	said := op.Linear(tape, op.Constant(rows, 6, teacher.Rows), op.NewParam(classes, 6, teacher.Table), op.NewParam(1, classes, teacher.Bias))
	soft := value(loss.Distillation(tape, logits, op.Rows(said), 2))
	hard := value(loss.CrossEntropy(tape, logits, targets, loss.CrossEntropyOptions{}))
	if want := 0.7*soft + 0.3*hard; math.Abs(got-want) > 1e-5*want {
		t.Errorf("got %g, want %g", got, want)
	}
}
