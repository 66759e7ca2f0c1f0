// Package xlnet is the encoder of Yang et al. 2019 (arXiv 1906.08237), which is
// pre-trained by predicting words in many orders, with the weight names of Hugging
// Face transformers (models/xlnet/modeling_xlnet.py).
package xlnet

import (
	"fmt"
	"io/fs"
	"math"

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

// Family is XLNet.
var Family = model.Family{
	Name:  "xlnet",
	Types: []string{"xlnet"},
	Load: func(config []byte, s *weights.Source) (model.Backbone, error) {
		c, err := readConfig(config)
		if err != nil {
			return nil, err
		}
		return New(c, s)
	},
	Tokenizer: func(folder fs.FS) (tokenizer.Tokenizer, error) { return tokenizer.ReadXLNet(folder) },
}

// Model is the body of an XLNet.
type Model struct {
	nn.Module
	model.Parts
	config Config
	words  *layer.Embedding
	asked  *nn.Param // [1 x width] stands for a piece that is to be predicted
	blocks []*block
}

// The published names.
const (
	prefix    = "transformer"
	wordTable = "word_embedding"
	askedName = "mask_emb"
)

// New takes a body from the source, whose names begin with "transformer" or with
// nothing.
func New(c Config, s *weights.Source) (*Model, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if !s.Has(wordTable + ".weight") {
		s = s.In(prefix)
	}
	m := &Model{
		config: c,
		words:  layer.NewEmbedding(s.In(wordTable), c.Vocabulary, c.Width),
		asked:  s.Reshaped(askedName, 1, c.Width, 1, 1, c.Width),
	}
	m.Parts = m.parts
	for i := range c.Blocks {
		m.blocks = append(m.blocks, newBlock(s.In(blockName(i)), c))
	}
	return m, s.Err()
}

func blockName(i int) string { return fmt.Sprintf("layer.%d", i) }

// Encode gives the last hidden states [tokens x width], each from all tokens of its
// sequence.
func (m *Model) Encode(t *op.Tape, b *batch.Packed) mat.Tensor {
	x := op.Dropout(t, op.Embed(t, m.words.Lookup(b.IDs)), m.config.Dropout)
	p := pass{b, m.distances(t, b.Starts), m.config}
	for _, block := range m.blocks {
		x = t.Segment(x, func(t *op.Tape, x mat.Tensor) mat.Tensor { return block.forward(t, x, p) })
	}
	return x
}

// Predict gives the last hidden states [rows x width] of tokens to predict, sequence by
// sequence, each from its place and the tokens of lower rank, but not from itself: the
// query stream of two-stream attention, beside the content stream that Encode gives
// when no order hides anything.
func (m *Model) Predict(t *op.Tape, b *batch.Packed, rows []int) mat.Tensor {
	s := newStreams(b, rows)
	x := op.Embed(t, s.pieces(m.words, b.IDs), s.asks(m.asked))
	x = op.Dropout(t, x, m.config.Dropout)
	p := pass{b, m.distances(t, b.Starts), m.config}
	for i, block := range m.blocks {
		forward := block.both
		if i == len(m.blocks)-1 { // nothing reads the last block's content
			forward = block.asked
		}
		x = t.Segment(x, func(t *op.Tape, x mat.Tensor) mat.Tensor { return forward(t, x, s, p) })
	}
	return x
}

// distances gives the representations [2·longest x width] of how far a key stands
// before its query, from longest places on: sines in the first half of a row,
// cosines in the second.
func (m *Model) distances(t *op.Tape, starts []int) mat.Tensor {
	longest := 0
	for s := range len(starts) - 1 {
		longest = max(longest, starts[s+1]-starts[s])
	}
	width, half := m.config.Width, m.config.Width/2
	values := t.Buffer(2 * longest * width)
	for i := range 2 * longest {
		distance := longest - i
		if clamp := m.config.Clamp; clamp > 0 {
			distance = min(max(distance, -clamp), clamp)
		}
		for j := range half {
			sin, cos := math.Sincos(float64(distance) / math.Pow(10000, 2*float64(j)/float64(width)))
			values[i*width+j], values[i*width+half+j] = float32(sin), float32(cos)
		}
	}
	return op.Dropout(t, op.Constant(2*longest, width, values), m.config.Dropout)
}

// LanguageModel takes the head of XLNetLMHeadModel from the source.
func (m *Model) LanguageModel(s *weights.Source) *head.LanguageModel {
	const bias = "lm_loss.bias"
	s.Skip("lm_loss.weight") // a copy of the table of pieces
	return &head.LanguageModel{
		Architecture: "XLNetLMHeadModel", Table: m.words.Weight,
		Bias: s.Vector(bias, m.config.Vocabulary), BiasName: bias,
	}
}

// Classifier takes the head of XLNetForSequenceClassification from the source. It
// reads the last token, which XLNet sets behind a text as BERT sets one before.
func (m *Model) Classifier(s *weights.Source, classes int) *head.Classifier {
	names := head.Names{Architecture: "XLNetForSequenceClassification", Pool: "sequence_summary.summary", Out: "logits_proj"}
	c := head.NewClassifier(s, names, m.config.Width, classes, kernel.Tanh)
	c.Pooling, c.Dropout = head.Last, m.config.Dropout
	return c
}

// Tagger takes the head of XLNetForTokenClassification from the source.
func (m *Model) Tagger(s *weights.Source, classes int) *head.Tagger {
	return head.NewTagger(s, "XLNetForTokenClassification", "classifier", m.config.Width, classes)
}

// Span takes the head of XLNetForQuestionAnsweringSimple from the source.
func (m *Model) Span(s *weights.Source) *head.Tagger {
	return head.NewTagger(s, "XLNetForQuestionAnsweringSimple", "qa_outputs", m.config.Width, 2)
}

// Width is the number of values of a token's representation.
func (m *Model) Width() int { return m.config.Width }

// Longest is the number of tokens that the published models were trained with.
// XLNet can read more, since it knows distances and no places.
func (m *Model) Longest() int { return 512 }

// SetDropout sets the rate of all dropouts of the body.
func (m *Model) SetDropout(rate float64) { m.config.Dropout = rate }

// Config gives what config.json says of the body.
func (m *Model) Config() map[string]any {
	c := m.config
	return map[string]any{
		"model_type": "xlnet", "vocab_size": c.Vocabulary, "d_model": c.Width, "n_layer": c.Blocks, "n_head": c.Heads,
		"d_head": c.headWidth(), "d_inner": c.Inner, "ff_activation": c.Activation, "attn_type": c.Kind,
		"untie_r": true, "bi_data": false, "clamp_len": c.Clamp, "same_length": false, "mem_len": nil, "reuse_len": nil,
		"dropout": c.Dropout, "layer_norm_eps": c.Epsilon, "pad_token_id": c.Padding, "bos_token_id": c.Begin,
		"eos_token_id": c.End, "summary_type": "last", "summary_use_proj": true, "summary_activation": "tanh",
		"summary_last_dropout": c.Dropout,
	}
}

// Save puts the body into the sink below "transformer".
func (m *Model) Save(s *weights.Sink) {
	s = s.In(prefix)
	m.words.Save(s.In(wordTable))
	s.Reshaped(askedName, m.asked, 1, 1, m.config.Width)
	for i, b := range m.blocks {
		b.save(s.In(blockName(i)), m.config)
	}
}

func (m *Model) parts(p *model.PartList) {
	p.Layer(prefix+"."+wordTable, m.words)
	p.Add(prefix+"."+askedName, model.Alone{Param: m.asked})
	for i, b := range m.blocks {
		p.Layer(prefix+"."+blockName(i), b)
	}
}
