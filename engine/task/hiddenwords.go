package task

import (
	"hash/fnv"
	"iter"
	"math/rand/v2"

	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/batch"
	"attune/engine/dataset"
	"attune/engine/loss"
	"attune/engine/masked"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/weights"
)

// hiddenWords is a body that guesses hidden words of texts: what BERT and its kin were
// pre-trained with, and so how they get to know the texts of a field.
type hiddenWords struct {
	nn.Module
	base      *model.Base
	model     *masked.Model
	masking   *masked.Masking
	maxLength int
}

// HiddenWords gives a model that guesses hidden words with the body of the base, and
// with the head that it was saved with if there is one. It fails with an *Error when
// the family does not read from both sides, and when its tokenizer has no piece that
// hides another.
func HiddenWords(base *model.Base, maxLength int, seed uint64) (Model, error) {
	m, err := masked.New(base.Backbone, base.Weights.OrFresh(drawHead(seed)))
	if err != nil {
		return nil, err
	}
	masking, err := masked.NewMasking(base.Tokenizer)
	if err != nil {
		return nil, err
	}
	return &hiddenWords{base: base, model: m, masking: masking, maxLength: min(maxLength, base.Backbone.Longest())}, nil
}

func (h *hiddenWords) Backbone() model.Backbone { return h.model.Body }

func (h *hiddenWords) Params() iter.Seq2[string, *nn.Param] { return h.model.Params() }

// Items hides words of an example, the same ones whenever the text is the same.
func (h *hiddenWords) Items(e dataset.Example) ([]batch.Item, error) {
	hash := fnv.New64a()
	hash.Write([]byte(e.Text))
	return h.hide(e, rand.New(rand.NewPCG(hash.Sum64(), 0)))
}

// ItemsVaried hides other words each time.
func (h *hiddenWords) ItemsVaried(e dataset.Example, _ float64, random *rand.Rand) ([]batch.Item, error) {
	return h.hide(e, random)
}

func (h *hiddenWords) hide(e dataset.Example, random *rand.Rand) ([]batch.Item, error) {
	var item batch.Item
	pieces := h.base.Tokenizer.Encode(e.Text)
	pieces = pieces[:min(len(pieces), h.maxLength-h.base.Tokenizer.Specials(false))]
	item.IDs, item.Segments = h.base.Tokenizer.Join(pieces, nil)
	return []batch.Item{h.masking.Hide(item, random)}, nil
}

// Logits gives [hidden places x pieces].
func (h *hiddenWords) Logits(t *op.Tape, b *batch.Packed) mat.Tensor {
	logits, _ := h.model.Guess(t, b)
	return logits
}

// Loss is the mean cross-entropy of the hidden places, in nats.
func (h *hiddenWords) Loss(t *op.Tape, logits mat.Tensor, b *batch.Packed) mat.Tensor {
	var targets []int
	for _, target := range b.Targets {
		if target != loss.Ignored {
			targets = append(targets, target)
		}
	}
	return loss.CrossEntropy(t, logits, targets, loss.CrossEntropyOptions{})
}

// LossAtOnce is Loss without all logits at a time, for learning.
func (h *hiddenWords) LossAtOnce(t *op.Tape, b *batch.Packed) mat.Tensor { return h.model.Loss(t, b) }

// Answers gives nothing: what is learned shows in the loss alone.
func (h *hiddenWords) Answers(_ mat.Tensor, b *batch.Packed) []dataset.Answer {
	return make([]dataset.Answer, b.Len())
}

// Join gives nothing either.
func (h *hiddenWords) Join(dataset.Example, []dataset.Answer) dataset.Answer { return dataset.Answer{} }

func (h *hiddenWords) Save(s *weights.Sink) { h.model.Save(s) }

func (h *hiddenWords) Config() map[string]any { return h.model.Config() }
