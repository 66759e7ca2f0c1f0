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
// each with dropout, residual and normalisation after it.
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

// forward gives the content stream [tokens x width], in which a token sees itself and
// all others.
func (b *block) forward(t *op.Tape, x mat.Tensor, p pass) mat.Tensor {
	kept := op.Again(t, x)
	return b.see(t, x, kept, kept, view{starts: p.Starts}, p)
}

// both gives the rows of both streams, of which the content is seen. One matrix holds
// them, so that every weight sums its gradients in one order.
func (b *block) both(t *op.Tape, x mat.Tensor, s *streams, p pass) mat.Tensor {
	kept := op.Again(t, x)
	return b.see(t, x, kept, op.Pick(t, kept, s.content), s.all, p)
}

// asked gives the query stream [rows x width] alone, of the rows of both.
func (b *block) asked(t *op.Tape, x mat.Tensor, s *streams, p pass) mat.Tensor {
	content := op.Pick(t, op.Again(t, x), s.content)
	rows := op.Pick(t, x, s.query)
	return b.see(t, rows, rows, content, s.asking, p)
}

// pass is what all blocks read alike.
type pass struct {
	*batch.Packed
	distances mat.Tensor // [2·longest x width]
	config    Config
}

// view says which content rows see.
type view struct {
	starts []int     // where the rows of each sequence begin
	places []int     // of the rows in their sequences, or nil for the content's own
	order  *op.Order // or nil when nothing is hidden
}

// see gives rows [rows x width] after they saw the content [tokens x width]. The rows
// come twice, as queries and as what is added to what they saw.
func (b *block) see(t *op.Tape, rows, kept, content mat.Tensor, v view, p pass) mat.Tensor {
	c := p.config
	seen := op.CrossAttention(t, b.query.Forward(t, rows), b.keyValue.Forward(t, content), v.starts, p.Starts, op.Attention{
		Heads: c.Heads, Dropout: c.Dropout, Order: v.order, Places: v.places,
		Relative: &op.Relative{
			Content: b.content, Position: b.position, Distances: b.distance.Forward(t, p.distances),
			Segments: &op.Segments{Of: p.Segments, Bias: b.segment, Table: b.segments},
		},
	})
	x := b.afterAttention.Add(t, b.output.Forward(t, seen), kept, c.Dropout)
	return b.last.Add(t, b.feedForward.Forward(t, x), x, c.Dropout)
}

func (b *block) save(s *weights.Sink, c Config) {
	d := c.headWidth()
	a := s.In(attention)
	a.UnstackTransposed(query, b.query.Merged(), c.Width, c.Heads, d)
	a.UnstackTransposed(keyValue, b.keyValue.Merged(), c.Width, c.Heads, d)
	a.UnstackTransposed(distance, b.distance.Merged(), c.Width, c.Heads, d)
	a.Reshaped("o", b.output.Merged(), c.Width, c.Heads, d)
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
