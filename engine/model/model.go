// Package model says what a pre-trained network can do. The networks themselves
// are the packages below it, one for each family; a model knows no task.
package model

import (
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

// Family is one architecture with all models that share it.
type Family struct {
	Name      string
	Types     []string // the model_type of its config.json files
	Load      func(config []byte, s *weights.Source) (Backbone, error)
	Tokenizer func(fs.FS) (tokenizer.Tokenizer, error)
}

// Base is what a fine-tuning starts from, or what a saved model is made of.
type Base struct {
	Name      string // as the user chose it
	Backbone  Backbone
	Tokenizer tokenizer.Tokenizer
	Weights   *weights.Source // for the heads that were saved with the body
	Labels    []string        // of the head that was saved with the body, or nil
}
