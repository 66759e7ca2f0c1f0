package task

import (
	"hash/fnv"
	"iter"
	"math/rand/v2"

	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/batch"
	"attune/engine/dataset"
	"attune/engine/guessing"
	"attune/engine/loss"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/weights"
)

// guesser is a body that guesses pieces of texts as it was pre-trained to, and so gets to
// know the texts of a field.
type guesser struct {
	nn.Module
	base      *model.Base
	model     *guessing.Model
	maxLength int
}

// Guesser is a model that guesses pieces of texts, with a head that may be kept when its
// body goes on to learn a task.
type Guesser interface {
	AtOnce
	Head() guessing.Head
}

// Guessing gives a model that guesses pieces of texts with the body of the base, and with
// the head that it was saved with if there is one. It fails with a *guessing.Error when
// the body guesses nothing.
func Guessing(base *model.Base, maxLength int, seed uint64) (Guesser, error) {
	m, err := guessing.New(base.Backbone, base.Tokenizer, base.Weights.OrFresh(drawHead(seed)))
	if err != nil {
		return nil, err
	}
	return &guesser{base: base, model: m, maxLength: min(maxLength, base.Backbone.Longest())}, nil
}

func (g *guesser) Backbone() model.Backbone { return g.model.Body }

// Head scores which piece stands in a place.
func (g *guesser) Head() guessing.Head { return g.model.Head }

func (g *guesser) Params() iter.Seq2[string, *nn.Param] { return g.model.Params() }

// Items asks for pieces of an example, the same ones whenever the text is the same.
func (g *guesser) Items(e dataset.Example) ([]batch.Item, error) {
	hash := fnv.New64a()
	hash.Write([]byte(e.Text))
	return g.ask(e, rand.New(rand.NewPCG(hash.Sum64(), 0)))
}

// ItemsVaried asks for others each time.
func (g *guesser) ItemsVaried(e dataset.Example, _ float64, random *rand.Rand) ([]batch.Item, error) {
	return g.ask(e, random)
}

func (g *guesser) ask(e dataset.Example, random *rand.Rand) ([]batch.Item, error) {
	var item batch.Item
	pieces := g.base.Tokenizer.Encode(e.Text)
	pieces = pieces[:min(len(pieces), g.maxLength-g.base.Tokenizer.Specials(false))]
	item.IDs, item.Segments = g.base.Tokenizer.Join(pieces, nil)
	return []batch.Item{g.model.Asking.Ask(item, random)}, nil
}

// Logits gives [asked places x pieces].
func (g *guesser) Logits(t *op.Tape, b *batch.Packed) mat.Tensor {
	logits, _ := g.model.Guess(t, b)
	return logits
}

// Loss is the mean cross-entropy of the asked places, in nats.
func (g *guesser) Loss(t *op.Tape, logits mat.Tensor, b *batch.Packed) mat.Tensor {
	var targets []int
	for _, target := range b.Targets {
		if target != loss.Ignored {
			targets = append(targets, target)
		}
	}
	return loss.CrossEntropy(t, logits, targets, loss.CrossEntropyOptions{})
}

// LossAtOnce is Loss without all logits at a time, for learning.
func (g *guesser) LossAtOnce(t *op.Tape, b *batch.Packed) mat.Tensor { return g.model.Loss(t, b) }

// Answers gives nothing: what is learned shows in the loss alone.
func (g *guesser) Answers(_ mat.Tensor, b *batch.Packed) []dataset.Answer {
	return make([]dataset.Answer, b.Len())
}

// Join gives nothing either.
func (g *guesser) Join(dataset.Example, []dataset.Answer) dataset.Answer { return dataset.Answer{} }

func (g *guesser) Save(s *weights.Sink) { g.model.Save(s) }

func (g *guesser) Config() map[string]any { return g.model.Config() }
