// Package gpt2 is the decoder of Radford et al. 2019, with the weight names of
// Hugging Face transformers (models/gpt2/modeling_gpt2.py). GPT-3 is the same
// network at a larger size, whose weights were never published.
package gpt2

import (
	"fmt"
	"io/fs"

	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/batch"
	"attune/engine/layer"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/tokenizer"
	"attune/engine/weights"
)

// Family is GPT-2 with the models that share its architecture, such as DistilGPT-2.
var Family = model.Family{
	Name:  "gpt2",
	Types: []string{"gpt2"},
	Load: func(config []byte, s *weights.Source) (model.Backbone, error) {
		c, err := readConfig(config)
		if err != nil {
			return nil, err
		}
		return New(c, s)
	},
	Tokenizer: func(folder fs.FS) (tokenizer.Tokenizer, error) { return tokenizer.ReadGPT2(folder) },
	GGUF:      ggufs,
}

// Model is the body of a GPT-2.
type Model struct {
	nn.Module
	model.Parts
	config           Config
	words, positions *layer.Embedding
	blocks           []*block
	norm             *layer.LayerNorm
}

// prefix begins the names of the body's tensors, unless they have none.
const prefix = "transformer"

// New takes a body from the source, whose names begin with "transformer" or with
// nothing.
func New(c Config, s *weights.Source) (*Model, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if !s.Has("wte.weight") {
		s = s.In(prefix)
	}
	m := &Model{
		config:    c,
		words:     layer.NewEmbedding(s.In("wte"), c.Vocabulary, c.Width),
		positions: layer.NewEmbedding(s.In("wpe"), c.Positions, c.Width),
		norm:      layer.NewLayerNorm(s.In("ln_f"), c.Width, c.Epsilon),
	}
	m.Parts = m.parts
	for i := range c.Blocks {
		m.blocks = append(m.blocks, newBlock(s.In(blockName(i)), c, i))
	}
	return m, s.Err()
}

func blockName(i int) string { return fmt.Sprintf("h.%d", i) }

// NewPast gives a past that holds nothing yet.
func (m *Model) NewPast() *model.Past { return &model.Past{Self: make([]op.Past, len(m.blocks))} }

// Writing gives the rules of what it writes.
func (m *Model) Writing() model.Writing { return model.Writing{Ends: []int{m.config.End}} }

// Decode gives the last hidden states [tokens x width]. It has no memory.
func (m *Model) Decode(t *op.Tape, b *batch.Packed, _ *model.Memory, past *model.Past) mat.Tensor {
	places := model.Places(b.Starts, past)
	x := op.Embed(t, m.words.Lookup(b.IDs), m.positions.Lookup(places))
	x = op.Dropout(t, x, m.config.Embedding)
	for i, block := range m.blocks {
		x = t.Segment(x, func(t *op.Tape, x mat.Tensor) mat.Tensor {
			return block.forward(t, x, b.Starts, m.config, past.SelfOf(i))
		})
	}
	return m.norm.Forward(t, x)
}

// Encode is Decode of whole texts: a text is read by its last token.
func (m *Model) Encode(t *op.Tape, b *batch.Packed) mat.Tensor { return m.Decode(t, b, nil, nil) }

// Width is the number of values of a token's representation.
func (m *Model) Width() int { return m.config.Width }

// Longest is the number of tokens that a sequence can have.
func (m *Model) Longest() int { return m.config.Positions }

// SetDropout sets the rate of all dropouts of the body.
func (m *Model) SetDropout(rate float64) {
	m.config.Dropout, m.config.Embedding, m.config.Attention = rate, rate, rate
}

// Config gives what config.json says of the body.
func (m *Model) Config() map[string]any {
	c := m.config
	fields := map[string]any{
		"model_type": "gpt2", "vocab_size": c.Vocabulary, "n_embd": c.Width, "n_layer": c.Blocks, "n_head": c.Heads,
		"n_inner": nil, "n_positions": c.Positions, "n_ctx": c.Positions, "activation_function": c.Activation,
		"resid_pdrop": c.Dropout, "embd_pdrop": c.Embedding, "attn_pdrop": c.Attention,
		"layer_norm_epsilon": c.Epsilon, "scale_attn_weights": c.Scaled,
		"scale_attn_by_inverse_layer_idx": c.ScaledByBlock, "bos_token_id": c.Begin, "eos_token_id": c.End,
	}
	if c.Inner != 0 {
		fields["n_inner"] = c.Inner
	}
	return fields
}

// Save puts the body into the sink below "transformer".
func (m *Model) Save(s *weights.Sink) {
	s = s.In(prefix)
	m.words.Save(s.In("wte"))
	m.positions.Save(s.In("wpe"))
	for i, b := range m.blocks {
		b.save(s.In(blockName(i)))
	}
	m.norm.Save(s.In("ln_f"))
}

func (m *Model) parts(p *model.PartList) {
	p.Layer(prefix+".wte", m.words)
	p.Add(prefix+".wpe", m.positions)
	for i, b := range m.blocks {
		p.Layer(prefix+"."+blockName(i), b)
	}
	p.Add(prefix+".ln_f", m.norm)
}

// Shrink keeps so many of the blocks, evenly chosen.
func (m *Model) Shrink(blocks int) {
	m.blocks = model.Fewer(m.blocks, blocks)
	m.config.Blocks = len(m.blocks)
	for i, b := range m.blocks {
		b.attention.Scale = m.config.scale(i)
	}
}
