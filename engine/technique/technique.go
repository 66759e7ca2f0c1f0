// Package technique holds the ways of fine-tuning, one file each. A technique
// edits the plan of a training before it starts, so that techniques combine in
// order; it knows no loop.
package technique

import (
	"maps"
	"slices"

	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/batch"
	"attune/engine/dataset"
	"attune/engine/guessing"
	"attune/engine/metric"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/setting"
	"attune/engine/task"
)

// Technique is one way of fine-tuning, with its settings.
type Technique interface {
	Name() string
	Title() string             // in a few words, for a person
	About() string             // when to use it, in a sentence
	Settings() []setting.Field // bound to this technique
	Apply(*Plan) error
}

// Start is what the defaults of a technique may follow.
type Start struct {
	Small bool    // the model is a small one that has read little or nothing
	Words float64 // a training row has on average
}

// Plan is what a training will do: techniques fill it in, the loop carries it out.
type Plan struct {
	Task         task.Task
	Base         *model.Base
	Learn, Check dataset.Source // training rows and validation rows
	Unlabelled   dataset.Source // more texts, or nil
	Seed         uint64
	Hidden       float64 // share of word pieces hidden from the model while it learns
	Varied       float64 // rate at which words are cut differently in every pass

	// Teacher gives the model of a finished training of the same rows by its number,
	// 0 for the best one.
	Teacher func(run int) (task.Model, error)

	Phases  []Phase
	Model   task.Model    // what comes out in the end
	Guessed guessing.Head // with which its body guessed words first, to be kept beside its own; nil where it did not
	Altered bool          // a technique changes the body otherwise than by teaching it the task
	Drawn   []string      // tensors of its head that no file had and that begin at random; none of a fresh base, where all do
}

// Phase is one training: a model, what it learns from, and what is made small.
type Phase struct {
	Name         string
	Model        task.Model
	Learn, Check dataset.Source
	Varied       float64                                  // rate at which words are cut differently in every pass
	BatchSize    int                                      // rows a step, 0 for as many as the training has
	Fixed        bool                                     // nothing below the head learns, so that its steps take next to no time
	Epochs       int                                      // passes over Learn, 0 for as many as the training has
	Pace         float64                                  // of this phase times the learning rate, 0 for 1
	LearningRate float64                                  // of this phase at its height, 0 for the training's times Pace
	Teacher      task.Model                               // that is asked while this one learns, or nil
	Begin        func()                                   // what is done to the model before its first step, or nil
	Pass         func(pass int)                           // what is done to it before each pass, counted from 0, or nil
	Rate         func(*nn.Param) float64                  // share of the learning rate that a parameter learns at; nil for all of it
	Return       func(*nn.Param) float64                  // how strongly a parameter is drawn back to where it began, or nil
	Mix          func(*nn.Param) float64                  // share of a parameter that is as it was before the phase, another in each step, or nil
	Loss         func(*op.Tape, *batch.Packed) mat.Tensor // one number for a batch
	Metrics      func() []metric.Metric                   // on the rows of Check, the deciding one first; nil when the loss decides
}

// FineTune appends the phase in which the plan's task is learned, unless a
// technique before did so already.
func (p *Plan) FineTune() error {
	if p.Model != nil {
		return nil
	}
	learn := p.Learn
	if s, ok := p.Task.(task.Sampled); ok {
		var err error
		if learn, err = s.Sample(learn, p.Seed); err != nil {
			return err
		}
	}
	before := len(p.Base.Weights.Drawn())
	m, err := p.Task.Learn(p.Base, p.Learn, p.Seed)
	if err != nil {
		return err
	}
	p.Model = m
	if !p.Base.Fresh {
		p.Drawn = slices.Clone(p.Base.Weights.Drawn()[before:])
	}
	phase := Phase{
		Name: "fine-tuning", Model: m, Varied: p.Varied, Learn: learn, Check: p.Check, Metrics: p.Task.Metrics,
		Loss: func(t *op.Tape, b *batch.Packed) mat.Tensor {
			return m.Loss(t, m.Logits(t, p.hide(t, b)), b)
		},
	}
	if w, ok := m.(task.Writer); ok {
		phase.Metrics = nil
		phase.Loss = func(t *op.Tape, b *batch.Packed) mat.Tensor { return w.LossAtOnce(t, p.hide(t, b)) }
	}
	p.Phases = append(p.Phases, phase)
	p.before(func() {
		if p.Guessed != nil {
			handOver(p.Guessed, m)
		}
	})
	return nil
}

// handOver gives a model what the head has learned with which its body guessed words,
// where its own has parameters of the same names, as that of a model that writes has.
func handOver(from guessing.Head, to task.Model) {
	learned := maps.Collect(from.Params())
	for name, p := range to.Params() {
		if q := learned[name]; q != nil && q != p && q.Size() == p.Size() {
			copy(op.Rows(p), op.Rows(q))
		}
	}
}

// last is the phase under construction.
func (p *Plan) last() *Phase { return &p.Phases[len(p.Phases)-1] }

// before adds to what is done before the last phase.
func (p *Plan) before(begin func()) {
	phase := p.last()
	earlier := phase.Begin
	phase.Begin = func() {
		if earlier != nil {
			earlier()
		}
		begin()
	}
}

// Error says why a technique cannot be applied, in the user's words.
type Error struct{ Reason, Way string }

func (e *Error) Error() string { return e.Reason }

// Hint tells the way out.
func (e *Error) Hint() string { return e.Way }

// knowsNothing refuses a way of fine-tuning that builds on what a model knows already.
func knowsNothing(way string) error {
	return &Error{
		Reason: way + " need a model that has learned something, and a fresh one knows nothing",
		Way:    "start from a pre-trained model, or fine-tune everything",
	}
}

// hide replaces word pieces at random by the one that stands for a hidden piece,
// so that no single word can give a label away (word dropout, Iyyer et al. 2015).
// The pieces that Join sets around a text stay.
func (p *Plan) hide(t *op.Tape, b *batch.Packed) *batch.Packed {
	mask, ok := p.Base.Tokenizer.ID("[MASK]")
	if !ok || p.Hidden == 0 {
		return b
	}
	around, _ := p.Base.Tokenizer.Join(nil, nil)
	seen := t.Buffer(len(b.IDs))
	for i := range seen {
		seen[i] = 1
	}
	t.Dropout(p.Hidden).Apply(seen, 0)
	hidden := *b
	hidden.IDs = slices.Clone(b.IDs)
	for i, s := range seen {
		if s == 0 && !slices.Contains(around, b.IDs[i]) {
			hidden.IDs[i] = mask
		}
	}
	return &hidden
}
