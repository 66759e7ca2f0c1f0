package xlnet

import (
	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/batch"
	"attune/engine/layer"
	"attune/engine/op"
	"attune/engine/weights"
)

// block is one layer: attention by distance and segment, and feed-forward network,
// each with dropout, residual and normalisation after it. Both streams pass the
// same layers.
type block struct {
	nn.Module
	query, keyValue            *layer.Linear // [heads·d x width], [2·heads·d x width]
	distance, output           *layer.Linear // [heads·d x width], [width x heads·d]
	content, position, segment *nn.Param     // [1 x heads·d] what queries by content, distance and segment add
	segments                   *nn.Param     // [2 x heads·d] of one segment, of two
	afterAttention, last       *layer.LayerNorm
	feedForward                *layer.FeedForward
}

// The published names below "layer.N".
const (
	attention     = "rel_attn"
	attentionNorm = "rel_attn.layer_norm"
	inner         = "ff.layer_1"
	output        = "ff.layer_2"
	outputNorm    = "ff.layer_norm"
)

var (
	query    = []string{"q"}
	keyValue = []string{"k", "v"}
	distance = []string{"r"}
)

func newBlock(s *weights.Source, c Config) *block {
	d := c.headWidth()
	all := c.Heads * d
	a := s.In(attention)
	return &block{
		query:          &layer.Linear{Weight: a.StackTransposed(query, all, c.Width, c.Width, c.Heads, d)},
		keyValue:       &layer.Linear{Weight: a.StackTransposed(keyValue, all, c.Width, c.Width, c.Heads, d)},
		distance:       &layer.Linear{Weight: a.StackTransposed(distance, all, c.Width, c.Width, c.Heads, d)},
		output:         &layer.Linear{Weight: a.Reshaped("o", c.Width, all, c.Width, c.Heads, d)},
		content:        a.Reshaped("r_w_bias", 1, all, c.Heads, d),
		position:       a.Reshaped("r_r_bias", 1, all, c.Heads, d),
		segment:        a.Reshaped("r_s_bias", 1, all, c.Heads, d),
		segments:       a.Reshaped("seg_embed", 2, all, 2, c.Heads, d),
		afterAttention: layer.NewLayerNorm(s.In(attentionNorm), c.Width, c.Epsilon),
		feedForward: &layer.FeedForward{
			In:         layer.NewLinear(s.In(inner), c.Width, c.Inner),
			Out:        layer.NewLinear(s.In(output), c.Inner, c.Width),
			Activation: activations[c.Activation],
		},
		last: layer.NewLayerNorm(s.In(outputNorm), c.Width, c.Epsilon),
	}
}

// forward gives the content stream [tokens x width], in which a token sees itself,
// and of the others those that the order lets it; a nil order hides none.
func (b *block) forward(t *op.Tape, x mat.Tensor, p *batch.Packed, order *op.Order, distances mat.Tensor, c Config) mat.Tensor {
	o := b.relative(t, p, distances, c)
	o.Order = order
	kept := op.Again(t, x)
	return b.end(t, op.CrossAttention(t, b.query.Forward(t, x), b.keyValue.Forward(t, kept), p.Starts, p.Starts, o), kept, c)
}

// asking are the queries of the query stream: their order and their places.
type asking struct {
	permutation Permutation
	places      []int
}

// predict gives the query stream [rows x width] from the content stream below it.
func (b *block) predict(t *op.Tape, x, content mat.Tensor, p *batch.Packed, asks asking, distances mat.Tensor, c Config) mat.Tensor {
	o := b.relative(t, p, distances, c)
	o.Order, o.Places = &op.Order{Ranks: asks.permutation.Ranks, Strict: true}, asks.places
	attended := op.CrossAttention(t, b.query.Forward(t, x), b.keyValue.Forward(t, content), asks.permutation.Starts, p.Starts, o)
	return b.end(t, attended, x, c)
}

func (b *block) relative(t *op.Tape, p *batch.Packed, distances mat.Tensor, c Config) op.Attention {
	return op.Attention{Heads: c.Heads, Dropout: c.Dropout, Relative: &op.Relative{
		Content: b.content, Position: b.position, Distances: b.distance.Forward(t, distances),
		Segments: &op.Segments{Of: p.Segments, Bias: b.segment, Table: b.segments},
	}}
}

// end is what follows the attention in either stream.
func (b *block) end(t *op.Tape, attended, x mat.Tensor, c Config) mat.Tensor {
	x = b.afterAttention.Add(t, b.output.Forward(t, attended), x, c.Dropout)
	return b.last.Add(t, b.feedForward.Forward(t, x), x, c.Dropout)
}

func (b *block) save(s *weights.Sink, c Config) {
	d := c.headWidth()
	a := s.In(attention)
	a.UnstackTransposed(query, b.query.Weight, c.Width, c.Heads, d)
	a.UnstackTransposed(keyValue, b.keyValue.Weight, c.Width, c.Heads, d)
	a.UnstackTransposed(distance, b.distance.Weight, c.Width, c.Heads, d)
	a.Reshaped("o", b.output.Weight, c.Width, c.Heads, d)
	a.Reshaped("r_w_bias", b.content, c.Heads, d)
	a.Reshaped("r_r_bias", b.position, c.Heads, d)
	a.Reshaped("r_s_bias", b.segment, c.Heads, d)
	a.Reshaped("seg_embed", b.segments, 2, c.Heads, d)
	b.afterAttention.Save(s.In(attentionNorm))
	b.feedForward.In.Save(s.In(inner))
	b.feedForward.Out.Save(s.In(output))
	b.last.Save(s.In(outputNorm))
}

// Params names what the block learns, what shares an input as one.
func (b *block) Params(name string, yield func(string, *nn.Param) bool) bool {
	a := name + "." + attention + "."
	return b.Linears(name, func(name string, l *layer.Linear) bool { return l.Params(name, yield) }) &&
		yield(a+"r_w_bias", b.content) && yield(a+"r_r_bias", b.position) &&
		yield(a+"r_s_bias", b.segment) && yield(a+"seg_embed", b.segments) &&
		b.afterAttention.Params(name+"."+attentionNorm, yield) &&
		b.last.Params(name+"."+outputNorm, yield)
}

// Linears names its linear layers.
func (b *block) Linears(name string, yield func(string, *layer.Linear) bool) bool {
	return yield(name+"."+attention+".q", b.query) &&
		yield(name+"."+attention+".kv", b.keyValue) &&
		yield(name+"."+attention+".r", b.distance) &&
		yield(name+"."+attention+".o", b.output) &&
		yield(name+"."+inner, b.feedForward.In) &&
		yield(name+"."+output, b.feedForward.Out)
}
