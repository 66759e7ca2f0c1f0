package train

import (
	"context"
	"fmt"

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
	Waited   int         `json:"waited"`  // evaluations since the best one
	Seconds  float64     `json:"seconds"` // spent in steps

	Tensors []weights.Tensor `json:"-"` // weights and moments, by parameter name
}

// The three tensors of a parameter in a state.
const (
	weightPrefix = "weight."
	firstPrefix  = "first."
	secondPrefix = "second."
)

func (l *loop) state() State {
	s := State{
		Phase: l.number, Before: l.before, Taken: l.taken, Epoch: l.epoch, Position: l.position,
		Best: l.best, Waited: l.waited, Seconds: l.spent.Seconds(),
	}
	_, moments := l.optimizer.State()
	for name, p := range l.phase.Model.Params() {
		rows, cols := op.Size(p)
		put := func(prefix string, values []float32) {
			s.Tensors = append(s.Tensors, weights.Tensor{Name: prefix + name, Shape: []int{rows, cols}, Values: values})
		}
		put(weightPrefix, op.Rows(p))
		if m, learned := moments[name]; learned {
			put(firstPrefix, m.First)
			put(secondPrefix, m.Second)
		}
	}
	return s
}

// restore puts the loop where the state was taken.
func (l *loop) restore(ctx context.Context, s *State) error {
	tensors := map[string][]float32{}
	for _, t := range s.Tensors {
		tensors[t.Name] = t.Values
	}
	_, moments := l.optimizer.State()
	for name, p := range l.phase.Model.Params() {
		if err := fill(op.Rows(p), tensors, weightPrefix+name); err != nil {
			return err
		}
		m, learned := moments[name]
		if !learned {
			continue
		}
		if err := fill(m.First, tensors, firstPrefix+name); err != nil {
			return err
		}
		if err := fill(m.Second, tensors, secondPrefix+name); err != nil {
			return err
		}
	}
	if err := l.begin(ctx, s.Epoch); err != nil {
		return err
	}
	l.position, l.taken, l.best, l.waited = s.Position, s.Taken, s.Best, s.Waited
	l.optimizer.SetStep(s.Taken)
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
