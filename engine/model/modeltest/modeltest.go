// Package modeltest checks what holds for every family.
package modeltest

import (
	"bytes"
	"encoding/json"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/batch"
	"attune/engine/layer"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/op/optest"
	"attune/engine/weights"
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
		Backward(t, forward(tape))
		all := map[string][]float32{}
		for name, p := range body.Params() {
			all[name] = slices.Clone(op.Gradient(p))
		}
		return all
	}
	kept, again := gradients(false), gradients(true)
	reached := 0
	for name := range kept {
		if len(kept[name]) > 0 {
			reached++
		}
		if !slices.Equal(kept[name], again[name]) {
			t.Errorf("the gradient of %s differs when its block is computed again", name)
		}
	}
	if 2*reached < len(kept) {
		t.Errorf("only %d of %d parameters had a gradient to compare", reached, len(kept))
	}
}

// SameSaved checks that a body that is saved, with its config.json, and read again
// has the same parameters, that no tensor was saved in vain, and that what adapters
// learned beside its linear layers is saved in these.
func SameSaved(t *testing.T, family model.Family, body model.Backbone) {
	t.Helper()
	want := maps.Collect(body.Params())
	for name, p := range reopened(t, family, body).Params() {
		if want[name] == nil || !slices.Equal(op.Rows(p), op.Rows(want[name])) {
			t.Errorf("%s differs", name)
		}
		delete(want, name)
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", slices.Collect(maps.Keys(want)))
	}
	merged := map[string][]float32{}
	random := rand.New(rand.NewPCG(3, 3))
	for name, l := range body.Linears() {
		out, _ := op.Size(l.Weight)
		adapter := layer.NewLoRA(l, 2, 4, 0, random)
		copy(op.Rows(adapter.Up), op.Rows(optest.Random(out, 2, 4)))
		l.Adapter, merged[name] = adapter, op.Rows(adapter.Merge(l.Weight))
	}
	for name, l := range reopened(t, family, body).Linears() {
		if !slices.Equal(op.Rows(l.Weight), merged[name]) {
			t.Errorf("%s lost what its adapter learned", name)
		}
	}
}

// reopened gives a body that was saved and read again.
func reopened(t *testing.T, family model.Family, body model.Backbone) model.Backbone {
	t.Helper()
	sink := weights.NewSink()
	body.Save(sink)
	var file bytes.Buffer
	if err := weights.WriteSafetensors(&file, sink.Tensors(), nil); err != nil {
		t.Fatal(err)
	}
	opened, err := weights.OpenSafetensors(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	config, err := json.Marshal(body.Config())
	if err != nil {
		t.Fatal(err)
	}
	source := weights.NewSource(opened)
	loaded, err := family.Load(config, source)
	if err != nil {
		t.Fatal(err)
	}
	if unused := source.Unused(); len(unused) > 0 {
		t.Errorf("not read back: %v", unused)
	}
	return loaded
}

// LayersHoldAll checks that every parameter is in one layer, and in one only.
func LayersHoldAll(t *testing.T, body model.Backbone) {
	t.Helper()
	times := map[*nn.Param]int{}
	for params := range body.Layers() {
		for _, p := range params {
			times[p]++
		}
	}
	for name, p := range body.Params() {
		if times[p] != 1 {
			t.Errorf("%s is in %d layers", name, times[p])
		}
		delete(times, p)
	}
	if len(times) > 0 {
		t.Errorf("the layers hold %d parameters that the body lacks", len(times))
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
