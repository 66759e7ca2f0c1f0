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
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/weights"
)

// alike is a model that learns which texts belong together: those of one label are to lie
// in one direction, away from all others (Khosla et al. 2020; Tunstall et al. 2022).
type alike struct {
	nn.Module
	of     Featured
	labels float64 // weight of the loss by the labels
}

// Alike gives a model of the features that the head of another reads. It learns from
// pairs of texts of one label, each pair beside those of other labels, and where labels is
// above 0 the head learns the labels of both texts besides, their loss times that being
// added (Gunel et al. 2021, arXiv 2011.01403).
func Alike(of Featured, labels float64) Model { return &alike{of: of, labels: labels} }

func (a *alike) Backbone() model.Backbone { return a.of.Backbone() }

// Params are the body's, and those of the head where it is asked.
func (a *alike) Params() iter.Seq2[string, *nn.Param] {
	if a.labels > 0 {
		return a.of.Params()
	}
	return a.of.Backbone().Params()
}

// Items encodes both texts alone and lays them one after the other. The targets are what
// stands for their label, how many tokens the first has, and the head's.
func (a *alike) Items(e dataset.Example) ([]batch.Item, error) {
	return a.items(e, a.of.Items)
}

// ItemsVaried is Items with the words cut at random.
func (a *alike) ItemsVaried(e dataset.Example, rate float64, random *rand.Rand) ([]batch.Item, error) {
	return a.items(e, func(e dataset.Example) ([]batch.Item, error) { return a.of.ItemsVaried(e, rate, random) })
}

func (a *alike) items(e dataset.Example, encode func(dataset.Example) ([]batch.Item, error)) ([]batch.Item, error) {
	one, err := encode(dataset.Example{Text: e.Text, Labels: e.Labels})
	if err != nil {
		return nil, err
	}
	two, err := encode(dataset.Example{Text: e.Pair, Labels: e.Labels})
	if err != nil {
		return nil, err
	}
	first, second := one[0], two[0]
	hash := fnv.New64a()
	hash.Write([]byte(e.Labels[0]))
	item := batch.Item{
		IDs:     append(first.IDs[:len(first.IDs):len(first.IDs)], second.IDs...),
		Targets: append([]int{int(hash.Sum64()), len(first.IDs)}, first.Targets...),
	}
	if first.Segments != nil {
		item.Segments = append(first.Segments[:len(first.Segments):len(first.Segments)], second.Segments...)
	}
	return []batch.Item{item}, nil
}

// Logits gives the features [2·sequences x width] of the two texts of each.
func (a *alike) Logits(t *op.Tape, b *batch.Packed) mat.Tensor { return a.of.Features(t, apart(b)) }

// apart gives the two texts of each sequence as sequences of their own, with the head's
// targets.
func apart(b *batch.Packed) *batch.Packed {
	p := &batch.Packed{IDs: b.IDs, Segments: b.Segments, Starts: []int{0}}
	for s, index := range b.Indices {
		targets := targetsOf(b, s)
		p.Starts = append(p.Starts, b.Starts[s]+targets[1], b.Starts[s+1])
		p.Indices = append(p.Indices, index, index)
		p.Parts = append(p.Parts, 0, 1)
		p.Targets = append(append(p.Targets, targets[2:]...), targets[2:]...)
	}
	return p
}

// targetsOf gives those of a sequence.
func targetsOf(b *batch.Packed, s int) []int {
	n := len(b.Targets) / b.Len()
	return b.Targets[s*n : (s+1)*n]
}

// warmth is the temperature of the loss: that of Khosla et al. 2020 (section 4).
const warmth = 0.1

// Loss is that of telling the texts of a label from all others of the batch, and that of
// the labels.
func (a *alike) Loss(t *op.Tape, features mat.Tensor, b *batch.Packed) mat.Tensor {
	labels := make([]int, 2*b.Len())
	for i := range labels {
		labels[i] = targetsOf(b, i/2)[0]
	}
	together := loss.Contrastive(t, features, labels, warmth)
	if a.labels == 0 {
		return together
	}
	asPairs, _ := t.Counted()
	named := a.of.Loss(t, a.of.Judge(t, features), apart(b))
	asLabels, targets := t.Counted()
	t.Count(asPairs+a.labels*asLabels, targets)
	return op.Add(t, op.Scale(t, named, a.labels), together, 0)
}

// Answers gives nothing: what is learned shows in the loss alone.
func (a *alike) Answers(_ mat.Tensor, b *batch.Packed) []dataset.Answer {
	return make([]dataset.Answer, b.Len())
}

// Join is not asked: there is one item an example.
func (a *alike) Join(_ dataset.Example, parts []dataset.Answer) dataset.Answer { return parts[0] }

func (a *alike) Save(s *weights.Sink) { a.of.Save(s) }

func (a *alike) Config() map[string]any { return a.of.Config() }
