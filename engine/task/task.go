// Package task says what can be learned from examples, one file for each task. A task
// builds its model from any body that can serve it, and knows no technique and no loop.
package task

import (
	"context"
	"encoding/json"
	"iter"
	"math/rand/v2"

	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/batch"
	"attune/engine/dataset"
	"attune/engine/generate"
	"attune/engine/metric"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/setting"
	"attune/engine/weights"
)

// Task is one kind of thing to learn, with its settings.
type Task interface {
	Name() string
	Title() string             // in a few words, for a person
	About() string             // what it is for, in a sentence
	Pipeline() string          // what the Hugging Face hub calls it
	Settings() []setting.Field // bound to this task
	Fits(model.Backbone) error // nil when the body can serve the task, else why not
	Fresh() model.Kind         // the kind of model to make when none was pre-trained

	// Labelled says whether an example tells what is right, so that it can be learned
	// from and scored.
	Labelled(dataset.Example) bool
	Needs() Needs

	// Learn gives a model for the examples: the head that the base was saved with
	// when it has the same labels, else a fresh one drawn from the seed.
	Learn(base *model.Base, examples dataset.Source, seed uint64) (Model, error)
	// Open gives the model that was saved with its head.
	Open(base *model.Base) (Model, error)

	Metrics() []metric.Metric  // fresh ones, the main one first
	PerLabel() metric.PerLabel // a fresh one, nil for a task without labels
	// Compare sets an answer beside what is right, for a person to read.
	Compare(want dataset.Example, got dataset.Answer) Comparison
}

// Thorough is a task whose models read every text to its end, part by part where it is
// long.
type Thorough interface{ ReadsAll() }

// Applying is a task in which any number of the labels that an answer scores apply.
type Applying interface {
	Task
	// Apply gives those that do, the surest first.
	Apply(dataset.Answer) []dataset.Score
}

// Needs is what the rows must tell for a task to be learned from them.
type Needs struct {
	Right   string // what tells what is right of a row, "a label"
	Labels  int    // different labels at least, 0 for a task without
	Several bool   // a row may have any number of labels
}

// Comparison is an answer beside what is right, in words.
type Comparison struct {
	Right     bool
	Want, Got string
	Score     float64 // how sure the model was, 0 to 1; 0 where it does not say
}

// Model is a body with a head, ready to learn or to answer.
type Model interface {
	nn.Model
	Backbone() model.Backbone
	Params() iter.Seq2[string, *nn.Param] // the body's, then the head's

	// Items encodes an example: one item, or several where a long text is read in
	// parts. Their targets are Ignored when it is unlabelled.
	Items(dataset.Example) ([]batch.Item, error)
	// ItemsVaried is Items with the words cut into pieces at random, at a rate from 0
	// to 1, for a model that is to learn the parts of words. There are as many items.
	ItemsVaried(e dataset.Example, rate float64, random *rand.Rand) ([]batch.Item, error)
	Logits(*op.Tape, *batch.Packed) mat.Tensor
	// Loss is one number for the batch: the mean over its targets that count, whose
	// weight it tells the tape.
	Loss(t *op.Tape, logits mat.Tensor, b *batch.Packed) mat.Tensor
	// Answers gives what each sequence says, in the order of the batch, and Join makes
	// of what the items of an example say the answer to it.
	Answers(logits mat.Tensor, b *batch.Packed) []dataset.Answer
	Join(e dataset.Example, parts []dataset.Answer) dataset.Answer

	Save(*weights.Sink)
	// Config gives what config.json says of body and head.
	Config() map[string]any
}

// Featured is a model whose head reads one row of features a sequence, which the
// body makes of that sequence alone. While the body does not learn, they can be
// computed once: Logits takes them from the batch if it has some.
type Featured interface {
	Model
	Features(*op.Tape, *batch.Packed) mat.Tensor      // [sequences x width]
	Judge(t *op.Tape, features mat.Tensor) mat.Tensor // the logits that the head makes of them
}

// Gathering is a model that can take the mean of all pieces for a text, as those do that
// compare texts, and hand it to its classes as it is.
type Gathering interface {
	Featured
	Gather()
}

const (
	headStream = 2    // keeps the random numbers of a head apart from those of a body
	headSpread = 0.02 // BERT's initializer_range
)

// drawHead is how what a head lacks is drawn.
func drawHead(seed uint64) weights.Draw {
	return weights.Draw{Random: rand.New(rand.NewPCG(seed, headStream)), Spread: headSpread}
}

// newHead gives the source of a head for other labels than the base was saved with.
func newHead(base *model.Base, seed uint64) *weights.Source { return base.Weights.Anew(drawHead(seed)) }

// readConfig reads what a task knows of in the config.json of a base; one without has
// none of it.
func readConfig(base *model.Base, to any) error {
	if base.Config == nil {
		return nil
	}
	if err := json.Unmarshal(base.Config, to); err != nil {
		return &Error{Reason: "its config.json is not readable", Way: "copy or download the model again"}
	}
	return nil
}

// Tuned is a model with bounds or a temperature that are set on the validation rows, once
// it has learned, and not by gradients.
type Tuned interface {
	Model
	// Tune sets them by the answers to the examples, and changes the answers to what they
	// are with them.
	Tune(examples []dataset.Example, answers []dataset.Answer)
}

// Preparing is a model that has something to do once before its first check on the
// validation rows, and only then, which takes a while.
type Preparing interface {
	Model
	// Prepare does it, and tells first what it is doing, in words, unless nothing is left
	// to do.
	Prepare(ctx context.Context, doing func(what string)) error
	// Adds gives how many numbers it may add to the model that is saved.
	Adds() int
	// Takes gives about how many bytes it needs for that, if there were so many times the
	// rows that it was made from.
	Takes(times float64) (int64, error)
}

// Bounded is a model of which each label applies from a probability of its own on.
type Bounded interface {
	Model
	// Bounds gives that probability for each label. In the answers it is a score of a half.
	// It is nil where all labels apply from a half on.
	Bounds() map[string]float64
}

// AtOnce is a model that computes its loss without holding all logits, of which a
// language model has as many as there are pieces.
type AtOnce interface {
	Model
	// LossAtOnce is Loss of the Logits.
	LossAtOnce(*op.Tape, *batch.Packed) mat.Tensor
}

// Choosing is a Writer that can keep several texts in sight while it writes one.
type Choosing interface {
	Writer
	// Beams is how many, to be read and set between two texts; nil for a model that draws
	// its pieces instead.
	Beams() *int
}

// Writer is a model that answers with texts, which it writes piece by piece. While it
// learns its loss is what is looked at: writing takes too long for that.
type Writer interface {
	AtOnce
	// Write gives one answer an example. Of examples that tell what is right, it also
	// says how surprised it is at that.
	Write(ctx context.Context, t *op.Tape, examples []dataset.Example) ([]dataset.Answer, error)
	// Manner is how it writes for one who reads along, by default.
	Manner() generate.Options
	// Tell writes for one example and shows what stands there so far after each piece,
	// which show may be nil for. When the context is done it gives what stands there, with
	// the context's error.
	Tell(ctx context.Context, t *op.Tape, e dataset.Example, o generate.Options, show func(text string)) (string, error)
}

// Asker is a task in which not all that an example holds is what a model is asked.
type Asker interface {
	Task
	// Asked gives what a model is asked, to be scored by its answer to that.
	Asked(dataset.Example) dataset.Example
}

// Sharing is a task in which many examples may be asked of one text, which no split may
// have on two sides: a model would be judged on what it has read.
type Sharing interface {
	Task
	SharesTexts()
}

// Student is a model that can learn another's probabilities besides what is right.
type Student interface {
	Model
	// Follow gives the mean divergence of its probabilities from those of a teacher's
	// logits, which have the shape of its own, both softened by a temperature.
	Follow(t *op.Tape, logits mat.Tensor, teacher []float32, b *batch.Packed, temperature float64) mat.Tensor
}

// Pupil is a model that can learn what another thinks comes next, piece by piece.
type Pupil interface {
	AtOnce
	// Hears says whether the other writes with the same pieces.
	Hears(teacher Model) bool
	// LossBeside is LossAtOnce, a share of which is how far its probabilities lie from
	// those of a teacher that it hears, both softened by a temperature. The teacher
	// computes them on a tape of its own.
	LossBeside(t, own *op.Tape, b *batch.Packed, teacher Model, temperature, share float64) mat.Tensor
}

// Error says why a task cannot be learned, in the user's words.
type Error struct{ Reason, Way string }

func (e *Error) Error() string { return e.Reason }

// Hint tells the way out.
func (e *Error) Hint() string { return e.Way }
