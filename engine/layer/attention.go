package layer

import (
	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/op"
)

// SelfAttention lets the tokens of a sequence look at each other.
type SelfAttention struct {
	nn.Module
	QKV      *Linear // [(heads + 2·key heads)·d x width]: queries, keys, values
	Output   *Linear // [width x heads·d]
	Heads    int     // of width d
	KeyHeads int     // which share the Heads between them; 0 for Heads
	Causal   bool    // a token sees none after it
	Scale    float64 // of the scores; 0 for 1/√d
}

// Forward gives [tokens x width] for x [tokens x width] whose sequences begin at
// the starts. Of the options it takes what changes from pass to pass, such as the
// dropout of the probabilities or the past of a decoder.
func (a *SelfAttention) Forward(t *op.Tape, x mat.Tensor, starts []int, o op.Attention) mat.Tensor {
	o.Heads, o.KeyHeads, o.Causal, o.Scale = a.Heads, a.KeyHeads, a.Causal, a.Scale
	return a.Output.Forward(t, op.SelfAttention(t, a.QKV.Forward(t, x), starts, o))
}

// CrossAttention lets the tokens of a sequence look at those of another: a
// decoder's at what its encoder made of a text.
type CrossAttention struct {
	nn.Module
	Query  *Linear // [heads·d x width]
	KV     *Linear // [2·heads·d x width of the memory]: keys, values
	Output *Linear // [width x heads·d]
	Heads  int     // of width d
	Scale  float64 // of the scores; 0 for 1/√d
}

// Forward gives [tokens x width] for x [tokens x width] and a memory, sequence by
// sequence. Options are taken as by SelfAttention. A past keeps what is needed of
// the memory in the first step, which may be nil later.
func (a *CrossAttention) Forward(t *op.Tape, x mat.Tensor, starts []int, memory mat.Tensor, memoryStarts []int, o op.Attention) mat.Tensor {
	o.Heads, o.Scale = a.Heads, a.Scale
	var kv mat.Tensor
	if o.Past == nil || o.Past.Empty() {
		kv = a.KV.Forward(t, memory)
	}
	return a.Output.Forward(t, op.CrossAttention(t, a.Query.Forward(t, x), kv, starts, memoryStarts, o))
}
