package optimizer_test

import (
	"math"
	"slices"
	"testing"

	"github.com/nlpodyssey/spago/nn"

	"attune/engine/kernel"
	"attune/engine/op"
	"attune/engine/op/optest"
	"attune/engine/optimizer"
)

func TestStepByHand(t *testing.T) {
	workers := kernel.NewWorkers(2)
	defer workers.Close()
	p := op.NewParam(1, 2, []float32{1, -2})
	frozen := op.NewParam(1, 2, []float32{5, 5})
	frozen.SetRequiresGrad(false)
	a := optimizer.NewAdamW(workers, optimizer.Options{Decay: 0.1, Clip: 1})
	a.Add("w", p)
	a.Add("frozen", frozen)
	op.Give(p, []float32{3, -4})
	// The norm is 5, clipped to 1: the gradient is 0.6, -0.8. After one step the
	// bias-corrected moments are the gradient and its square, so that each value
	// moves by the rate against the sign of its gradient, after decaying by a
	// hundredth.
	if norm := a.Step(0.1); math.Abs(norm-5) > 1e-6 {
		t.Errorf("the norm is %g, want 5", norm)
	}
	want := []float64{1*0.99 - 0.1, -2*0.99 + 0.1}
	for i, v := range op.Rows(p) {
		if math.Abs(float64(v)-want[i]) > 1e-5 {
			t.Errorf("value %d is %g, want %g", i, v, want[i])
		}
	}
	for _, g := range op.Gradient(p) {
		if g != 0 {
			t.Errorf("a gradient of %g was not cleared", g)
		}
	}
	if op.Rows(frozen)[0] != 5 {
		t.Error("a frozen parameter moved")
	}
}

// A parameter goes its share of the rate's way, and back to its start by its pull times
// that.
func TestRateAndReturnByHand(t *testing.T) {
	workers := kernel.NewWorkers(1)
	defer workers.Close()
	p := op.NewParam(1, 1, []float32{1})
	a := optimizer.NewAdamW(workers, optimizer.Options{
		Rate: func(*nn.Param) float64 { return 0.5 }, Return: func(*nn.Param) float64 { return 2 },
	})
	a.Add("w", p)
	op.Rows(p)[0] = 3
	op.Give(p, []float32{7})
	a.Step(0.1)
	if want := 3 - 0.05*2*(3-1) - 0.05; math.Abs(float64(op.Rows(p)[0])-want) > 1e-5 {
		t.Errorf("it went from 3 to %g, want %g", op.Rows(p)[0], want)
	}
}

// While a parameter is mixed a share of its values is that of its start and the mean
// stays; its gradient then meets the same mask.
func TestMixByHand(t *testing.T) {
	const n, share, seed = 4000, 0.75, 3
	workers := kernel.NewWorkers(2)
	defer workers.Close()
	p := op.NewParam(1, n, make([]float32, n))
	a := optimizer.NewAdamW(workers, optimizer.Options{Mix: func(*nn.Param) float64 { return share }})
	for i := range op.Rows(p) {
		op.Rows(p)[i] = 1
	}
	a.Add("w", p)
	moved := slices.Repeat([]float32{3}, n)
	copy(op.Rows(p), moved)
	a.Mix(seed)
	mixed := slices.Clone(op.Rows(p))
	op.Give(p, slices.Repeat([]float32{1}, n))
	a.Unmix(seed)
	if !slices.Equal(op.Rows(p), moved) {
		t.Fatal("the values did not come back")
	}
	kept := 0
	for i, v := range mixed {
		switch gradient := op.Gradient(p)[i]; {
		case v == 1 && gradient == 0:
		case v == 9 && gradient == 4: // 1 + (3-1)/(1-share)
			kept++
		default:
			t.Fatalf("value %d is %g while mixed, its gradient %g", i, v, gradient)
		}
	}
	if got := float64(kept) / n; math.Abs(got-(1-share)) > 0.03 {
		t.Errorf("%.3f of the values were kept", got)
	}
}

// Biases and gains have one row, whatever a family calls them.
func TestVectorsAreSpared(t *testing.T) {
	for rows, want := range map[int]bool{1: false, 2: true} {
		if got := optimizer.SpareVectors(op.NewParam(rows, 3, make([]float32, 3*rows))); got != want {
			t.Errorf("a parameter of %d rows: decays is %t", rows, got)
		}
	}
}

// A row that no gradient has reached moves as kernel.AdamW would move it, bit by bit, and so
// does one that a gradient reaches later, or before an interruption.
func TestRowsWithoutGradientDecayAlone(t *testing.T) {
	const rows, width, steps = 40, 24, 6
	workers := kernel.NewWorkers(2)
	defer workers.Close()
	table := optest.Random(rows, width, 1)
	want := slices.Clone(op.Rows(table))
	first, second := make([]float32, rows*width), make([]float32, rows*width)
	a := optimizer.NewAdamW(workers, optimizer.Options{Decay: 0.1})
	a.Add("w", table)
	for step := 1; step <= steps; step++ {
		gradient := make([]float32, rows*width)
		for _, row := range []int{3, 4, 10 + step} {
			copy(gradient[row*width:(row+1)*width], op.Rows(optest.Random(1, width, uint64(row+step))))
		}
		op.Learn(table, func(g []float32) { copy(g, gradient) })
		if step == 4 { // go on with another optimizer, as after a pause
			resumed := optimizer.NewAdamW(workers, optimizer.Options{Decay: 0.1})
			resumed.Add("w", table)
			_, from := a.State()
			_, to := resumed.State()
			copy(to["w"].First, from["w"].First)
			copy(to["w"].Second, from["w"].Second)
			resumed.SetStep(step - 1)
			a = resumed
		}
		a.Step(0.01)
		kernel.AdamW(want, gradient, first, second, kernel.AdamWStep{
			LearningRate: 0.01, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, Decay: 0.1, GradScale: 1, Step: step,
		})
		if !slices.Equal(op.Rows(table), want) {
			t.Fatalf("step %d differs", step)
		}
	}
}

func TestNormsOfLargeParametersAreTheSameEveryTime(t *testing.T) {
	var first float64
	for i := range 5 {
		workers := kernel.NewWorkers(2)
		p := optest.Random(300, 700, 1)
		a := optimizer.NewAdamW(workers, optimizer.Options{})
		a.Add("w", p)
		op.Give(p, op.Rows(optest.Random(300, 700, 2)))
		norm := a.Step(1e-3)
		workers.Close()
		if i == 0 {
			first = norm
		} else if norm != first {
			t.Fatalf("%g, then %g", first, norm)
		}
	}
}

func TestWarmupLinear(t *testing.T) {
	s := optimizer.WarmupLinear(4, 12)
	for step, want := range map[int]float64{0: 0.2, 3: 0.8, 4: 1, 8: 0.5, 11: 0.125, 12: 0, 50: 0} {
		if got := s(step); math.Abs(got-want) > 1e-12 {
			t.Errorf("step %d: %g, want %g", step, got, want)
		}
	}
	if s := optimizer.WarmupLinear(0, 4); s(0) != 1 || s(2) != 0.5 {
		t.Errorf("without warm-up: %g, %g", s(0), s(2))
	}
}

func TestTrapezoid(t *testing.T) {
	s := optimizer.Trapezoid(4, 20, 30)
	for at, want := range map[int]float64{0: 0.2, 3: 0.8, 4: 1, 19: 1, 20: 1, 25: 0.5, 29: 0.1, 30: 0, 50: 0} {
		if got := s(at); math.Abs(got-want) > 1e-12 {
			t.Errorf("at %d: %g, want %g", at, got, want)
		}
	}
	if s := optimizer.Trapezoid(4, 0, 0); s(1_000_000) != 1 {
		t.Errorf("it fell to %g without an end", s(1_000_000))
	}
	if s := optimizer.Trapezoid(9, 4, 8); math.Abs(s(4)-0.5) > 1e-12 || math.Abs(s(6)-0.35) > 1e-12 {
		t.Errorf("a fall during the warm-up: %g, %g", s(4), s(6))
	}
}
