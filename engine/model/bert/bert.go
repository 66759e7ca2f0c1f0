// Package bert is the encoder of Devlin et al. 2018 (arXiv 1810.04805), with the
// weight names of Hugging Face transformers (models/bert/modeling_bert.py).
package bert

import (
	"fmt"
	"io/fs"

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

// Family is BERT as it was published first.
var Family = model.Family{Name: "bert", Types: []string{"bert"}, Load: bert.open, Tokenizer: wordPiece}

func wordPiece(folder fs.FS) (tokenizer.Tokenizer, error) { return tokenizer.ReadBERT(folder) }

var bert = variant{
	kind: "bert", class: "Bert", prefix: "bert", blocks: "encoder.layer",
	block: blockNames{
		queryKeyValue:   [3]string{"attention.self.query", "attention.self.key", "attention.self.value"},
		stacked:         "attention.self.qkv",
		attentionOutput: "attention.output.dense", attentionNorm: "attention.output.LayerNorm",
		inner: "intermediate.dense", output: "output.dense", outputNorm: "output.LayerNorm",
	},
	pool: "bert.pooler.dense", out: "classifier", activation: kernel.Tanh,
	masked: head.MaskedNames{
		Dense: "cls.predictions.transform.dense", Norm: "cls.predictions.transform.LayerNorm",
		Table: "cls.predictions.decoder", Bias: "cls.predictions",
	},
	read: readBert, write: writeBert,
}

func readBert(text []byte) (Config, error) {
	c, err := readOver(bertBase, text)
	if err != nil {
		return Config{}, err
	}
	return c, c.check()
}

func writeBert(c Config) map[string]any {
	fields := map[string]any{
		"vocab_size": c.Vocabulary, "hidden_size": c.Width,
		"num_hidden_layers": c.Blocks, "num_attention_heads": c.Heads, "intermediate_size": c.Inner,
		"hidden_act": c.Activation, "hidden_dropout_prob": c.Dropout, "attention_probs_dropout_prob": c.Attention,
		"max_position_embeddings": c.Positions, "type_vocab_size": c.Segments, "layer_norm_eps": c.Epsilon,
		"pad_token_id": c.Padding, "position_embedding_type": "absolute",
	}
	if c.HeadDropout != nil {
		fields["classifier_dropout"] = *c.HeadDropout
	}
	return fields
}

// Model is the body of a BERT or of one of its kin.
type Model struct {
	nn.Module
	model.Parts
	variant                    variant
	config                     Config
	words, positions, segments *layer.Embedding // segments may be nil
	norm                       *layer.LayerNorm
	project                    *layer.Linear // from the embeddings' width to the blocks', or nil
	blocks                     []*block      // one where it stands for all
}

// New takes the body of a BERT from the source, whose names begin with "bert" or
// with nothing.
func New(c Config, s *weights.Source) (*Model, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	return bert.load(c, s)
}

const (
	wordTable     = "word_embeddings"
	positionTable = "position_embeddings"
	segmentTable  = "token_type_embeddings"
	tableNorm     = "LayerNorm"
)

func (v variant) load(c Config, s *weights.Source) (*Model, error) {
	if !s.Has("embeddings." + wordTable + ".weight") {
		s = s.In(v.prefix)
	}
	e := s.In("embeddings")
	m := &Model{
		variant: v, config: c,
		words:     layer.NewEmbedding(e.In(wordTable), c.Vocabulary, c.embedding()),
		positions: layer.NewEmbedding(e.In(positionTable), c.Positions, c.embedding()),
		norm:      layer.NewLayerNorm(e.In(tableNorm), c.embedding(), c.Epsilon),
	}
	m.words.Padding = &c.Padding
	m.Parts = m.parts
	if c.Segments > 0 {
		m.segments = layer.NewEmbedding(e.In(segmentTable), c.Segments, c.embedding())
	}
	if v.shared || c.embedding() != c.Width {
		m.project = layer.NewLinear(s.In(v.projection), c.embedding(), c.Width)
	}
	different := c.Blocks
	if v.shared {
		different = 1
	}
	for i := range different {
		m.blocks = append(m.blocks, newBlock(s.In(v.blockName(i)), c, v.block))
	}
	return m, s.Err()
}

func (v variant) blockName(i int) string { return fmt.Sprintf("%s.%d", v.blocks, i) }

// Encode gives the last hidden states [tokens x width].
func (m *Model) Encode(t *op.Tape, b *batch.Packed) mat.Tensor { return m.EncodeMarked(t, b) }

// EncodeMarked is Encode with entries of further tables added to the embeddings of the
// tokens, whose width they have.
func (m *Model) EncodeMarked(t *op.Tape, b *batch.Packed, marks ...op.Lookup) mat.Tensor {
	lookups := append([]op.Lookup{m.words.Lookup(b.IDs), m.positions.Lookup(m.places(b.Starts))}, marks...)
	if m.segments != nil {
		lookups = append(lookups, m.segments.Lookup(m.segmentsOf(b)))
	}
	x := op.Dropout(t, m.norm.Forward(t, op.Embed(t, lookups...)), m.config.Dropout)
	if m.project != nil {
		x = m.project.Forward(t, x)
	}
	for i := range m.config.Blocks {
		block := m.blocks[i%len(m.blocks)]
		x = t.Segment(x, func(t *op.Tape, x mat.Tensor) mat.Tensor { return block.forward(t, x, b.Starts, m.config) })
	}
	return x
}

// places gives each token the number of its place in its sequence.
func (m *Model) places(starts []int) []int {
	all := model.Places(starts, nil)
	for i := range all {
		all[i] += m.config.First
	}
	return all
}

// segmentsOf gives each token its segment; a model with one kind of segment, such
// as RoBERTa, does not tell two texts apart by it.
func (m *Model) segmentsOf(b *batch.Packed) []int {
	if m.config.Segments == 1 {
		return make([]int, len(b.Segments))
	}
	return b.Segments
}

// EmbeddingWidth is the number of values of a token's embedding.
func (m *Model) EmbeddingWidth() int { return m.config.embedding() }

// Width is the number of values of a token's representation.
func (m *Model) Width() int { return m.config.Width }

// Longest is the number of tokens that a sequence can have.
func (m *Model) Longest() int { return m.config.Positions - m.config.First }

// SetDropout sets the rate of all dropouts of the body.
func (m *Model) SetDropout(rate float64) { m.config.Dropout, m.config.Attention = rate, rate }

// Config gives what config.json says of the body.
func (m *Model) Config() map[string]any {
	fields := m.variant.write(m.config)
	fields["model_type"] = m.variant.kind
	return fields
}

// Save puts the body into the sink below its published prefix.
func (m *Model) Save(s *weights.Sink) {
	s = s.In(m.variant.prefix)
	e := s.In("embeddings")
	m.words.Save(e.In(wordTable))
	m.positions.Save(e.In(positionTable))
	if m.segments != nil {
		m.segments.Save(e.In(segmentTable))
	}
	m.norm.Save(e.In(tableNorm))
	if m.project != nil {
		m.project.Save(s.In(m.variant.projection))
	}
	for i, b := range m.blocks {
		b.save(s.In(m.variant.blockName(i)))
	}
}

func (m *Model) parts(p *model.PartList) {
	prefix := m.variant.prefix + "."
	embeddings := prefix + "embeddings."
	p.Layer(embeddings+wordTable, m.words)
	p.Add(embeddings+positionTable, m.positions)
	if m.segments != nil {
		p.Add(embeddings+segmentTable, m.segments)
	}
	p.Add(embeddings+tableNorm, m.norm)
	if m.project != nil {
		p.Add(prefix+m.variant.projection, m.project)
	}
	for i, b := range m.blocks {
		p.Layer(prefix+m.variant.blockName(i), b)
	}
}

// Shrink keeps so many of the blocks, evenly chosen.
func (m *Model) Shrink(blocks int) {
	if len(m.blocks) == m.config.Blocks { // else one stands for all
		m.blocks = model.Fewer(m.blocks, blocks)
		m.config.Blocks = len(m.blocks)
	}
}
