// Package bart holds encoders beside decoders: BART (Lewis et al. 2019, arXiv
// 1910.13461), which summarises, and Marian (Junczys-Dowmunt et al. 2018), whose
// opus-mt models translate, with the weight names of Hugging Face transformers
// (models/bart, models/marian).
package bart

import (
	"fmt"
	"io/fs"
	"math"

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

// Family is BART.
var Family = model.Family{
	Name: "bart", Types: []string{"bart"}, Load: load,
	Tokenizer: func(folder fs.FS) (tokenizer.Tokenizer, error) { return tokenizer.ReadRoBERTa(folder) },
}

// Marian differs from BART in its places, which are computed rather than learned,
// and in the scale of its pieces' representations.
var Marian = model.Family{
	Name: "marian", Types: []string{"marian"}, Load: load,
	Tokenizer: func(folder fs.FS) (tokenizer.Tokenizer, error) { return tokenizer.ReadMarian(folder) },
}

func load(config []byte, s *weights.Source) (model.Backbone, error) {
	c, err := readConfig(config)
	if err != nil {
		return nil, err
	}
	return New(c, s)
}

// Model is the body of a BART or Marian: an encoder and a decoder that share
// their table of pieces.
type Model struct {
	nn.Module
	model.Parts
	config  Config
	words   *layer.Embedding
	encoder stack
	decoder stack
	reading []*encoderBlock
	writing []*decoderBlock
}

// stack is what encoder and decoder have in common.
type stack struct {
	positions *layer.Embedding // learned, or nil
	fixed     mat.Tensor       // [positions x width] computed, or nil
	norm      *layer.LayerNorm // of the embeddings, or nil
}

// The published names.
const (
	prefix        = "model"
	wordTable     = "shared"
	positionTable = "embed_positions"
	tableNorm     = "layernorm_embedding"
)

// firstPosition is where the places begin in BART's tables of them: an offset that
// its authors kept from a padding piece (modeling_bart.py,
// BartLearnedPositionalEmbedding).
const firstPosition = 2

// New takes a body from the source, whose names begin with "model" or with
// nothing.
func New(c Config, s *weights.Source) (*Model, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if !s.Has(wordTable + ".weight") {
		s = s.In(prefix)
	}
	m := &Model{config: c, words: layer.NewEmbedding(s.In(wordTable), c.Vocabulary, c.Width)}
	m.words.Padding = &c.Padding // with which Marian's decoder starts
	m.Parts = m.parts
	m.encoder = m.newStack(s.In("encoder"))
	m.decoder = m.newStack(s.In("decoder"))
	for i := range c.EncoderBlocks {
		m.reading = append(m.reading, newEncoderBlock(s.In("encoder").In(blockName(i)), c))
	}
	for i := range c.DecoderBlocks {
		m.writing = append(m.writing, newDecoderBlock(s.In("decoder").In(blockName(i)), c))
	}
	return m, s.Err()
}

func blockName(i int) string { return fmt.Sprintf("layers.%d", i) }

func (m *Model) newStack(s *weights.Source) stack {
	s.Skip("embed_tokens.weight") // a copy of the shared table, which some files hold
	c := m.config
	if c.Type == "marian" {
		s.Skip(positionTable + ".weight")
		return stack{fixed: op.Constant(c.Positions, c.Width, sinusoids(c.Positions, c.Width))}
	}
	return stack{
		positions: layer.NewEmbedding(s.In(positionTable), c.Positions+firstPosition, c.Width),
		norm:      layer.NewLayerNorm(s.In(tableNorm), c.Width, epsilon),
	}
}

// sinusoids gives Marian's places [positions x width]: sines in the first half of
// each row, cosines in the second (modeling_marian.py,
// MarianSinusoidalPositionalEmbedding).
func sinusoids(positions, width int) []float32 {
	all := make([]float32, positions*width)
	half := (width + 1) / 2
	for p := range positions {
		for i := range width {
			j := i
			if i >= half {
				j = i - half
			}
			sin, cos := math.Sincos(float64(p) / math.Pow(10000, 2*float64(j)/float64(width)))
			if all[p*width+i] = float32(sin); i >= half {
				all[p*width+i] = float32(cos)
			}
		}
	}
	return all
}

// embed gives the representations that a stack begins with. The decoder's come after
// the memory that it reads.
func (m *Model) embed(t *op.Tape, s stack, ids, places []int, memory mat.Tensor) mat.Tensor {
	x := op.EmbedAfter(t, memory, m.words.Lookup(ids))
	if m.config.ScaleEmbedding {
		x = op.Scale(t, x, math.Sqrt(float64(m.config.Width)))
	}
	x = op.Add(t, s.places(t, places), x, 0)
	if s.norm != nil {
		x = s.norm.Forward(t, x)
	}
	return op.Dropout(t, x, m.config.Dropout)
}

func (s stack) places(t *op.Tape, places []int) mat.Tensor {
	if s.fixed != nil {
		return op.Embed(t, op.Lookup{Table: s.fixed, IDs: places})
	}
	shifted := make([]int, len(places))
	for i, p := range places {
		shifted[i] = p + firstPosition
	}
	return op.Embed(t, s.positions.Lookup(shifted))
}

// Encode gives the encoder's last hidden states [tokens x width].
func (m *Model) Encode(t *op.Tape, b *batch.Packed) mat.Tensor {
	x := m.embed(t, m.encoder, b.IDs, model.Places(b.Starts, nil), nil)
	for _, block := range m.reading {
		x = t.Segment(x, func(t *op.Tape, x mat.Tensor) mat.Tensor { return block.forward(t, x, b.Starts, m.config) })
	}
	return x
}

// NewPast gives a past that holds nothing yet.
func (m *Model) NewPast() *model.Past {
	return &model.Past{Self: make([]op.Past, len(m.writing)), Cross: make([]op.Past, len(m.writing))}
}

// Writing gives the rules of what it writes. Marian's padding piece, with which its
// decoder starts, would often win (modeling_marian.py, adjust_logits_during_generation).
func (m *Model) Writing() model.Writing {
	c := m.config
	w := model.Writing{Start: c.DecoderStart, Ends: []int{c.End}, First: c.ForcedBegin, Last: c.ForcedEnd}
	if c.Type == "marian" {
		w.Never = []int{c.Padding}
	}
	return w
}

// Decode gives the decoder's last hidden states [tokens x width]. It needs a
// memory, but for steps that follow a past which holds one.
func (m *Model) Decode(t *op.Tape, b *batch.Packed, memory *model.Memory, past *model.Past) mat.Tensor {
	read := memory.Tensor()
	x := m.embed(t, m.decoder, b.IDs, model.Places(b.Starts, past), read)
	for i, block := range m.writing {
		o := steps{starts: b.Starts, self: past.SelfOf(i), cross: past.CrossOf(i)}
		if memory == nil {
			x = t.Segment(x, func(t *op.Tape, x mat.Tensor) mat.Tensor { return block.forward(t, x, nil, o, m.config) })
			continue
		}
		o.memoryStarts = memory.Starts
		x = t.SegmentOf([]mat.Tensor{x, read}, func(t *op.Tape, x []mat.Tensor) mat.Tensor {
			return block.forward(t, x[0], x[1], o, m.config)
		})
		read = op.Again(t, read)
	}
	return x
}

// LanguageModel takes the head of BartForConditionalGeneration or MarianMTModel
// from the source: the shared table, and a bias that does not learn.
func (m *Model) LanguageModel(s *weights.Source) *head.LanguageModel {
	const bias = "final_logits_bias"
	s.Skip("lm_head.weight")
	l := &head.LanguageModel{Architecture: architectures[m.config.Type], Table: m.words.Weight, BiasName: bias, Fixed: true}
	if s.Has(bias) {
		l.Bias = s.Matrix(bias, 1, m.config.Vocabulary)
	} else {
		l.Bias = op.NewParam(1, m.config.Vocabulary, make([]float32, m.config.Vocabulary))
	}
	l.Bias.SetRequiresGrad(false)
	return l
}

var architectures = map[string]string{"bart": "BartForConditionalGeneration", "marian": "MarianMTModel"}

// Width is the number of values of a token's representation.
func (m *Model) Width() int { return m.config.Width }

// Longest is the number of tokens that a sequence can have.
func (m *Model) Longest() int { return m.config.Positions }

// SetDropout sets the rate of all dropouts of the body.
func (m *Model) SetDropout(rate float64) { m.config.Dropout, m.config.Attention = rate, rate }

// Config gives what config.json says of the body.
func (m *Model) Config() map[string]any {
	c := m.config
	fields := map[string]any{
		"model_type": c.Type, "is_encoder_decoder": true, "vocab_size": c.Vocabulary, "d_model": c.Width,
		"encoder_layers": c.EncoderBlocks, "decoder_layers": c.DecoderBlocks, "num_hidden_layers": c.EncoderBlocks,
		"encoder_attention_heads": c.EncoderHeads, "decoder_attention_heads": c.DecoderHeads,
		"encoder_ffn_dim": c.EncoderInner, "decoder_ffn_dim": c.DecoderInner,
		"activation_function": c.Activation, "activation_dropout": 0.0, "dropout": c.Dropout, "attention_dropout": c.Attention,
		"max_position_embeddings": c.Positions, "scale_embedding": c.ScaleEmbedding,
		"bos_token_id": c.Begin, "pad_token_id": c.Padding, "eos_token_id": c.End,
		"decoder_start_token_id": c.DecoderStart, "forced_bos_token_id": c.ForcedBegin, "forced_eos_token_id": c.ForcedEnd,
	}
	if c.Type == "marian" {
		fields["decoder_vocab_size"] = c.Vocabulary
		fields["static_position_embeddings"], fields["share_encoder_decoder_embeddings"] = true, true
		fields["bad_words_ids"] = [][]int{{c.Padding}}
	}
	return fields
}

// Save puts the body into the sink below "model".
func (m *Model) Save(s *weights.Sink) {
	s = s.In(prefix)
	m.words.Save(s.In(wordTable))
	m.encoder.save(s.In("encoder"))
	for i, b := range m.reading {
		b.save(s.In("encoder").In(blockName(i)))
	}
	m.decoder.save(s.In("decoder"))
	for i, b := range m.writing {
		b.save(s.In("decoder").In(blockName(i)))
	}
}

func (s stack) save(to *weights.Sink) {
	if s.positions != nil {
		s.positions.Save(to.In(positionTable))
		s.norm.Save(to.In(tableNorm))
	}
}

// Shrink keeps so many of the blocks on either side, evenly chosen.
func (m *Model) Shrink(blocks int) {
	m.reading, m.writing = model.Fewer(m.reading, blocks), model.Fewer(m.writing, blocks)
	m.config.EncoderBlocks, m.config.DecoderBlocks = len(m.reading), len(m.writing)
}

// Reading is how many blocks read what the others write about.
func (m *Model) Reading() int { return len(m.reading) }

func (m *Model) parts(p *model.PartList) {
	p.Layer(prefix+"."+wordTable, m.words)
	m.encoder.parts(prefix+".encoder.", p)
	m.decoder.parts(prefix+".decoder.", p)
	for i, b := range m.reading {
		p.Layer(prefix+".encoder."+blockName(i), b)
	}
	for i, b := range m.writing {
		p.Layer(prefix+".decoder."+blockName(i), b)
	}
}

func (s stack) parts(name string, p *model.PartList) {
	if s.positions != nil {
		p.Add(name+positionTable, s.positions)
		p.Add(name+tableNorm, s.norm)
	}
}
