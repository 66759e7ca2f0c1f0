package guessing

import (
	"iter"
	"math/rand/v2"

	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/batch"
	"attune/engine/layer"
	"attune/engine/loss"
	"attune/engine/op"
	"attune/engine/weights"
)

// Capitals guesses from the states of a body whose pieces hide capitals which words were
// written with one: truecasing (Mayhew et al. 2020, "Robust Named Entity Recognition with
// Truecasing Pretraining"). What the body learns by it is which words are names, also
// those that it is not shown; a model that is to find names can begin with it.
type Capitals struct {
	nn.Module
	Out *layer.Linear
}

// The marks of an item's pieces: those of words that begin with a capital, and others.
const (
	Small   = 0
	Capital = 1
)

// capitalsName is that of the layer, which no other published model has.
const capitalsName = "capitals"

// NewCapitals begins with zeros, by which all words are alike.
func NewCapitals(width int) *Capitals {
	return &Capitals{Out: layer.NewLinear(weights.Fresh(weights.Draw{Random: rand.New(rand.NewPCG(0, 0))}), width, 2)}
}

// SavedCapitals gives those that a body of a width was saved with, or nil.
func SavedCapitals(s *weights.Source, width int) *Capitals {
	if s = s.In(capitalsName); !s.Has("weight") {
		return nil
	}
	return &Capitals{Out: layer.NewLinear(s, width, 2)}
}

// Save puts the layer into the sink.
func (c *Capitals) Save(s *weights.Sink) { c.Out.Save(s.In(capitalsName)) }

// Params gives the parameters by name.
func (c *Capitals) Params() iter.Seq2[string, *nn.Param] {
	return func(yield func(string, *nn.Param) bool) { c.Out.Params(capitalsName, yield) }
}

// Loss gives the mean cross-entropy of marked pieces, in nats, for x [pieces x width].
func (c *Capitals) Loss(t *op.Tape, x mat.Tensor, marks []int) mat.Tensor {
	targets := make([]int, len(marks))
	for i, mark := range marks {
		if targets[i] = mark; mark == batch.Unmarked {
			targets[i] = loss.Ignored
		}
	}
	return loss.CrossEntropy(t, c.Out.Forward(t, x), targets, loss.CrossEntropyOptions{})
}

// count adds up which pieces of words with a capital were found.
func (c *Capitals) count(t *op.Tape, x mat.Tensor, marks []int, sum *Found) {
	logits := op.Rows(c.Out.Forward(t, x))
	for i, mark := range marks {
		if mark == batch.Unmarked {
			continue
		}
		guessed := logits[2*i+Capital] > logits[2*i+Small]
		switch {
		case guessed && mark == Capital:
			sum.Right++
		case guessed:
			sum.Wrong++
		case mark == Capital:
			sum.Missed++
		}
	}
}

// Found is how well pieces of words with a capital were found.
type Found struct{ Right, Wrong, Missed int }

// F1 is the harmonic mean of precision and recall.
func (f Found) F1() float64 {
	return 2 * float64(f.Right) / float64(max(2*f.Right+f.Wrong+f.Missed, 1))
}
