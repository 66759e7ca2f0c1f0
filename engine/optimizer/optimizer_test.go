package optimizer_test

import (
	"math"
	"testing"

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
	a := optimizer.NewAdamW(workers, optimizer.Options{Decay: 0.1, Clip: 1, Decays: func(name string) bool { return name == "w" }})
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
