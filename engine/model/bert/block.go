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
	names                blockNames
	attention            *layer.SelfAttention
	feedForward          *layer.FeedForward
	afterAttention, last *layer.LayerNorm
}

func newBlock(s *weights.Source, c Config, names blockNames) *block {
	return &block{
		names: names,
		attention: &layer.SelfAttention{
			QKV:    layer.NewStacked(s, names.queryKeyValue[:], c.Width, c.Width),
			Output: layer.NewLinear(s.In(names.attentionOutput), c.Width, c.Width),
			Heads:  c.Heads,
		},
		afterAttention: layer.NewLayerNorm(s.In(names.attentionNorm), c.Width, c.Epsilon),
		feedForward: &layer.FeedForward{
			In:         layer.NewLinear(s.In(names.inner), c.Width, c.Inner),
			Out:        layer.NewLinear(s.In(names.output), c.Inner, c.Width),
			Activation: activations[c.Activation],
		},
		last: layer.NewLayerNorm(s.In(names.outputNorm), c.Width, c.Epsilon),
	}
}

func (b *block) forward(t *op.Tape, x mat.Tensor, starts []int, c Config) mat.Tensor {
	x = b.afterAttention.Add(t, b.attention.Forward(t, x, starts, op.Attention{Dropout: c.Attention}), x, c.Dropout)
	return b.last.Add(t, b.feedForward.Forward(t, x), x, c.Dropout)
}

func (b *block) save(s *weights.Sink) {
	b.attention.QKV.SaveStacked(s, b.names.queryKeyValue[:])
	b.attention.Output.Save(s.In(b.names.attentionOutput))
	b.afterAttention.Save(s.In(b.names.attentionNorm))
	b.feedForward.In.Save(s.In(b.names.inner))
	b.feedForward.Out.Save(s.In(b.names.output))
	b.last.Save(s.In(b.names.outputNorm))
}

// Params names what the block learns, what shares an input as one.
func (b *block) Params(name string, yield func(string, *nn.Param) bool) bool {
	return b.Linears(name, func(name string, l *layer.Linear) bool { return l.Params(name, yield) }) &&
		b.afterAttention.Params(name+"."+b.names.attentionNorm, yield) &&
		b.last.Params(name+"."+b.names.outputNorm, yield)
}

// Linears names its linear layers.
func (b *block) Linears(name string, yield func(string, *layer.Linear) bool) bool {
	return yield(name+"."+b.names.stacked, b.attention.QKV) &&
		yield(name+"."+b.names.attentionOutput, b.attention.Output) &&
		yield(name+"."+b.names.inner, b.feedForward.In) &&
		yield(name+"."+b.names.output, b.feedForward.Out)
}
