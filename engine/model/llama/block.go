package llama

import (
	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/layer"
	"attune/engine/op"
	"attune/engine/weights"
)

// block is one layer of the decoder: attention and gated feed-forward network,
// each with a normalisation before it and a residual after it.
type block struct {
	nn.Module
	beforeAttention, beforeFeedForward *layer.RMSNorm
	attention                          *layer.SelfAttention
	rows                               []int // of queries, keys and values in their one layer
	feedForward                        *layer.GatedFeedForward
}

// The published names below "layers.N".
const (
	attentionNorm   = "input_layernorm"
	attentionOutput = "self_attn.o_proj"
	feedForwardNorm = "post_attention_layernorm"
	output          = "mlp.down_proj"
)

var (
	queryKeyValue = []string{"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"}
	gateAndInner  = []string{"mlp.gate_proj", "mlp.up_proj"}
)

func newBlock(s *weights.Source, c Config) *block {
	s.In("self_attn").Skip("rotary_emb.inv_freq") // computed here, stored by old files
	size := c.headWidth()
	rows := []int{c.Heads * size, c.keyHeads() * size, c.keyHeads() * size}
	return &block{
		beforeAttention: layer.NewRMSNorm(s.In(attentionNorm), c.Width, c.Epsilon),
		attention: &layer.SelfAttention{
			QKV:    layer.NewPiled(s, queryKeyValue, c.Width, rows, c.biased()),
			Output: layer.NewUnbiasedLinear(s.In(attentionOutput), c.Heads*size, c.Width),
			Heads:  c.Heads, KeyHeads: c.keyHeads(), Causal: true,
		},
		rows:              rows,
		beforeFeedForward: layer.NewRMSNorm(s.In(feedForwardNorm), c.Width, c.Epsilon),
		feedForward: &layer.GatedFeedForward{
			In:         layer.NewUnbiasedStacked(s, gateAndInner, c.Width, c.Inner),
			Out:        layer.NewUnbiasedLinear(s.In(output), c.Inner, c.Width),
			Activation: activations[c.Activation],
		},
	}
}

func (b *block) forward(t *op.Tape, x mat.Tensor, starts []int, o op.Attention, dropout float64) mat.Tensor {
	x = op.Add(t, b.attention.Forward(t, b.beforeAttention.Forward(t, x), starts, o), x, dropout)
	return op.Add(t, b.feedForward.Forward(t, b.beforeFeedForward.Forward(t, x)), x, dropout)
}

func (b *block) save(s *weights.Sink) {
	b.beforeAttention.Save(s.In(attentionNorm))
	b.attention.QKV.SavePiled(s, queryKeyValue, b.rows)
	b.attention.Output.Save(s.In(attentionOutput))
	b.beforeFeedForward.Save(s.In(feedForwardNorm))
	b.feedForward.In.SaveStacked(s, gateAndInner)
	b.feedForward.Out.Save(s.In(output))
}

// Params names what the block learns, what shares an input as one.
func (b *block) Params(name string, yield func(string, *nn.Param) bool) bool {
	return b.Linears(name, func(name string, l *layer.Linear) bool { return l.Params(name, yield) }) &&
		b.beforeAttention.Params(name+"."+attentionNorm, yield) &&
		b.beforeFeedForward.Params(name+"."+feedForwardNorm, yield)
}

// Linears names its linear layers.
func (b *block) Linears(name string, yield func(string, *layer.Linear) bool) bool {
	return yield(name+".self_attn.qkv_proj", b.attention.QKV) &&
		yield(name+"."+attentionOutput, b.attention.Output) &&
		yield(name+".mlp.gate_up_proj", b.feedForward.In) &&
		yield(name+"."+output, b.feedForward.Out)
}
