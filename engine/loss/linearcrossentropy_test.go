package loss_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/nlpodyssey/spago/ag"
	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/loss"
	"attune/engine/op"
	"attune/engine/op/optest"
)

func TestLinearCrossEntropyGradient(t *testing.T) {
	targets := []int{2, 0, loss.Ignored, 6, 2}
	for name, o := range map[string]loss.CrossEntropyOptions{
		"plain":    {},
		"smoothed": {Smoothing: 0.1},
		"weighted": {Weights: []float64{1, 0.2, 3, 1, 1, 1, 2}},
		"focused":  {Focus: 2},
		"all":      {Smoothing: 0.2, Focus: 0.5, Weights: []float64{1, 0.2, 3, 1, 1, 1, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			x, table, bias := optest.Random(5, 4, 1), optest.Random(7, 4, 2), optest.Random(1, 7, 3)
			optest.Gradients(t, func(tape *op.Tape) mat.Tensor {
				return loss.LinearCrossEntropy(tape, x, table, bias, targets, o)
			}, x, table, bias)
			table.ZeroGrad()
			optest.Gradients(t, func(tape *op.Tape) mat.Tensor {
				return loss.LinearCrossEntropy(tape, x, table, nil, targets, o)
			}, table)
		})
	}
}

// dense is the same loss by way of all logits.
func dense(tape *op.Tape, x mat.Tensor, table, bias *nn.Param, targets []int, o loss.CrossEntropyOptions) mat.Tensor {
	return loss.CrossEntropy(tape, op.Linear(tape, x, table, bias), targets, o)
}

// More rows than one slice, in a scaled loss, with a frozen operand of each kind.
func TestLinearCrossEntropyIsCrossEntropyOfAllLogits(t *testing.T) {
	const rows, width, classes = 700, 24, 530
	targets := make([]int, rows)
	for i := range targets {
		targets[i] = i * 7 % classes
		if i%5 == 0 {
			targets[i] = loss.Ignored
		}
	}
	for name, frozen := range map[string]int{"all learn": -1, "frozen rows": 0, "frozen table": 1, "frozen bias": 2} {
		t.Run(name, func(t *testing.T) {
			type way func(*op.Tape, mat.Tensor, *nn.Param, *nn.Param, []int, loss.CrossEntropyOptions) mat.Tensor
			run := func(f way) (value, alone float32, plain float64, operands []*nn.Param) {
				tape := optest.Tape(t)
				operands = []*nn.Param{optest.Random(rows, width, 1), optest.Random(classes, width, 2), optest.Random(1, classes, 3)}
				if frozen >= 0 {
					operands[frozen].SetRequiresGrad(false)
				}
				o := loss.CrossEntropyOptions{Smoothing: 0.1}
				tape.Infer()
				alone = op.Rows(f(tape, operands[0], operands[1], operands[2], targets, o))[0]
				tape.Learn(1)
				l := f(tape, operands[0], operands[1], operands[2], targets, o)
				value = op.Rows(l)[0]
				plain, _ = tape.Counted()
				op.Give(l, []float32{0.5})
				if err := ag.Backward(l); err != nil {
					t.Fatal(err)
				}
				return value, alone, plain, operands
			}
			want, _, wantPlain, wantOperands := run(dense)
			got, alone, plain, operands := run(loss.LinearCrossEntropy)
			if got != alone {
				t.Errorf("the loss is %g in a pass that learns and %g in another", got, alone)
			}
			if math.Abs(float64(got-want)) > 1e-5 {
				t.Errorf("the loss is %g, want %g", got, want)
			}
			if math.Abs(plain-wantPlain) > 1e-5 {
				t.Errorf("without smoothing it is %g, want %g", plain, wantPlain)
			}
			for n := range operands {
				g, w := op.Gradient(operands[n]), op.Gradient(wantOperands[n])
				if len(g) != len(w) {
					t.Fatalf("operand %d has %d gradients, want %d", n, len(g), len(w))
				}
				for i := range g {
					if math.Abs(float64(g[i]-w[i])) > 1e-6 {
						t.Fatalf("operand %d: gradient %d is %g, want %g", n, i, g[i], w[i])
					}
				}
			}
		})
	}
}

func TestLinearCrossEntropyWithoutTargets(t *testing.T) {
	tape := optest.Tape(t)
	x, table := optest.Random(3, 4, 1), optest.Random(5, 4, 2)
	tape.Learn(1)
	l := loss.LinearCrossEntropy(tape, x, table, nil, []int{loss.Ignored, loss.Ignored, loss.Ignored}, loss.CrossEntropyOptions{})
	if err := ag.Backward(l); err != nil {
		t.Fatal(err)
	}
	for _, values := range [][]float32{op.Rows(l), op.Gradient(x), op.Gradient(table)} {
		if slices.ContainsFunc(values, func(v float32) bool { return v != 0 }) {
			t.Errorf("got %v, want zeros", values)
		}
	}
}

func TestLinearCrossEntropyRefusesMisfits(t *testing.T) {
	tape := optest.Tape(t)
	x, table := optest.Random(2, 4, 1), optest.Random(5, 4, 2)
	for name, build := range map[string]func(){
		"targets": func() {
			loss.LinearCrossEntropy(tape, x, table, nil, []int{1}, loss.CrossEntropyOptions{})
		},
		"width": func() {
			loss.LinearCrossEntropy(tape, x, optest.Random(5, 3, 1), nil, []int{1, 1}, loss.CrossEntropyOptions{})
		},
		"bias": func() {
			loss.LinearCrossEntropy(tape, x, table, optest.Random(1, 4, 1), []int{1, 1}, loss.CrossEntropyOptions{})
		},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				err, _ := recover().(error)
				var shape *op.ShapeError
				if !errors.As(err, &shape) {
					t.Errorf("recovered %v, want a ShapeError", err)
				}
			}()
			build()
		})
	}
}
