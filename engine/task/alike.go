package task

import (
	"iter"
	"math/rand/v2"

	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/batch"
	"attune/engine/dataset"
	"attune/engine/loss"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/weights"
)

// The labels of a pair of texts that Alike learns from.
const (
	Same  = "same"
	Other = "other"
)

// alike is the body of a model that learns which texts belong together: those of one
// label are to lie in one direction, others at right angles (Reimers & Gurevych 2019;
// Tunstall et al. 2022).
type alike struct {
	nn.Module
	of Featured
}

// Alike gives a model that says how alike the two texts of an example are, by the
// features that the head of another reads. It learns from pairs labelled Same or Other.
func Alike(of Featured) Model { return &alike{of: of} }

func (a *alike) Backbone() model.Backbone { return a.of.Backbone() }

// Params are the body's: the head is not asked.
func (a *alike) Params() iter.Seq2[string, *nn.Param] { return a.of.Backbone().Params() }

// Items encodes both texts alone and lays them one after the other. The targets are
// whether they belong together, 1 or 0, and how many tokens the first has.
func (a *alike) Items(e dataset.Example) ([]batch.Item, error) {
	return a.items(e, a.of.Items)
}

// ItemsVaried is Items with the words cut at random.
func (a *alike) ItemsVaried(e dataset.Example, rate float64, random *rand.Rand) ([]batch.Item, error) {
	return a.items(e, func(e dataset.Example) ([]batch.Item, error) { return a.of.ItemsVaried(e, rate, random) })
}

func (a *alike) items(e dataset.Example, encode func(dataset.Example) ([]batch.Item, error)) ([]batch.Item, error) {
	one, err := encode(dataset.Example{Text: e.Text})
	if err != nil {
		return nil, err
	}
	two, err := encode(dataset.Example{Text: e.Pair})
	if err != nil {
		return nil, err
	}
	first, second := one[0], two[0]
	same := 0
	if len(e.Labels) > 0 && e.Labels[0] == Same {
		same = 1
	}
	item := batch.Item{
		IDs:     append(first.IDs[:len(first.IDs):len(first.IDs)], second.IDs...),
		Targets: []int{same, len(first.IDs)},
	}
	if first.Segments != nil {
		item.Segments = append(first.Segments[:len(first.Segments):len(first.Segments)], second.Segments...)
	}
	return []batch.Item{item}, nil
}

// Logits gives the cosines [sequences x 1] between the features of the two texts.
func (a *alike) Logits(t *op.Tape, b *batch.Packed) mat.Tensor {
	return op.Cosine(t, a.of.Features(t, apart(b)))
}

// apart gives the two texts of each sequence as sequences of their own.
func apart(b *batch.Packed) *batch.Packed {
	p := &batch.Packed{IDs: b.IDs, Segments: b.Segments, Starts: []int{0}}
	for s, index := range b.Indices {
		p.Starts = append(p.Starts, b.Starts[s]+b.Targets[2*s+1], b.Starts[s+1])
		p.Indices = append(p.Indices, index, index)
		p.Parts = append(p.Parts, 0, 1)
	}
	return p
}

// Loss is the mean squared difference of the cosines from 1 for texts that belong
// together and 0 for others.
func (a *alike) Loss(t *op.Tape, logits mat.Tensor, b *batch.Packed) mat.Tensor {
	targets := make([]float32, b.Len())
	for s := range targets {
		targets[s] = float32(b.Targets[2*s])
	}
	return loss.SquaredError(t, logits, targets)
}

// Answers gives nothing: what is learned shows in the loss alone.
func (a *alike) Answers(_ mat.Tensor, b *batch.Packed) []dataset.Answer {
	return make([]dataset.Answer, b.Len())
}

// Join is not asked: there is one item an example.
func (a *alike) Join(_ dataset.Example, parts []dataset.Answer) dataset.Answer { return parts[0] }

func (a *alike) Save(s *weights.Sink) { a.of.Save(s) }

func (a *alike) Config() map[string]any { return a.of.Config() }
