// Package t5 is the encoder beside a decoder of Raffel et al. 2020 (arXiv
// 1910.10683), with the weight names of Hugging Face transformers
// (models/t5/modeling_t5.py): T5 1.0 and 1.1, whose feed-forward networks are
// gated.
package t5

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

// Family is T5 with the models that share its architecture.
var Family = model.Family{
	Name:  "t5",
	Types: []string{"t5"},
	Load: func(config []byte, s *weights.Source) (model.Backbone, error) {
		c, err := readConfig(config)
		if err != nil {
			return nil, err
		}
		return New(c, s)
	},
	Tokenizer: func(folder fs.FS) (tokenizer.Tokenizer, error) { return tokenizer.ReadT5(folder) },
}

// Model is the body of a T5: an encoder and a decoder that share their table of
// pieces.
type Model struct {
	nn.Module
	model.Parts
	config           Config
	words            *layer.Embedding
	encoder, decoder *stack
}

const wordTable = "shared"

// New takes a body from the source.
func New(c Config, s *weights.Source) (*Model, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	s.Skip("encoder.embed_tokens.weight", "decoder.embed_tokens.weight") // copies of the shared table
	m := &Model{
		config:  c,
		words:   layer.NewEmbedding(s.In(wordTable), c.Vocabulary, c.Width),
		encoder: newStack(s, "encoder", c, c.EncoderBlocks, false),
		decoder: newStack(s, "decoder", c, c.decoderBlocks(), true),
	}
	m.Parts = m.parts
	return m, s.Err()
}

// Encode gives the encoder's last hidden states [tokens x width].
func (m *Model) Encode(t *op.Tape, b *batch.Packed) mat.Tensor {
	return m.encoder.forward(t, m.embed(t, b, nil), b.Starts, nil, nil, m.config)
}

// Decode gives the decoder's last hidden states [tokens x width]. It needs a
// memory, but for steps that follow a past which holds one.
func (m *Model) Decode(t *op.Tape, b *batch.Packed, memory *model.Memory, past *model.Past) mat.Tensor {
	return m.decoder.forward(t, m.embed(t, b, memory), b.Starts, memory, past, m.config)
}

// embed gives what a stack begins with, the decoder after the memory that it reads.
func (m *Model) embed(t *op.Tape, b *batch.Packed, memory *model.Memory) mat.Tensor {
	return op.Dropout(t, op.EmbedAfter(t, memory.Tensor(), m.words.Lookup(b.IDs)), m.config.Dropout)
}

// NewPast gives a past that holds nothing yet.
func (m *Model) NewPast() *model.Past {
	n := len(m.decoder.blocks)
	return &model.Past{Self: make([]op.Past, n), Cross: make([]op.Past, n)}
}

// Writing gives the rules of what it writes.
func (m *Model) Writing() model.Writing {
	return model.Writing{Start: m.config.DecoderStart, Ends: []int{m.config.End}}
}

// LanguageModel takes the head of T5ForConditionalGeneration from the source.
func (m *Model) LanguageModel(s *weights.Source) *head.LanguageModel {
	const name = "lm_head.weight"
	l := &head.LanguageModel{Architecture: "T5ForConditionalGeneration", Table: m.words.Weight, Scale: m.config.headScale()}
	if m.config.Tied {
		s.Skip(name)
		return l
	}
	l.Table, l.Name = s.Matrix(name, m.config.Vocabulary, m.config.Width), name
	return l
}

// Sentinel gives the name of the piece that stands for a gap, counted from 0: T5 was
// pre-trained to write what stood in them.
func (m *Model) Sentinel(gap int) string { return fmt.Sprintf("<extra_id_%d>", gap) }

// Width is the number of values of a token's representation.
func (m *Model) Width() int { return m.config.Width }

// Longest is the number of tokens that the model was trained with. It can read
// more, since it knows distances and no places.
func (m *Model) Longest() int { return m.config.Positions }

// SetDropout sets the rate of all dropouts of the body.
func (m *Model) SetDropout(rate float64) { m.config.Dropout = rate }

// Config gives what config.json says of the body.
func (m *Model) Config() map[string]any {
	c := m.config
	return map[string]any{
		"model_type": "t5", "is_encoder_decoder": true, "vocab_size": c.Vocabulary, "d_model": c.Width,
		"d_kv": c.HeadWidth, "d_ff": c.Inner, "num_layers": c.EncoderBlocks, "num_decoder_layers": c.decoderBlocks(),
		"num_heads": c.Heads, "relative_attention_num_buckets": c.Buckets, "relative_attention_max_distance": c.Farthest,
		"feed_forward_proj": c.FeedForward, "is_gated_act": feedForwards[c.FeedForward].gated,
		"dropout_rate": c.Dropout, "layer_norm_epsilon": c.Epsilon, "n_positions": c.Positions,
		"tie_word_embeddings": c.Tied, "pad_token_id": c.Padding, "eos_token_id": c.End,
		"decoder_start_token_id": c.DecoderStart,
	}
}

// Save puts the body into the sink.
func (m *Model) Save(s *weights.Sink) {
	m.words.Save(s.In(wordTable))
	m.encoder.save(s)
	m.decoder.save(s)
}

// Shrink keeps so many of the blocks on either side, evenly chosen.
func (m *Model) Shrink(blocks int) {
	m.encoder.blocks, m.decoder.blocks = model.Fewer(m.encoder.blocks, blocks), model.Fewer(m.decoder.blocks, blocks)
	m.config.EncoderBlocks, m.config.DecoderBlocks = len(m.encoder.blocks), len(m.decoder.blocks)
}

// Reading is how many blocks read what the others write about.
func (m *Model) Reading() int { return len(m.encoder.blocks) }

func (m *Model) parts(p *model.PartList) {
	p.Layer(wordTable, m.words)
	m.encoder.parts(p)
	m.decoder.parts(p)
}

// stack is the encoder or the decoder.
type stack struct {
	name      string
	causal    bool
	distances *nn.Param // [buckets x heads], which the first block is published with and all use
	blocks    []*block
	norm      *layer.RMSNorm
}

const (
	distanceTable = "layer.0.SelfAttention.relative_attention_bias.weight"
	lastNorm      = "final_layer_norm"
)

func newStack(s *weights.Source, name string, c Config, blocks int, writes bool) *stack {
	k := &stack{name: name, causal: writes, norm: layer.NewRMSNorm(s.In(name).In(lastNorm), c.Width, c.Epsilon)}
	k.distances = s.In(k.blockName(0)).Matrix(distanceTable, c.Buckets, c.Heads)
	for i := range blocks {
		k.blocks = append(k.blocks, newBlock(s.In(k.blockName(i)), c, writes))
	}
	return k
}

func (k *stack) blockName(i int) string { return fmt.Sprintf("%s.block.%d", k.name, i) }

func (k *stack) forward(t *op.Tape, x mat.Tensor, starts []int, memory *model.Memory, past *model.Past, c Config) mat.Tensor {
	buckets := &op.Buckets{Table: k.distances, Causal: k.causal, Farthest: c.Farthest}
	read := memory.Tensor()
	for i, b := range k.blocks {
		o := steps{starts: starts, buckets: buckets, self: past.SelfOf(i)}
		if b.cross != nil {
			o.cross = past.CrossOf(i)
		}
		if memory == nil {
			x = t.Segment(x, func(t *op.Tape, x mat.Tensor) mat.Tensor { return b.forward(t, x, nil, o, c) })
			continue
		}
		o.memoryStarts = memory.Starts
		x = t.SegmentOf([]mat.Tensor{x, read}, func(t *op.Tape, x []mat.Tensor) mat.Tensor {
			return b.forward(t, x[0], x[1], o, c)
		})
		read = op.Again(t, read)
	}
	return op.Dropout(t, k.norm.Forward(t, x), c.Dropout)
}

func (k *stack) save(s *weights.Sink) {
	s.In(k.blockName(0)).Matrix(distanceTable, k.distances)
	for i, b := range k.blocks {
		b.save(s.In(k.blockName(i)))
	}
	k.norm.Save(s.In(k.name).In(lastNorm))
}

func (k *stack) parts(p *model.PartList) {
	for i, b := range k.blocks {
		p.Layer(k.blockName(i), b)
		if i == 0 {
			p.Add(k.blockName(0)+"."+distanceTable, model.Alone{Param: k.distances})
		}
	}
	p.Add(k.name+"."+lastNorm, k.norm)
}
