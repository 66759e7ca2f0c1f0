package gpt2

import (
	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/layer"
	"attune/engine/op"
	"attune/engine/weights"
)

// block is one layer of the decoder: attention and feed-forward network, each
// with a normalisation before it, dropout and residual after it.
type block struct {
	nn.Module
	beforeAttention, beforeFeedForward *layer.LayerNorm
	attention                          *layer.SelfAttention
	feedForward                        *layer.FeedForward
}

// The published names below "h.N".
const (
	attentionNorm   = "ln_1"
	queryKeyValue   = "attn.c_attn"
	attentionOutput = "attn.c_proj"
	feedForwardNorm = "ln_2"
	inner           = "mlp.c_fc"
	output          = "mlp.c_proj"
)

func newBlock(s *weights.Source, c Config, number int) *block {
	s.In("attn").Skip("bias", "masked_bias") // the causal mask, which old files hold
	return &block{
		beforeAttention: layer.NewLayerNorm(s.In(attentionNorm), c.Width, c.Epsilon),
		attention: &layer.SelfAttention{
			QKV:    layer.NewTransposed(s.In(queryKeyValue), c.Width, 3*c.Width),
			Output: layer.NewTransposed(s.In(attentionOutput), c.Width, c.Width),
			Heads:  c.Heads, Causal: true, Scale: c.scale(number),
		},
		beforeFeedForward: layer.NewLayerNorm(s.In(feedForwardNorm), c.Width, c.Epsilon),
		feedForward: &layer.FeedForward{
			In:         layer.NewTransposed(s.In(inner), c.Width, c.inner()),
			Out:        layer.NewTransposed(s.In(output), c.inner(), c.Width),
			Activation: activations[c.Activation],
		},
	}
}

func (b *block) forward(t *op.Tape, x mat.Tensor, starts []int, c Config, past *op.Past) mat.Tensor {
	attended := b.attention.Forward(t, b.beforeAttention.Forward(t, x), starts, op.Attention{Dropout: c.Attention, Past: past})
	x = op.Add(t, attended, x, c.Dropout)
	return op.Add(t, b.feedForward.Forward(t, b.beforeFeedForward.Forward(t, x)), x, c.Dropout)
}

func (b *block) save(s *weights.Sink) {
	b.beforeAttention.Save(s.In(attentionNorm))
	b.attention.QKV.SaveTransposed(s.In(queryKeyValue))
	b.attention.Output.SaveTransposed(s.In(attentionOutput))
	b.beforeFeedForward.Save(s.In(feedForwardNorm))
	b.feedForward.In.SaveTransposed(s.In(inner))
	b.feedForward.Out.SaveTransposed(s.In(output))
}

// Params names what the block learns, what shares an input as one.
func (b *block) Params(name string, yield func(string, *nn.Param) bool) bool {
	return b.Linears(name, func(name string, l *layer.Linear) bool { return l.Params(name, yield) }) &&
		b.beforeAttention.Params(name+"."+attentionNorm, yield) &&
		b.beforeFeedForward.Params(name+"."+feedForwardNorm, yield)
}

// Linears names its linear layers.
func (b *block) Linears(name string, yield func(string, *layer.Linear) bool) bool {
	return yield(name+"."+queryKeyValue, b.attention.QKV) &&
		yield(name+"."+attentionOutput, b.attention.Output) &&
		yield(name+"."+inner, b.feedForward.In) &&
		yield(name+"."+output, b.feedForward.Out)
}
