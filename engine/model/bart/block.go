package bart

import (
	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/layer"
	"attune/engine/op"
	"attune/engine/weights"
)

// The published names below "layers.N".
const (
	attentionOutput = "self_attn.out_proj"
	attentionNorm   = "self_attn_layer_norm"
	crossQuery      = "encoder_attn.q_proj"
	crossOutput     = "encoder_attn.out_proj"
	crossNorm       = "encoder_attn_layer_norm"
	inner           = "fc1"
	output          = "fc2"
	outputNorm      = "final_layer_norm"
)

var (
	queryKeyValue = []string{"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"}
	crossKeyValue = []string{"encoder_attn.k_proj", "encoder_attn.v_proj"}
)

// encoderBlock is one layer of the encoder: attention and feed-forward network,
// each with dropout, residual and normalisation after it.
type encoderBlock struct {
	nn.Module
	attention            *layer.SelfAttention
	feedForward          *layer.FeedForward
	afterAttention, last *layer.LayerNorm
}

func newEncoderBlock(s *weights.Source, c Config) *encoderBlock {
	return newBlock(s, c, c.EncoderHeads, c.EncoderInner, false)
}

// newBlock takes what a block of either stack has.
func newBlock(s *weights.Source, c Config, heads, inside int, causal bool) *encoderBlock {
	return &encoderBlock{
		attention: &layer.SelfAttention{
			QKV:    layer.NewStacked(s, queryKeyValue, c.Width, c.Width),
			Output: layer.NewLinear(s.In(attentionOutput), c.Width, c.Width),
			Heads:  heads, Causal: causal,
		},
		afterAttention: layer.NewLayerNorm(s.In(attentionNorm), c.Width, epsilon),
		feedForward: &layer.FeedForward{
			In:         layer.NewLinear(s.In(inner), c.Width, inside),
			Out:        layer.NewLinear(s.In(output), inside, c.Width),
			Activation: activations[c.Activation],
		},
		last: layer.NewLayerNorm(s.In(outputNorm), c.Width, epsilon),
	}
}

func (b *encoderBlock) forward(t *op.Tape, x mat.Tensor, starts []int, c Config) mat.Tensor {
	return b.feed(t, b.attend(t, x, starts, nil, c), c)
}

func (b *encoderBlock) attend(t *op.Tape, x mat.Tensor, starts []int, past *op.Past, c Config) mat.Tensor {
	attended := b.attention.Forward(t, x, starts, op.Attention{Dropout: c.Attention, Past: past})
	return b.afterAttention.Add(t, attended, x, c.Dropout)
}

func (b *encoderBlock) feed(t *op.Tape, x mat.Tensor, c Config) mat.Tensor {
	return b.last.Add(t, b.feedForward.Forward(t, x), x, c.Dropout)
}

func (b *encoderBlock) save(s *weights.Sink) {
	b.attention.QKV.SaveStacked(s, queryKeyValue)
	b.attention.Output.Save(s.In(attentionOutput))
	b.afterAttention.Save(s.In(attentionNorm))
	b.feedForward.In.Save(s.In(inner))
	b.feedForward.Out.Save(s.In(output))
	b.last.Save(s.In(outputNorm))
}

// Params names what the block learns, what shares an input as one.
func (b *encoderBlock) Params(name string, yield func(string, *nn.Param) bool) bool {
	return b.Linears(name, func(name string, l *layer.Linear) bool { return l.Params(name, yield) }) &&
		b.afterAttention.Params(name+"."+attentionNorm, yield) &&
		b.last.Params(name+"."+outputNorm, yield)
}

// Linears names its linear layers.
func (b *encoderBlock) Linears(name string, yield func(string, *layer.Linear) bool) bool {
	return yield(name+".self_attn.qkv_proj", b.attention.QKV) &&
		yield(name+"."+attentionOutput, b.attention.Output) &&
		yield(name+"."+inner, b.feedForward.In) &&
		yield(name+"."+output, b.feedForward.Out)
}

// decoderBlock is one layer of the decoder: between attention to what is written
// and feed-forward network it attends to the memory.
type decoderBlock struct {
	*encoderBlock
	cross      *layer.CrossAttention
	afterCross *layer.LayerNorm
}

// steps say where the rows of a pass stand.
type steps struct {
	starts, memoryStarts []int
	self, cross          *op.Past
}

func newDecoderBlock(s *weights.Source, c Config) *decoderBlock {
	return &decoderBlock{
		encoderBlock: newBlock(s, c, c.DecoderHeads, c.DecoderInner, true),
		cross: &layer.CrossAttention{
			Query:  layer.NewLinear(s.In(crossQuery), c.Width, c.Width),
			KV:     layer.NewStacked(s, crossKeyValue, c.Width, c.Width),
			Output: layer.NewLinear(s.In(crossOutput), c.Width, c.Width),
			Heads:  c.DecoderHeads,
		},
		afterCross: layer.NewLayerNorm(s.In(crossNorm), c.Width, epsilon),
	}
}

func (b *decoderBlock) forward(t *op.Tape, x, memory mat.Tensor, s steps, c Config) mat.Tensor {
	x = b.attend(t, x, s.starts, s.self, c)
	attended := b.cross.Forward(t, x, s.starts, memory, s.memoryStarts, op.Attention{Dropout: c.Attention, Past: s.cross})
	return b.feed(t, b.afterCross.Add(t, attended, x, c.Dropout), c)
}

func (b *decoderBlock) save(s *weights.Sink) {
	b.encoderBlock.save(s)
	b.cross.Query.Save(s.In(crossQuery))
	b.cross.KV.SaveStacked(s, crossKeyValue)
	b.cross.Output.Save(s.In(crossOutput))
	b.afterCross.Save(s.In(crossNorm))
}

// Params names what the block learns, what shares an input as one.
func (b *decoderBlock) Params(name string, yield func(string, *nn.Param) bool) bool {
	return b.encoderBlock.Params(name, yield) &&
		b.crossLinears(name, func(name string, l *layer.Linear) bool { return l.Params(name, yield) }) &&
		b.afterCross.Params(name+"."+crossNorm, yield)
}

// Linears names its linear layers.
func (b *decoderBlock) Linears(name string, yield func(string, *layer.Linear) bool) bool {
	return b.encoderBlock.Linears(name, yield) && b.crossLinears(name, yield)
}

func (b *decoderBlock) crossLinears(name string, yield func(string, *layer.Linear) bool) bool {
	return yield(name+"."+crossQuery, b.cross.Query) &&
		yield(name+".encoder_attn.kv_proj", b.cross.KV) &&
		yield(name+"."+crossOutput, b.cross.Output)
}
