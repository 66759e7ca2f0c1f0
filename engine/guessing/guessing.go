// Package guessing is what language models are pre-trained with: they guess pieces of
// texts from others. Pre-training and adapting to a field of texts are both made of it;
// it knows no corpus, no plan and no loop.
package guessing

import (
	"iter"
	"math"
	"math/rand/v2"

	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/batch"
	"attune/engine/loss"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/tokenizer"
	"attune/engine/weights"
)

// Model guesses pieces of texts, as bodies of its family were pre-trained to.
type Model struct {
	nn.Module
	Body   model.Backbone
	Head   Head
	Asking Asking

	// Where it is not nil, the model learns capitals beside the pieces, so much as they weigh.
	Capitals      *Capitals
	CapitalsShare float64

	read func(t *op.Tape, b *batch.Packed, places []int) mat.Tensor
}

// Head scores which piece stands in a place.
type Head interface {
	nn.Model
	Forward(t *op.Tape, x mat.Tensor) mat.Tensor             // logits [rows x pieces] for x [rows x width]
	Loss(t *op.Tape, x mat.Tensor, targets []int) mat.Tensor // their mean cross-entropy, in nats
	Params() iter.Seq2[string, *nn.Param]                    // its own
	Save(*weights.Sink)                                      // under its published names
	Describe(config map[string]any)                          // adds what config.json says of it
}

// Asking chooses which pieces of a text are to be guessed.
type Asking interface {
	// Name says what is guessed, for a person.
	Name() string
	// Ask gives an item in which pieces are to be guessed, and as its targets one entry a
	// piece: what is to be guessed at its place, loss.Ignored where nothing is. At least
	// one piece is asked for unless nothing in the item can be.
	Ask(item batch.Item, random *rand.Rand) batch.Item
	// Plain is how models are asked that are to be compared, whatever they learn from.
	Plain() Asking
}

// ways are the ways to guess, in the order in which they are tried. Each gives nil for a
// body that cannot guess so.
var ways = []func(model.Backbone, tokenizer.Tokenizer, *weights.Source) (*Model, error){hidden, ordered, corrupted, next}

// New puts the head from the source on a body that guesses pieces of the tokenizer. It
// fails when the body guesses in no way, or the source lacks some of the head.
func New(b model.Backbone, pieces tokenizer.Tokenizer, s *weights.Source) (*Model, error) {
	for _, way := range ways {
		if m, err := way(b, pieces, s); err != nil {
			return nil, err
		} else if m != nil {
			return m, s.Err()
		}
	}
	return nil, &Error{
		Reason: "this kind of model guesses no words: it writes one text about another",
		Way:    "choose one that learns from texts alone, such as BERT, XLNet or GPT-2",
	}
}

// Params gives the body's parameters, then those of the heads.
func (m *Model) Params() iter.Seq2[string, *nn.Param] {
	return func(yield func(string, *nn.Param) bool) {
		for name, p := range m.Body.Params() {
			if !yield(name, p) {
				return
			}
		}
		for name, p := range m.Head.Params() {
			if !yield(name, p) {
				return
			}
		}
		if m.Capitals == nil {
			return
		}
		for name, p := range m.Capitals.Params() {
			if !yield(name, p) {
				return
			}
		}
	}
}

// Guess gives the logits [asked places x pieces] of a batch of items that were asked,
// and what stands in each place.
func (m *Model) Guess(t *op.Tape, b *batch.Packed) (logits mat.Tensor, targets []int) {
	x, _, targets := m.asked(t, b)
	return m.Head.Forward(t, x), targets
}

// Loss gives the mean cross-entropy of the asked places, in nats, and adds that of the
// capitals of a model that learns them.
func (m *Model) Loss(t *op.Tape, b *batch.Packed) mat.Tensor {
	x, all, targets := m.asked(t, b)
	pieces := m.Head.Loss(t, x, targets)
	if m.Capitals == nil {
		return pieces
	}
	return op.Add(t, pieces, op.Scale(t, m.Capitals.Loss(t, all, b.Marks), m.CapitalsShare), 0)
}

// asked gives the representations of the asked places, and what stands there. Those of all
// places come with a model that learns capitals; without, the others cost nothing past
// the body.
func (m *Model) asked(t *op.Tape, b *batch.Packed) (x, all mat.Tensor, targets []int) {
	places, targets := questions(b)
	if m.Capitals == nil {
		return m.read(t, b, places), nil, targets
	}
	all = m.read(t, b, every(b))
	return op.Pick(t, all, places), all, targets
}

// questions gives the places of a batch where a piece is to be guessed, and the pieces.
func questions(b *batch.Packed) (places, targets []int) {
	for i, target := range b.Targets {
		if target != loss.Ignored {
			places = append(places, i)
			targets = append(targets, target)
		}
	}
	return places, targets
}

// every gives all places of a batch.
func every(b *batch.Packed) []int {
	places := make([]int, len(b.IDs))
	for i := range places {
		places[i] = i
	}
	return places
}

// Score is how well pieces were guessed.
type Score struct {
	Places, Right int
	Nats          float64 // sum of the losses
	Capitals      Found   // of a model that learns them
}

// Score guesses the places of a batch without learning and adds them up.
func (m *Model) Score(t *op.Tape, b *batch.Packed, sum *Score) {
	t.Infer()
	x, all, targets := m.asked(t, b)
	logits := m.Head.Forward(t, x)
	value := op.Rows(loss.CrossEntropy(t, logits, targets, loss.CrossEntropyOptions{}))[0]
	_, pieces := op.Size(logits)
	values := op.Rows(logits)
	for i, target := range targets {
		row := values[i*pieces : (i+1)*pieces]
		if best(row) == target {
			sum.Right++
		}
	}
	if m.Capitals != nil {
		m.Capitals.count(t, all, b.Marks, &sum.Capitals)
	}
	sum.Places += len(targets)
	sum.Nats += float64(len(targets)) * float64(value)
}

func best(row []float32) int {
	top := 0
	for i, v := range row {
		if v > row[top] {
			top = i
		}
	}
	return top
}

// Accuracy is the share of places that were guessed.
func (s Score) Accuracy() float64 { return float64(s.Right) / float64(max(s.Places, 1)) }

// Loss is the mean in nats.
func (s Score) Loss() float64 { return s.Nats / float64(max(s.Places, 1)) }

// Perplexity is that of the asked pieces given what is known of their text: among how
// many equally likely pieces the model seems to choose.
func (s Score) Perplexity() float64 { return math.Exp(s.Loss()) }

// Save puts body and heads into the sink.
func (m *Model) Save(s *weights.Sink) {
	m.Body.Save(s)
	m.Head.Save(s)
	if m.Capitals != nil {
		m.Capitals.Save(s)
	}
}

// Config gives what config.json says of body and head.
func (m *Model) Config() map[string]any {
	c := m.Body.Config()
	m.Head.Describe(c)
	return c
}

// unasked gives targets for so many pieces, none of which is to be guessed.
func unasked(pieces int) []int {
	targets := make([]int, pieces)
	for i := range targets {
		targets[i] = loss.Ignored
	}
	return targets
}

// Error says why a model cannot guess, in the user's words.
type Error struct{ Reason, Way string }

func (e *Error) Error() string { return e.Reason }

// Hint tells the way out.
func (e *Error) Hint() string { return e.Way }
