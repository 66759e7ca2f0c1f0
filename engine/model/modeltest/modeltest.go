// Package modeltest checks what holds for every family.
package modeltest

import (
	"math"
	"slices"
	"testing"

	"github.com/nlpodyssey/spago/ag"
	"github.com/nlpodyssey/spago/mat"

	"attune/engine/batch"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/op/optest"
)

// SameAlone checks that a packed batch gives each sequence what it gets alone.
func SameAlone(t *testing.T, encoder model.Encoder, items []batch.Item) {
	t.Helper()
	tape := optest.Tape(t)
	tape.Infer()
	packed := batch.Pack(items)
	together := slices.Clone(op.Rows(encoder.Encode(tape, packed)))
	width := encoder.Width()
	for i, item := range items {
		tape.Infer()
		alone := op.Rows(encoder.Encode(tape, batch.Pack([]batch.Item{item})))
		Close(t, together[packed.Starts[i]*width:packed.Starts[i+1]*width], alone, 1e-5)
	}
}

// SameRecomputed checks that the body gives bit-equal gradients whether its blocks
// are kept for the backward pass or computed again, with the dropout it has.
func SameRecomputed(t *testing.T, body model.Backbone, forward func(*op.Tape) mat.Tensor) {
	t.Helper()
	tape := optest.Tape(t)
	gradients := func(recompute bool) map[string][]float32 {
		tape.Recompute = recompute
		tape.Learn(3)
		for _, p := range body.Params() {
			p.ZeroGrad()
		}
		y := forward(tape)
		rows, cols := op.Size(y)
		op.Give(y, slices.Clone(op.Rows(optest.Random(rows, cols, 5))))
		if err := ag.Backward(y); err != nil {
			t.Fatal(err)
		}
		all := map[string][]float32{}
		for name, p := range body.Params() {
			all[name] = slices.Clone(op.Gradient(p))
		}
		return all
	}
	kept, again := gradients(false), gradients(true)
	for name := range kept {
		if len(kept[name]) == 0 || !slices.Equal(kept[name], again[name]) {
			t.Errorf("the gradient of %s differs when its block is computed again", name)
		}
	}
}

// Close fails unless the values agree within a tolerance relative to 1 + their size.
func Close(t *testing.T, got, want []float32, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d values, want %d", len(got), len(want))
	}
	for i := range got {
		if d := math.Abs(float64(got[i] - want[i])); !(d <= tolerance*(1+math.Abs(float64(want[i])))) {
			t.Fatalf("value %d is %g, want %g", i, got[i], want[i])
		}
	}
}
