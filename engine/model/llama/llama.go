// Package llama is the decoder of Touvron et al. 2023 (arXiv 2302.13971), with
// the weight names of Hugging Face transformers (models/llama/modeling_llama.py).
// TinyLlama, SmolLM and Qwen2 are the same network.
package llama

import (
	"fmt"
	"io/fs"

	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/batch"
	"attune/engine/head"
	"attune/engine/layer"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/tokenizer"
	"attune/engine/weights"
)

// Family is Llama with the models that share its architecture.
var Family = model.Family{
	Name:  "llama",
	Types: []string{"llama", "qwen2"},
	Load: func(config []byte, s *weights.Source) (model.Backbone, error) {
		c, err := readConfig(config)
		if err != nil {
			return nil, err
		}
		return New(c, s)
	},
	Tokenizer: func(folder fs.FS) (tokenizer.Tokenizer, error) { return tokenizer.ReadLlama(folder) },
	GGUF:      ggufs,
}

// Model is the body of a Llama.
type Model struct {
	nn.Module
	model.Parts
	config      Config
	frequencies []float64 // of the rotations
	words       *layer.Embedding
	blocks      []*block
	norm        *layer.RMSNorm
}

// prefix begins the names of the body's tensors.
const prefix = "model"

// New takes a body from the source, whose names begin with "model" or with
// nothing.
func New(c Config, s *weights.Source) (*Model, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if !s.Has("embed_tokens.weight") {
		s = s.In(prefix)
	}
	m := &Model{
		config: c,
		words:  layer.NewEmbedding(s.In("embed_tokens"), c.Vocabulary, c.Width),
		norm:   layer.NewRMSNorm(s.In("norm"), c.Width, c.Epsilon),
	}
	m.words.Padding = c.Padding
	m.Parts = m.parts
	for i := range c.Blocks {
		m.blocks = append(m.blocks, newBlock(s.In(blockName(i)), c))
	}
	if err := s.Err(); err != nil {
		return nil, err
	}
	m.frequencies = c.frequencies() // of a head's width, which the shapes have borne out
	return m, nil
}

func blockName(i int) string { return fmt.Sprintf("layers.%d", i) }

// NewPast gives a past that holds nothing yet.
func (m *Model) NewPast() *model.Past { return &model.Past{Self: make([]op.Past, len(m.blocks))} }

// Writing gives the rules of what it writes.
func (m *Model) Writing() model.Writing { return model.Writing{Ends: m.config.ends()} }

// Decode gives the last hidden states [tokens x width]. It has no memory.
func (m *Model) Decode(t *op.Tape, b *batch.Packed, _ *model.Memory, past *model.Past) mat.Tensor {
	rotation := op.NewRotation(t, model.Places(b.Starts, past), m.frequencies)
	x := op.Embed(t, m.words.Lookup(b.IDs))
	for i, block := range m.blocks {
		x = t.Segment(x, func(t *op.Tape, x mat.Tensor) mat.Tensor {
			o := op.Attention{Dropout: m.config.Attention, Rotation: rotation, Past: past.SelfOf(i)}
			return block.forward(t, x, b.Starts, o, m.config.Dropout)
		})
	}
	return m.norm.Forward(t, x)
}

// Encode is Decode of whole texts: a text is read by its last token.
func (m *Model) Encode(t *op.Tape, b *batch.Packed) mat.Tensor { return m.Decode(t, b, nil, nil) }

// LanguageModel takes the head of LlamaForCausalLM from the source.
func (m *Model) LanguageModel(s *weights.Source) *head.LanguageModel {
	const name = "lm_head.weight"
	l := &head.LanguageModel{Architecture: m.config.class() + "ForCausalLM", Table: m.words.Weight}
	if m.config.Tied {
		s.Skip(name)
		return l
	}
	l.Table, l.Name = s.Matrix(name, m.config.Vocabulary, m.config.Width), name
	return l
}

// Classifier takes the head of LlamaForSequenceClassification from the source.
func (m *Model) Classifier(s *weights.Source, classes int) *head.Classifier {
	names := head.Names{Architecture: m.config.class() + "ForSequenceClassification", Out: "score"}
	return head.NewScore(s, names, m.config.Width, classes)
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
		"model_type": c.Type, "vocab_size": c.Vocabulary, "hidden_size": c.Width, "num_hidden_layers": c.Blocks,
		"num_attention_heads": c.Heads, "num_key_value_heads": c.keyHeads(), "head_dim": c.headWidth(),
		"intermediate_size": c.Inner, "hidden_act": c.Activation, "max_position_embeddings": c.Positions,
		"rms_norm_eps": c.Epsilon, "rope_theta": c.Theta, "rope_scaling": nil,
		"attention_bias": c.AttentionBias, "mlp_bias": false, "attention_dropout": c.Attention,
		"tie_word_embeddings": c.Tied, "bos_token_id": c.Begin, "eos_token_id": c.End, "pad_token_id": c.Padding,
	}
}

// Save puts the body into the sink below "model".
func (m *Model) Save(s *weights.Sink) {
	s = s.In(prefix)
	m.words.Save(s.In("embed_tokens"))
	for i, b := range m.blocks {
		b.save(s.In(blockName(i)))
	}
	m.norm.Save(s.In("norm"))
}

func (m *Model) parts(p *model.PartList) {
	p.Layer(prefix+".embed_tokens", m.words)
	for i, b := range m.blocks {
		p.Layer(prefix+"."+blockName(i), b)
	}
	p.Add(prefix+".norm", m.norm)
}

// Shrink keeps so many of the blocks, evenly chosen.
func (m *Model) Shrink(blocks int) {
	m.blocks = model.Fewer(m.blocks, blocks)
	m.config.Blocks = len(m.blocks)
}
