// Package model says what a pre-trained network can do. The networks themselves
// are the packages below it, one for each family; a model knows no task.
package model

import (
	"context"
	"io/fs"
	"iter"

	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/batch"
	"attune/engine/layer"
	"attune/engine/op"
	"attune/engine/tokenizer"
	"attune/engine/weights"
)

// Backbone is the body of a network, without a head for any task. What else it
// can do is found by assertion, so that any task meets any family that serves it.
type Backbone interface {
	nn.Model
	Width() int                                // values in a token's representation
	Longest() int                              // tokens that it can read at most
	Params() iter.Seq2[string, *nn.Param]      // in a fixed order
	Linears() iter.Seq2[string, *layer.Linear] // the layers that an adapter can hang on
	Layers() iter.Seq[[]*nn.Param]             // from the embeddings up, for freezing
	SetDropout(rate float64)                   // in training; 0 for none
	Config() map[string]any                    // what its config.json says
	Save(*weights.Sink)                        // under its published names
}

// Encoder is a backbone that reads a text from both sides.
type Encoder interface {
	Backbone
	// Encode gives the representations [tokens x width] of a batch.
	Encode(t *op.Tape, b *batch.Packed) mat.Tensor
}

// Markable is an encoder that can be told of its tokens what their pieces do not show.
type Markable interface {
	Encoder
	// EncodeMarked is Encode with entries of further tables [entries x EmbeddingWidth]
	// added to the embeddings of the tokens.
	EncodeMarked(t *op.Tape, b *batch.Packed, marks ...op.Lookup) mat.Tensor
	EmbeddingWidth() int
}

// Decoder is a backbone that reads a text from left to right, and so can write.
type Decoder interface {
	Backbone
	// Decode gives the representations [tokens x width] of a batch, each from its
	// token and those before it. The memory is what an encoder made of the texts that
	// the decoder writes about, nil where there is none. With a past the rows are the
	// tokens that follow it, and are added to it.
	Decode(t *op.Tape, b *batch.Packed, memory *Memory, past *Past) mat.Tensor
	// NewPast gives a past that holds nothing yet.
	NewPast() *Past
	// Writing gives the rules of what it writes.
	Writing() Writing
}

// Writing is what a config.json says of the pieces that a decoder writes.
type Writing struct {
	Start int   // the piece that stands before all that is written beside an encoder
	Ends  []int // pieces that end it
	Never []int // pieces that are never written
	First *int  // the piece that is written first whatever the scores, or nil
	Last  *int  // the piece that is written last where the room ends, or nil
}

// Memory is a batch as an encoder read it.
type Memory struct {
	Rows   mat.Tensor // [tokens x width]
	Starts []int
}

// Tensor gives the rows, or nil where there is no memory.
func (m *Memory) Tensor() mat.Tensor {
	if m == nil {
		return nil
	}
	return m.Rows
}

// Past is what a decoder keeps of the tokens that went before, so that writing
// one more costs one row: keys and values of its blocks, and of what they see of a
// memory. Zero pasts stand for empty ones.
type Past struct {
	Self, Cross []op.Past // one a block; Cross may be nil
}

// Len gives the number of tokens held for a sequence.
func (p *Past) Len(sequence int) int {
	if p == nil || len(p.Self) == 0 {
		return 0
	}
	return p.Self[0].Len(sequence)
}

// Keep makes the past that of the given sequences, as op.Past does.
func (p *Past) Keep(sequences []int) {
	for i := range p.Self {
		p.Self[i].Keep(sequences)
	}
	for i := range p.Cross {
		p.Cross[i].Keep(sequences)
	}
}

// SelfOf gives the past of a block's attention to its own tokens, or nil.
func (p *Past) SelfOf(block int) *op.Past {
	if p == nil {
		return nil
	}
	return &p.Self[block]
}

// CrossOf gives the past of a block's attention to the memory, or nil.
func (p *Past) CrossOf(block int) *op.Past {
	if p == nil {
		return nil
	}
	return &p.Cross[block]
}

// Places gives each token of a batch its place in its sequence, counted on from
// the past, which may be nil.
func Places(starts []int, past *Past) []int {
	all := make([]int, 0, starts[len(starts)-1])
	for s := range len(starts) - 1 {
		before := past.Len(s)
		for i := range starts[s+1] - starts[s] {
			all = append(all, before+i)
		}
	}
	return all
}

// Family is one architecture with all models that share it.
type Family struct {
	Name      string
	Types     []string // the model_type of its config.json files
	Load      func(config []byte, s *weights.Source) (Backbone, error)
	Tokenizer func(fs.FS) (tokenizer.Tokenizer, error)
	GGUF      []GGUF // how llama.cpp's files hold its models; nil where they are not read
}

// Base is what a fine-tuning starts from, or what a saved model is made of.
type Base struct {
	Name      string // as the user chose it
	Backbone  Backbone
	Tokenizer tokenizer.Tokenizer
	Weights   *weights.Source // for the heads that were saved with the body
	Labels    []string        // of the head that was saved with the body, or nil
	Config    []byte          // the text of the config.json that it was saved with, or nil
	Fresh     bool            // the body has learned nothing yet
}

// Kind is how a model reads and writes.
type Kind string

// The kinds of models.
const (
	ReadsBothSides Kind = "encoder"         // BERT and its kin
	ReadsCapitals  Kind = "cased encoder"   // those that tell capitals from small letters
	WritesOn       Kind = "decoder"         // GPT-2 and its kin
	ReadsAndWrites Kind = "encoder-decoder" // BART, Marian, T5
)

// Encodes says whether models of the kind read a text as a whole and write none.
func (k Kind) Encodes() bool { return k == ReadsBothSides || k == ReadsCapitals }

// Fresh makes small models that know nothing yet, with a vocabulary of the texts to
// learn from. The same texts and seed give the same model.
type Fresh struct {
	Kind Kind
	Make func(ctx context.Context, texts iter.Seq[string], seed uint64) (*Base, error)
}
