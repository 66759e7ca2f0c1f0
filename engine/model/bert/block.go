package bert

import (
	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/layer"
	"attune/engine/op"
	"attune/engine/weights"
)

// block is one layer of the encoder: attention and feed-forward network, each
// with dropout, residual and normalisation after it.
type block struct {
	nn.Module
	attention            *layer.SelfAttention
	feedForward          *layer.FeedForward
	afterAttention, last *layer.LayerNorm
}

// The published names below "encoder.layer.N".
const (
	attentionOutput = "attention.output.dense"
	attentionNorm   = "attention.output.LayerNorm"
	inner           = "intermediate.dense"
	output          = "output.dense"
	outputNorm      = "output.LayerNorm"
)

var queryKeyValue = []string{"attention.self.query", "attention.self.key", "attention.self.value"}

func newBlock(s *weights.Source, c Config) *block {
	return &block{
		attention: &layer.SelfAttention{
			QKV:    layer.NewStacked(s, queryKeyValue, c.Width, c.Width),
			Output: layer.NewLinear(s.In(attentionOutput), c.Width, c.Width),
			Heads:  c.Heads,
		},
		afterAttention: layer.NewLayerNorm(s.In(attentionNorm), c.Width, c.Epsilon),
		feedForward: &layer.FeedForward{
			In:         layer.NewLinear(s.In(inner), c.Width, c.Inner),
			Out:        layer.NewLinear(s.In(output), c.Inner, c.Width),
			Activation: activations[c.Activation],
		},
		last: layer.NewLayerNorm(s.In(outputNorm), c.Width, c.Epsilon),
	}
}

func (b *block) forward(t *op.Tape, x mat.Tensor, starts []int, c Config) mat.Tensor {
	x = b.afterAttention.Add(t, b.attention.Forward(t, x, starts, c.Attention), x, c.Dropout)
	return b.last.Add(t, b.feedForward.Forward(t, x), x, c.Dropout)
}

func (b *block) save(s *weights.Sink) {
	b.attention.QKV.SaveStacked(s, queryKeyValue)
	b.attention.Output.Save(s.In(attentionOutput))
	b.afterAttention.Save(s.In(attentionNorm))
	b.feedForward.In.Save(s.In(inner))
	b.feedForward.Out.Save(s.In(output))
	b.last.Save(s.In(outputNorm))
}

func (b *block) params(name string, yield func(string, *nn.Param) bool) bool {
	return b.linears(name, func(name string, l *layer.Linear) bool { return l.Params(name, yield) }) &&
		b.afterAttention.Params(name+"."+attentionNorm, yield) &&
		b.last.Params(name+"."+outputNorm, yield)
}

func (b *block) linears(name string, yield func(string, *layer.Linear) bool) bool {
	return yield(name+".attention.self.qkv", b.attention.QKV) &&
		yield(name+"."+attentionOutput, b.attention.Output) &&
		yield(name+"."+inner, b.feedForward.In) &&
		yield(name+"."+output, b.feedForward.Out)
}
