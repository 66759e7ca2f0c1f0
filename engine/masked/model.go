package masked

import (
	"iter"
	"math"

	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/batch"
	"attune/engine/head"
	"attune/engine/loss"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/weights"
)

// Body is an encoder that has a head for hidden words.
type Body interface {
	model.Encoder
	Masked(*weights.Source) *head.Masked
}

// Model guesses hidden words.
type Model struct {
	nn.Module
	Body Body
	Head *head.Masked
}

// New puts the head from the source on a body. It fails when the family of the
// body has no such head, or the source lacks some of it.
func New(b model.Backbone, s *weights.Source) (*Model, error) {
	body, ok := b.(Body)
	if !ok {
		return nil, &Error{Reason: "this kind of model does not guess hidden words", Way: "choose a model like BERT"}
	}
	m := &Model{Body: body, Head: body.Masked(s)}
	return m, s.Err()
}

// Params gives the body's parameters, then the head's.
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
	}
}

// Guess gives the logits [hidden places x pieces] of a batch of hidden items, and
// what stood in each place.
func (m *Model) Guess(t *op.Tape, b *batch.Packed) (logits mat.Tensor, targets []int) {
	x, targets := m.hidden(t, b)
	return m.Head.Forward(t, x), targets
}

// Loss gives the mean cross-entropy of the hidden places, in nats.
func (m *Model) Loss(t *op.Tape, b *batch.Packed) mat.Tensor {
	x, targets := m.hidden(t, b)
	return m.Head.Loss(t, x, targets)
}

// hidden gives the representations of the hidden places alone: past the body the
// others cost nothing.
func (m *Model) hidden(t *op.Tape, b *batch.Packed) (x mat.Tensor, targets []int) {
	var places []int
	for i, target := range b.Targets {
		if target != loss.Ignored {
			places = append(places, i)
			targets = append(targets, target)
		}
	}
	return op.Pick(t, m.Body.Encode(t, b), places), targets
}

// Score is how well hidden places were guessed.
type Score struct {
	Places, Right int
	Nats          float64 // sum of the losses
}

// Score guesses the places of a batch without learning and adds them up.
func (m *Model) Score(t *op.Tape, b *batch.Packed, sum *Score) {
	t.Infer()
	logits, targets := m.Guess(t, b)
	value := op.Rows(loss.CrossEntropy(t, logits, targets, loss.CrossEntropyOptions{}))[0]
	_, pieces := op.Size(logits)
	values := op.Rows(logits)
	for i, target := range targets {
		row := values[i*pieces : (i+1)*pieces]
		if best(row) == target {
			sum.Right++
		}
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

// Perplexity is that of the hidden pieces given the rest of their text: among how
// many equally likely pieces the model seems to choose.
func (s Score) Perplexity() float64 { return math.Exp(s.Loss()) }

// Save puts body and head into the sink.
func (m *Model) Save(s *weights.Sink) {
	m.Body.Save(s)
	m.Head.Save(s)
}

// Config gives what config.json says of body and head.
func (m *Model) Config() map[string]any {
	c := m.Body.Config()
	c["architectures"] = []string{m.Head.Names.Architecture}
	c["tie_word_embeddings"] = m.Head.Tied()
	return c
}
