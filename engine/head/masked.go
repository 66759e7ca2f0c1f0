package head

import (
	"iter"

	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/layer"
	"attune/engine/loss"
	"attune/engine/op"
	"attune/engine/weights"
)

// Masked scores which piece stands in a hidden place: a dense layer with an
// activation and a normalisation, then a product with the body's own table of
// pieces and a bias a piece (Devlin et al. 2018, 3.1).
type Masked struct {
	nn.Module
	Names      MaskedNames
	Dense      *layer.Linear // [table's width x width]
	Activation op.Activation
	Norm       *layer.LayerNorm
	Table      *nn.Param // [pieces x table's width], the body's as a rule
	Bias       *nn.Param // [1 x pieces]

	tied bool // the table is the body's
}

// MaskedNames are the published names of the whole model and of a masked head's
// layers. The last two end in ".weight" and ".bias" in a file.
type MaskedNames struct{ Architecture, Dense, Norm, Table, Bias string }

// NewMasked takes the layers from the source. It shares the body's table of pieces
// unless the source holds another for the head.
func NewMasked(s *weights.Source, names MaskedNames, words *layer.Embedding, width int, activation op.Activation, epsilon float64) *Masked {
	pieces, narrow := op.Size(words.Weight)
	s.In(names.Table).Skip("bias") // of BERT, a copy
	m := &Masked{
		Names: names, Activation: activation,
		Dense: layer.NewLinear(s.In(names.Dense), width, narrow),
		Norm:  layer.NewLayerNorm(s.In(names.Norm), narrow, epsilon),
		Table: s.In(names.Table).Tied("weight", words.Weight),
		Bias:  s.In(names.Bias).Vector("bias", pieces),
	}
	m.tied = m.Table == words.Weight
	return m
}

// Save puts the layers into the sink; the body saves its own table.
func (m *Masked) Save(s *weights.Sink) {
	m.Dense.Save(s.In(m.Names.Dense))
	m.Norm.Save(s.In(m.Names.Norm))
	if !m.tied {
		s.In(m.Names.Table).Matrix("weight", m.Table)
	}
	s.In(m.Names.Bias).Vector("bias", m.Bias)
}

// Forward gives logits [rows x pieces] for x [rows x width].
func (m *Masked) Forward(t *op.Tape, x mat.Tensor) mat.Tensor {
	return op.Linear(t, m.transform(t, x), m.Table, m.Bias)
}

// Loss gives the mean cross-entropy of the targets for x [rows x width], in nats,
// without holding all logits.
func (m *Masked) Loss(t *op.Tape, x mat.Tensor, targets []int) mat.Tensor {
	return loss.LinearCrossEntropy(t, m.transform(t, x), m.Table, m.Bias, targets, loss.CrossEntropyOptions{})
}

// transform is what comes before the product with the table.
func (m *Masked) transform(t *op.Tape, x mat.Tensor) mat.Tensor {
	return m.Norm.Forward(t, op.Activate(t, m.Dense.Forward(t, x), m.Activation))
}

// Params gives the head's parameters by name, without a table that is the body's.
func (m *Masked) Params() iter.Seq2[string, *nn.Param] {
	return func(yield func(string, *nn.Param) bool) {
		_ = m.Dense.Params(m.Names.Dense, yield) && m.Norm.Params(m.Names.Norm, yield) &&
			(m.tied || yield(m.Names.Table+".weight", m.Table)) &&
			yield(m.Names.Bias+".bias", m.Bias)
	}
}

// Describe adds what config.json says of the head.
func (m *Masked) Describe(config map[string]any) {
	config["architectures"] = []string{m.Names.Architecture}
	config["tie_word_embeddings"] = m.tied
}
