package head

import (
	"cmp"
	"iter"

	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/loss"
	"attune/engine/op"
	"attune/engine/weights"
)

// LanguageModel scores which piece comes next: a product with a table of pieces,
// which is the body's own unless Name says otherwise (Press and Wolf 2017).
type LanguageModel struct {
	nn.Module
	Architecture string    // published name of the whole model
	Table        *nn.Param // [pieces x width]
	Name         string    // of a table of the head's own, "" for the body's
	Bias         *nn.Param // [1 x pieces] or nil
	BiasName     string
	Fixed        bool    // the bias does not learn, and is stored with two dimensions
	Scale        float64 // of the representations, before the product; 0 for 1
}

// Save puts the head's own tensors into the sink; the body saves a shared table.
func (l *LanguageModel) Save(s *weights.Sink) {
	if l.Name != "" {
		s.Matrix(l.Name, l.Table)
	}
	switch {
	case l.Bias != nil && l.Fixed:
		s.Matrix(l.BiasName, l.Bias)
	case l.Bias != nil:
		s.Vector(l.BiasName, l.Bias)
	}
}

// Forward gives logits [rows x pieces] for x [rows x width].
func (l *LanguageModel) Forward(t *op.Tape, x mat.Tensor) mat.Tensor {
	return op.Linear(t, op.Scale(t, x, cmp.Or(l.Scale, 1)), l.Table, l.bias())
}

// Loss gives the mean cross-entropy of the targets for x [rows x width], in nats,
// without holding all logits.
func (l *LanguageModel) Loss(t *op.Tape, x mat.Tensor, targets []int) mat.Tensor {
	return l.LossWith(t, x, targets, loss.CrossEntropyOptions{})
}

// LossWith is Loss with rows that count in another way.
func (l *LanguageModel) LossWith(t *op.Tape, x mat.Tensor, targets []int, o loss.CrossEntropyOptions) mat.Tensor {
	return loss.LinearCrossEntropy(t, op.Scale(t, x, cmp.Or(l.Scale, 1)), l.Table, l.Bias, targets, o)
}

// LossBeside is LossWith, a share of which a teacher makes.
func (l *LanguageModel) LossBeside(t *op.Tape, x mat.Tensor, targets []int, o loss.CrossEntropyOptions, teacher loss.Opinion) mat.Tensor {
	return loss.LinearDistillation(t, op.Scale(t, x, cmp.Or(l.Scale, 1)), l.Table, l.Bias, targets, o, teacher)
}

// Opinion gives what the head makes its logits of for x [rows x width].
func (l *LanguageModel) Opinion(t *op.Tape, x mat.Tensor) loss.Opinion {
	o := loss.Opinion{Rows: op.Rows(op.Scale(t, x, cmp.Or(l.Scale, 1))), Table: op.Rows(l.Table)}
	if l.Bias != nil {
		o.Bias = op.Rows(l.Bias)
	}
	return o
}

// bias is nil as a tensor where there is none.
func (l *LanguageModel) bias() mat.Tensor {
	if l.Bias == nil {
		return nil
	}
	return l.Bias
}

// Params gives the head's own parameters by name.
func (l *LanguageModel) Params() iter.Seq2[string, *nn.Param] {
	return func(yield func(string, *nn.Param) bool) {
		if l.Name != "" && !yield(l.Name, l.Table) {
			return
		}
		if l.Bias != nil && !l.Fixed {
			yield(l.BiasName, l.Bias)
		}
	}
}

// Describe adds what config.json says of the head.
func (l *LanguageModel) Describe(config map[string]any) {
	config["architectures"] = []string{l.Architecture}
	config["tie_word_embeddings"] = l.Name == ""
}
