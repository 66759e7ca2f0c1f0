package t5

import (
	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/layer"
	"attune/engine/op"
	"attune/engine/weights"
)

// block is one layer of either stack: attention, in the decoder attention to the
// memory, and feed-forward network, each with a normalisation before it, dropout
// and residual after it. No layer has a bias, and scores are not scaled.
type block struct {
	nn.Module
	attention         *layer.SelfAttention
	cross             *layer.CrossAttention // of the decoder, else nil
	feedForward       network
	in                []string      // published names of the feed-forward network's first layer
	inner             *layer.Linear // that layer
	output            *layer.Linear // and its last
	beforeAttention   *layer.RMSNorm
	beforeCross       *layer.RMSNorm
	beforeFeedForward *layer.RMSNorm
}

// network is a feed-forward network, gated or not.
type network interface {
	Forward(t *op.Tape, x mat.Tensor) mat.Tensor
}

// The published names below "block.N".
const (
	selfLayer       = "layer.0"
	crossLayer      = "layer.1"
	normName        = "layer_norm"
	attentionOutput = "SelfAttention.o"
	crossQuery      = "EncDecAttention.q"
	crossOutput     = "EncDecAttention.o"
	output          = "DenseReluDense.wo"
)

var (
	queryKeyValue = []string{"SelfAttention.q", "SelfAttention.k", "SelfAttention.v"}
	crossKeyValue = []string{"EncDecAttention.k", "EncDecAttention.v"}
	plain         = []string{"DenseReluDense.wi"}
	gateAndInner  = []string{"DenseReluDense.wi_0", "DenseReluDense.wi_1"}
)

// unscaled is the scale of scores that are not scaled.
const unscaled = 1

// steps say where the rows of a pass stand.
type steps struct {
	starts, memoryStarts []int
	buckets              *op.Buckets
	self, cross          *op.Past
}

func newBlock(s *weights.Source, c Config, writes bool) *block {
	inside := c.Heads * c.HeadWidth
	self := s.In(selfLayer)
	b := &block{
		attention: &layer.SelfAttention{
			QKV:    layer.NewUnbiasedStacked(self, queryKeyValue, c.Width, inside),
			Output: layer.NewUnbiasedLinear(self.In(attentionOutput), inside, c.Width),
			Heads:  c.Heads, Causal: writes, Scale: unscaled,
		},
		beforeAttention: layer.NewRMSNorm(self.In(normName), c.Width, c.Epsilon),
	}
	if writes {
		cross := s.In(crossLayer)
		b.cross = &layer.CrossAttention{
			Query:  layer.NewUnbiasedLinear(cross.In(crossQuery), c.Width, inside),
			KV:     layer.NewUnbiasedStacked(cross, crossKeyValue, c.Width, inside),
			Output: layer.NewUnbiasedLinear(cross.In(crossOutput), inside, c.Width),
			Heads:  c.Heads, Scale: unscaled,
		}
		b.beforeCross = layer.NewRMSNorm(cross.In(normName), c.Width, c.Epsilon)
	}
	b.newFeedForward(s.In(b.last()), c)
	return b
}

func (b *block) newFeedForward(s *weights.Source, c Config) {
	kind := feedForwards[c.FeedForward]
	b.beforeFeedForward = layer.NewRMSNorm(s.In(normName), c.Width, c.Epsilon)
	b.output = layer.NewUnbiasedLinear(s.In(output), c.Inner, c.Width)
	if kind.gated {
		b.in = gateAndInner
		b.inner = layer.NewUnbiasedStacked(s, b.in, c.Width, c.Inner)
		b.feedForward = &layer.GatedFeedForward{In: b.inner, Out: b.output, Activation: kind.activation}
		return
	}
	b.in = plain
	b.inner = layer.NewUnbiasedStacked(s, b.in, c.Width, c.Inner)
	b.feedForward = &layer.FeedForward{In: b.inner, Out: b.output, Activation: kind.activation}
}

// last is the published name of the feed-forward network's layer.
func (b *block) last() string {
	if b.cross == nil {
		return "layer.1"
	}
	return "layer.2"
}

func (b *block) forward(t *op.Tape, x, memory mat.Tensor, s steps, c Config) mat.Tensor {
	attended := b.attention.Forward(t, b.beforeAttention.Forward(t, x), s.starts, op.Attention{
		Dropout: c.Dropout, Buckets: s.buckets, Past: s.self,
	})
	x = op.Add(t, attended, x, c.Dropout)
	if b.cross != nil {
		attended := b.cross.Forward(t, b.beforeCross.Forward(t, x), s.starts, memory, s.memoryStarts, op.Attention{
			Dropout: c.Dropout, Past: s.cross,
		})
		x = op.Add(t, attended, x, c.Dropout)
	}
	return op.Add(t, b.feedForward.Forward(t, b.beforeFeedForward.Forward(t, x)), x, c.Dropout)
}

func (b *block) save(s *weights.Sink) {
	self := s.In(selfLayer)
	b.attention.QKV.SaveStacked(self, queryKeyValue)
	b.attention.Output.Save(self.In(attentionOutput))
	b.beforeAttention.Save(self.In(normName))
	if b.cross != nil {
		cross := s.In(crossLayer)
		b.cross.Query.Save(cross.In(crossQuery))
		b.cross.KV.SaveStacked(cross, crossKeyValue)
		b.cross.Output.Save(cross.In(crossOutput))
		b.beforeCross.Save(cross.In(normName))
	}
	last := s.In(b.last())
	b.inner.SaveStacked(last, b.in)
	b.output.Save(last.In(output))
	b.beforeFeedForward.Save(last.In(normName))
}

// Params names what the block learns, what shares an input as one.
func (b *block) Params(name string, yield func(string, *nn.Param) bool) bool {
	return b.Linears(name, func(name string, l *layer.Linear) bool { return l.Params(name, yield) }) &&
		b.beforeAttention.Params(name+"."+selfLayer+"."+normName, yield) &&
		(b.cross == nil || b.beforeCross.Params(name+"."+crossLayer+"."+normName, yield)) &&
		b.beforeFeedForward.Params(name+"."+b.last()+"."+normName, yield)
}

// Linears names its linear layers.
func (b *block) Linears(name string, yield func(string, *layer.Linear) bool) bool {
	return yield(name+"."+selfLayer+".SelfAttention.qkv", b.attention.QKV) &&
		yield(name+"."+selfLayer+"."+attentionOutput, b.attention.Output) &&
		(b.cross == nil || b.crossLinears(name+"."+crossLayer+".", yield)) &&
		yield(name+"."+b.last()+".DenseReluDense.wi", b.inner) &&
		yield(name+"."+b.last()+"."+output, b.output)
}

func (b *block) crossLinears(name string, yield func(string, *layer.Linear) bool) bool {
	return yield(name+crossQuery, b.cross.Query) &&
		yield(name+"EncDecAttention.kv", b.cross.KV) &&
		yield(name+crossOutput, b.cross.Output)
}
