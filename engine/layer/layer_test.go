package layer_test

import (
	"bytes"
	"math/rand/v2"
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

func fresh() *weights.Source {
	return weights.Fresh(weights.Draw{Random: rand.New(rand.NewPCG(1, 1)), Spread: 0.5})
}

// gatedBlock is a network of layers without biases, as Llama's: normalise, gate, project.
type gatedBlock struct {
	norm    *layer.RMSNorm
	network *layer.GatedFeedForward
}

var halves = []string{"gate_proj", "up_proj"}

func newGatedBlock(s *weights.Source) *gatedBlock {
	return &gatedBlock{
		norm: layer.NewRMSNorm(s.In("norm"), 6, 1e-5),
		network: &layer.GatedFeedForward{
			In:         layer.NewUnbiasedStacked(s, halves, 6, 4),
			Out:        layer.NewUnbiasedLinear(s.In("down_proj"), 4, 6),
			Activation: kernel.SiLU,
		},
	}
}

func (b *gatedBlock) forward(t *op.Tape, x mat.Tensor) mat.Tensor {
	return op.Add(t, b.network.Forward(t, b.norm.Forward(t, x)), x, 0)
}

func (b *gatedBlock) params() []*nn.Param {
	var all []*nn.Param
	add := func(_ string, p *nn.Param) bool { all = append(all, p); return true }
	b.norm.Params("norm", add)
	b.network.In.Params("in", add)
	b.network.Out.Params("out", add)
	return all
}

func TestLayersWithoutBiasLearn(t *testing.T) {
	b := newGatedBlock(fresh())
	x := optest.Random(5, 6, 1)
	if n := len(b.params()); n != 3 {
		t.Fatalf("%d parameters", n)
	}
	optest.Gradients(t, func(tape *op.Tape) mat.Tensor { return b.forward(tape, x) }, append(b.params(), x)...)
}

func TestLayersWithoutBiasAreSavedAndRead(t *testing.T) {
	b := newGatedBlock(fresh())
	sink := weights.NewSink()
	b.norm.Save(sink.In("norm"))
	b.network.In.SaveStacked(sink, halves)
	b.network.Out.Save(sink.In("down_proj"))
	var file bytes.Buffer
	if err := weights.WriteSafetensors(&file, sink.Tensors(), nil); err != nil {
		t.Fatal(err)
	}
	opened, err := weights.OpenSafetensors(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	source := weights.NewSource(opened)
	read := newGatedBlock(source)
	if err := source.Err(); err != nil || len(source.Unused()) > 0 {
		t.Fatalf("%v, not read back: %v", err, source.Unused())
	}
	for i, p := range read.params() {
		if !slices.Equal(op.Rows(p), op.Rows(b.params()[i])) {
			t.Errorf("parameter %d differs", i)
		}
	}
}

// A decoder reads its encoder's memory in its first step and finds it in the past later.
func TestCrossAttentionReadsItsMemoryOnce(t *testing.T) {
	a := &layer.CrossAttention{
		Query: layer.NewLinear(fresh(), 6, 6), KV: layer.NewLinear(fresh(), 4, 12), Output: layer.NewLinear(fresh(), 6, 6), Heads: 2,
	}
	x, memory := optest.Random(3, 6, 1), optest.Random(5, 4, 2)
	starts, memoryStarts := []int{0, 2, 3}, []int{0, 1, 5}
	tape := optest.Tape(t)
	tape.Infer()
	want := slices.Clone(op.Rows(a.Forward(tape, x, starts, memory, memoryStarts, op.Attention{})))
	past := new(op.Past)
	for step, memory := range []mat.Tensor{memory, nil} {
		tape.Infer()
		got := op.Rows(a.Forward(tape, x, starts, memory, memoryStarts, op.Attention{Past: past}))
		for i := range want {
			if d := got[i] - want[i]; d > 1e-5 || d < -1e-5 {
				t.Fatalf("step %d: value %d is %g, want %g", step, i, got[i], want[i])
			}
		}
	}
}
