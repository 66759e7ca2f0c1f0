package layer_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/kernel"
	"attune/engine/layer"
	"attune/engine/op"
	"attune/engine/op/optest"
	"attune/engine/weights"
)

// network gives x through a feed-forward network of two layers.
func network(s *weights.Source) *layer.FeedForward {
	return &layer.FeedForward{In: layer.NewLinear(s.In("in"), 40, 70), Out: layer.NewUnbiasedLinear(s.In("out"), 70, 40), Activation: kernel.GELU}
}

func answer(t *op.Tape, f *layer.FeedForward, x mat.Tensor) []float32 {
	t.Infer()
	return slices.Clone(op.Rows(f.Forward(t, x)))
}

// off is the size of the difference as a share of the size of what is wanted.
func off(got, want []float32) float64 {
	difference := slices.Clone(want)
	kernel.AddScaled(difference, got, -1)
	return math.Sqrt(kernel.SumSquares(difference) / kernel.SumSquares(want))
}

func TestAQuantisedLayerAnswersNearly(t *testing.T) {
	tape, x := optest.Tape(t), optest.Random(50, 40, 3)
	f := network(fresh())
	want := answer(tape, f, x)
	before := f.In.Bytes() + f.Out.Bytes()
	f.In.Quantise()
	f.Out.Quantise()
	f.Out.Quantise() // again changes nothing
	got := answer(tape, f, x)
	if share := off(got, want); share > 0.03 || share == 0 {
		t.Errorf("the answer is off by %.4f of its size", share)
	}
	if after := f.In.Bytes() + f.Out.Bytes(); after*2 > before {
		t.Errorf("%d bytes of weights became %d", before, after)
	}
}

func TestAQuantisedLayerIsSavedAsWhatItComputes(t *testing.T) {
	tape, x := optest.Tape(t), optest.Random(50, 40, 3)
	f := network(fresh())
	f.In.Quantise()
	f.Out.Quantise()
	want := answer(tape, f, x)
	sink := weights.NewSink()
	f.In.Save(sink.In("in"))
	f.Out.Save(sink.In("out"))
	held := weights.Held{}
	for _, saved := range sink.Tensors() {
		held[saved.Name] = saved
	}
	read := layer.NewLinear(weights.NewSource(held).In("in"), 40, 70)
	if len(held) != 3 {
		t.Fatalf("saved %d tensors, want two weights and a bias", len(held))
	}
	opened := &layer.FeedForward{In: read, Out: layer.NewUnbiasedLinear(weights.NewSource(held).In("out"), 70, 40), Activation: kernel.GELU}
	if share := off(answer(tape, opened, x), want); share > 0.03 {
		t.Errorf("the answer is off by %.4f of its size", share)
	}
}

func TestAQuantisedLayerDoesNotLearn(t *testing.T) {
	tape, x := optest.Tape(t), optest.Random(5, 40, 3)
	f := network(fresh())
	f.In.Quantise()
	names := 0
	f.In.Params("in", func(name string, p *nn.Param) bool { names++; return name == "in.bias" && p != nil })
	if names != 1 {
		t.Errorf("a quantised layer names %d parameters, want its bias", names)
	}
	defer func() {
		err, _ := recover().(error)
		var shape *op.ShapeError
		if !errors.As(err, &shape) {
			t.Errorf("recovered %v, want a ShapeError", err)
		}
	}()
	tape.Learn(1)
	f.Forward(tape, x)
}
