package train

import (
	"cmp"
	"context"
	"fmt"

	"github.com/nlpodyssey/spago/nn"

	"attune/engine/op"
	"attune/engine/weights"
)

// State is a training at rest: with the same plan and options, Steps goes on from
// it as if nothing had happened. The numbers are written as JSON, the tensors in a
// weight file. The best model is not part of it; it was kept when it was found.
type State struct {
	Phase    int         `json:"phase"`
	Before   int         `json:"before"`   // steps of the phases before
	Taken    int         `json:"taken"`    // steps of the phase
	Epoch    int         `json:"epoch"`    // the pass under way
	Position int         `json:"position"` // in the pass's batches
	Best     *Evaluation `json:"best"`
	Lowest   float64     `json:"lowest"`  // loss of an evaluation
	Waited   int         `json:"waited"`  // evaluations since one was better than ever
	Seconds  float64     `json:"seconds"` // spent in steps

	Tensors []weights.Tensor `json:"-"` // weights and moments, by parameter name
}

// The tensors of a parameter in a state. Not all have a start that they return to or
// an average.
const (
	weightPrefix  = "weight."
	firstPrefix   = "first."
	secondPrefix  = "second."
	startPrefix   = "start."
	averagePrefix = "average."
	guessedPrefix = "guessed." // weights of the head that is kept beside the model's
)

func (l *loop) state() State {
	s := State{
		Phase: l.number, Before: l.before, Taken: l.taken, Epoch: l.epoch, Position: l.position,
		Best: l.best, Lowest: l.lowest, Waited: l.waited, Seconds: l.spent.Seconds(),
	}
	l.tensors(func(name string, p *nn.Param, values []float32) {
		rows, cols := op.Size(p)
		s.Tensors = append(s.Tensors, weights.Tensor{Name: name, Shape: []int{rows, cols}, Values: values})
	})
	return s
}

// tensors visits all that a state holds of each parameter.
func (l *loop) tensors(visit func(name string, p *nn.Param, values []float32)) {
	_, moments := l.optimizer.State()
	var averages, live map[string][]float32
	if l.average != nil {
		averages, live = l.average.State()
	}
	for name, p := range l.phase.Model.Params() {
		put := func(prefix string, values []float32) {
			if values != nil {
				visit(prefix+name, p, values)
			}
		}
		if values, averaged := live[name]; averaged {
			put(weightPrefix, values)
		} else {
			put(weightPrefix, op.Rows(p))
		}
		put(averagePrefix, averages[name])
		m := moments[name]
		put(firstPrefix, m.First)
		put(secondPrefix, m.Second)
		put(startPrefix, m.Start)
	}
	if l.guessed != nil {
		for name, p := range l.guessed.Params() {
			visit(guessedPrefix+name, p, op.Rows(p))
		}
	}
}

// restore puts the loop where the state was taken.
func (l *loop) restore(ctx context.Context, s *State) error {
	tensors := map[string][]float32{}
	for _, t := range s.Tensors {
		tensors[t.Name] = t.Values
	}
	var errs []error
	l.tensors(func(name string, _ *nn.Param, values []float32) { errs = append(errs, fill(values, tensors, name)) })
	if err := cmp.Or(errs...); err != nil {
		return err
	}
	if err := l.begin(ctx, s.Epoch); err != nil {
		return err
	}
	l.position, l.taken, l.best, l.lowest, l.waited = s.Position, s.Taken, s.Best, s.Lowest, s.Waited
	l.optimizer.SetStep(s.Taken)
	if l.average != nil {
		l.average.SetStep(s.Taken)
	}
	l.stop(false) // where the state was taken after the last step of the phase
	return nil
}

func fill(to []float32, tensors map[string][]float32, name string) error {
	from, ok := tensors[name]
	if !ok || len(from) != len(to) {
		return &Error{
			Reason: fmt.Sprintf("the saved training does not fit this model (%s)", name),
			Way:    "start a new training; the best model of the old one is kept",
		}
	}
	copy(to, from)
	return nil
}
