// Package bert is the encoder of Devlin et al. 2018 (arXiv 1810.04805), with the
// weight names of Hugging Face transformers (models/bert/modeling_bert.py).
package bert

import (
	"fmt"
	"io/fs"
	"iter"

	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/batch"
	"attune/engine/head"
	"attune/engine/kernel"
	"attune/engine/layer"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/tokenizer"
	"attune/engine/weights"
)

// Family is BERT with the models that share its architecture.
var Family = model.Family{
	Name:  "bert",
	Types: []string{"bert"},
	Load: func(config []byte, s *weights.Source) (model.Backbone, error) {
		c, err := readConfig(config)
		if err != nil {
			return nil, err
		}
		return New(c, s)
	},
	Tokenizer: func(folder fs.FS) (tokenizer.Tokenizer, error) { return tokenizer.ReadWordPiece(folder) },
}

// Model is the body of a BERT.
type Model struct {
	nn.Module
	config                     Config
	words, positions, segments *layer.Embedding
	norm                       *layer.LayerNorm
	blocks                     []*block
}

// New takes a body from the source, whose names begin with "bert" or with nothing.
func New(c Config, s *weights.Source) (*Model, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if !s.Has("embeddings.word_embeddings.weight") {
		s = s.In("bert")
	}
	e := s.In("embeddings")
	m := &Model{
		config:    c,
		words:     layer.NewEmbedding(e.In("word_embeddings"), c.Vocabulary, c.Width),
		positions: layer.NewEmbedding(e.In("position_embeddings"), c.Positions, c.Width),
		segments:  layer.NewEmbedding(e.In("token_type_embeddings"), c.Segments, c.Width),
		norm:      layer.NewLayerNorm(e.In("LayerNorm"), c.Width, c.Epsilon),
	}
	for i := range c.Blocks {
		m.blocks = append(m.blocks, newBlock(s.In(fmt.Sprintf("encoder.layer.%d", i)), c))
	}
	return m, s.Err()
}

// Encode gives the last hidden states [tokens x width].
func (m *Model) Encode(t *op.Tape, b *batch.Packed) mat.Tensor {
	x := op.Embed(t, m.words.Lookup(b.IDs), m.positions.Lookup(places(b.Starts)), m.segments.Lookup(b.Segments))
	x = op.Dropout(t, m.norm.Forward(t, x), m.config.Dropout)
	for _, block := range m.blocks {
		x = t.Segment(x, func(t *op.Tape, x mat.Tensor) mat.Tensor { return block.forward(t, x, b.Starts, m.config) })
	}
	return x
}

// places gives each token its place in its sequence, from 0.
func places(starts []int) []int {
	all := make([]int, 0, starts[len(starts)-1])
	for s := range len(starts) - 1 {
		for i := range starts[s+1] - starts[s] {
			all = append(all, i)
		}
	}
	return all
}

// Classifier takes the head of BertForSequenceClassification from the source.
func (m *Model) Classifier(s *weights.Source, classes int) *head.Classifier {
	names := head.Names{Architecture: "BertForSequenceClassification", Pool: "bert.pooler.dense", Out: "classifier"}
	c := head.NewClassifier(s, names, m.config.Width, classes, kernel.Tanh)
	c.Dropout = m.config.Dropout
	return c
}

// Width is the number of values of a token's representation.
func (m *Model) Width() int { return m.config.Width }

// Longest is the number of tokens that a sequence can have.
func (m *Model) Longest() int { return m.config.Positions }

// SetDropout sets the rate of all dropouts of the body.
func (m *Model) SetDropout(rate float64) { m.config.Dropout, m.config.Attention = rate, rate }

// Config gives what config.json says of the body.
func (m *Model) Config() map[string]any {
	c := m.config
	return map[string]any{
		"model_type": "bert", "vocab_size": c.Vocabulary, "hidden_size": c.Width,
		"num_hidden_layers": c.Blocks, "num_attention_heads": c.Heads, "intermediate_size": c.Inner,
		"hidden_act": c.Activation, "hidden_dropout_prob": c.Dropout, "attention_probs_dropout_prob": c.Attention,
		"max_position_embeddings": c.Positions, "type_vocab_size": c.Segments, "layer_norm_eps": c.Epsilon,
		"pad_token_id": 0, "position_embedding_type": "absolute",
	}
}

// Save puts the body into the sink below "bert".
func (m *Model) Save(s *weights.Sink) {
	s = s.In("bert")
	e := s.In("embeddings")
	m.words.Save(e.In("word_embeddings"))
	m.positions.Save(e.In("position_embeddings"))
	m.segments.Save(e.In("token_type_embeddings"))
	m.norm.Save(e.In("LayerNorm"))
	for i, b := range m.blocks {
		b.save(s.In(fmt.Sprintf("encoder.layer.%d", i)))
	}
}

// Params gives every parameter by name; queries, keys and values are one.
func (m *Model) Params() iter.Seq2[string, *nn.Param] {
	return func(yield func(string, *nn.Param) bool) {
		if !m.embeddingParams(yield) {
			return
		}
		for i, b := range m.blocks {
			if !b.params(fmt.Sprintf("bert.encoder.layer.%d", i), yield) {
				return
			}
		}
	}
}

func (m *Model) embeddingParams(yield func(string, *nn.Param) bool) bool {
	const name = "bert.embeddings."
	return m.words.Params(name+"word_embeddings", yield) &&
		m.positions.Params(name+"position_embeddings", yield) &&
		m.segments.Params(name+"token_type_embeddings", yield) &&
		m.norm.Params(name+"LayerNorm", yield)
}

// Linears gives the layers that an adapter can hang on.
func (m *Model) Linears() iter.Seq2[string, *layer.Linear] {
	return func(yield func(string, *layer.Linear) bool) {
		for i, b := range m.blocks {
			if !b.linears(fmt.Sprintf("bert.encoder.layer.%d", i), yield) {
				return
			}
		}
	}
}

// Layers gives the parameters of the embeddings, then of each block.
func (m *Model) Layers() iter.Seq[[]*nn.Param] {
	return func(yield func([]*nn.Param) bool) {
		var params []*nn.Param
		gather := func(_ string, p *nn.Param) bool { params = append(params, p); return true }
		if m.embeddingParams(gather); !yield(params) {
			return
		}
		for _, b := range m.blocks {
			params = nil
			if b.params("", gather); !yield(params) {
				return
			}
		}
	}
}
