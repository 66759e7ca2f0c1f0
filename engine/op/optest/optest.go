// Package optest checks operators: their gradients against finite differences.
package optest

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/nlpodyssey/spago/ag"
	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/kernel"
	"attune/engine/op"
)

// Random makes a parameter of values between -1 and 1, the same at every call
// with the same seed.
func Random(rows, cols int, seed uint64) *nn.Param {
	random := rand.New(rand.NewPCG(seed, 1))
	values := make([]float32, rows*cols)
	for i := range values {
		values[i] = 2*random.Float32() - 1
	}
	return op.NewParam(rows, cols, values)
}

// Tape makes a tape on two workers that closes with the test.
func Tape(t testing.TB) *op.Tape {
	workers := kernel.NewWorkers(2)
	t.Cleanup(workers.Close)
	return op.NewTape(workers)
}

// Gradients compares the gradients of every operand with central differences of
// a sum of the operator's results, each weighed by a number of its own so that no
// error can cancel. The build function must be the same function of the operands
// at each call; dropout is, since the pass is always given the same seed.
func Gradients(t *testing.T, build func(*op.Tape) mat.Tensor, operands ...*nn.Param) {
	t.Helper()
	tape := Tape(t)
	objective := func() mat.Tensor {
		tape.Learn(7)
		return weigh(tape, build(tape))
	}
	value := func() float64 { return float64(op.Rows(objective())[0]) }
	if err := ag.Backward(objective()); err != nil {
		t.Fatal(err)
	}
	// Copied, since the buffers of this pass are lent again to the next.
	gradients := make([][]float32, len(operands))
	for n, p := range operands {
		gradients[n] = slices.Clone(op.Gradient(p))
	}
	const h = 1e-2
	for n, p := range operands {
		got := gradients[n]
		if got == nil {
			t.Errorf("operand %d got no gradient", n)
			continue
		}
		values := op.Rows(p)
		for i := range values {
			old := values[i]
			values[i] = old + h
			up := value()
			values[i] = old - h
			down := value()
			values[i] = old
			want := (up - down) / (2 * h)
			if math.Abs(want-float64(got[i])) > 1e-2*(1+math.Abs(want)) {
				t.Fatalf("operand %d, value %d: gradient %g, finite difference %g", n, i, got[i], want)
			}
		}
	}
}

// weigh sums the values of y, each times a fixed number of its own.
func weigh(tape *op.Tape, y mat.Tensor) mat.Tensor {
	rows, cols := op.Size(y)
	return tape.Run(&weighted{tape: tape, y: y, weights: op.Rows(Random(rows, cols, 99))})
}

type weighted struct {
	tape    *op.Tape
	y       mat.Tensor
	weights []float32
}

func (w *weighted) Operands() []mat.Tensor { return []mat.Tensor{w.y} }

func (w *weighted) Forward() (mat.Tensor, error) {
	sum := 0.0
	for i, v := range op.Rows(w.y) {
		sum += float64(v) * float64(w.weights[i])
	}
	result, y := w.tape.New(1, 1)
	y[0] = float32(sum)
	return result, nil
}

func (w *weighted) Backward(gy mat.Tensor) error {
	dy := w.tape.Buffer(len(w.weights))
	copy(dy, w.weights)
	kernel.Scale(dy, op.Rows(gy)[0])
	op.Give(w.y, dy)
	return nil
}
