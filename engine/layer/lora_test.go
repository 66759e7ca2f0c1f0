package layer_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/layer"
	"attune/engine/op"
	"attune/engine/op/optest"
	"attune/engine/weights"
)

func adapted() (*layer.Linear, *layer.LoRA) {
	l := layer.NewLinear(fresh(), 6, 5)
	a := layer.NewLoRA(l, 2, 3, 0, rand.New(rand.NewPCG(2, 2)))
	l.Adapter = a
	return l, a
}

func TestLoRABeginsByAddingNothing(t *testing.T) {
	l, _ := adapted()
	x := optest.Random(4, 6, 1)
	tape := optest.Tape(t)
	got := slices.Clone(op.Rows(l.Forward(tape, x)))
	l.Adapter = nil
	if want := op.Rows(l.Forward(tape, x)); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestGradientsOfLoRA(t *testing.T) {
	l, a := adapted()
	copy(op.Rows(a.Up), op.Rows(optest.Random(5, 2, 3)))
	x := optest.Random(4, 6, 1)
	optest.Gradients(t, func(tape *op.Tape) mat.Tensor { return l.Forward(tape, x) }, a.Down, a.Up, l.Weight, l.Bias, x)
}

// A layer that is saved needs its adapter no more.
func TestLoRAIsMergedWhenItIsSaved(t *testing.T) {
	l, a := adapted()
	copy(op.Rows(a.Up), op.Rows(optest.Random(5, 2, 3)))
	sink := weights.NewSink()
	l.Save(sink)
	weight := sink.Tensors()[0].Values
	x := optest.Random(4, 6, 1)
	tape := optest.Tape(t)
	want := slices.Clone(op.Rows(l.Forward(tape, x)))
	merged := &layer.Linear{Weight: op.NewParam(5, 6, weight), Bias: l.Bias}
	for i, got := range op.Rows(merged.Forward(tape, x)) {
		if d := got - want[i]; d > 1e-5 || d < -1e-5 {
			t.Errorf("value %d is %g, want %g", i, got, want[i])
		}
	}
	if slices.Equal(weight, op.Rows(l.Weight)) {
		t.Error("nothing was merged")
	}
}
