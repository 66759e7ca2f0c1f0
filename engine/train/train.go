// Package train is the loop: it carries out a plan step by step and yields each
// step to whoever records it. It knows no disk and no screen; to stop it, stop
// iterating.
package train

import (
	"context"
	"iter"
	"time"

	"attune/engine/op"
	"attune/engine/technique"
)

// Step is one step of the optimizer and what was learned about it.
type Step struct {
	Phase      string
	Number, Of int     // steps done and planned, over all phases
	ToGo       int     // steps planned after this one, but for those of later phases that take next to no time
	Epoch      float64 // passes done in this phase
	Epochs     int     // and planned
	Loss       float64 // of a target of this batch in the mean, in nats, as the checks count it, whatever is made small
	Targets    float64 // that it is the mean of: labels, pieces or places; 0 where no row of the batch tells what is right
	Rows       int     // in this batch
	Tokens     int     // in this batch
	Work       float64 // floating-point operations of the step's matrix products
	Learning   int     // numbers of the model that learn in this phase
	Parameters int     // and all that it has
	Evaluation *Evaluation
	Best       bool          // the evaluation is the best of the phase so far: keep the model as it is now
	Stopped    string        // why this was the last step of the training, or ""
	Once       time.Duration // of its time, spent on what comes only once

	loop *loop
}

// State gives the whole state of the training after this step, to be written down
// before the next one: its tensors are the live ones.
func (s Step) State() State { return s.loop.state() }

// Error says why a training cannot go on, in the user's words.
type Error struct{ Reason, Way string }

func (e *Error) Error() string { return e.Reason }

// Hint tells the way out.
func (e *Error) Hint() string { return e.Way }

// Why a training stopped.
const (
	StoppedAtTheEnd = "all passes done"
	StoppedEarly    = "early stopping"
	StoppedByTime   = "time limit"
)

// Steps trains the phases of the plan one after another. It ends after the last
// step, when the context is done, or with an error. With a state it goes on where
// that was taken, to the same weights bit by bit.
func Steps(ctx context.Context, tape *op.Tape, plan *technique.Plan, o Options, from *State) iter.Seq2[Step, error] {
	return func(yield func(Step, error) bool) {
		if from == nil {
			from = &State{}
		}
		spent := time.Duration(from.Seconds * float64(time.Second))
		for number := from.Phase; number < len(plan.Phases); number++ {
			l, err := newLoop(ctx, tape, plan, number, o)
			if err == nil {
				err = l.start(ctx, from)
				from = nil
			}
			if err != nil {
				if ctx.Err() == nil {
					yield(Step{}, err)
				}
				return
			}
			l.spent = spent
			if !l.run(ctx, yield) {
				return
			}
			spent = l.spent
		}
	}
}

// run carries out the steps of a phase and says whether the training goes on to
// the next.
func (l *loop) run(ctx context.Context, yield func(Step, error) bool) bool {
	sweeper := newSweeper()
	defer l.averages(true)
	for l.stopped == "" && l.taken < l.total {
		step, err := l.step(ctx)
		sweeper.sweep()
		if ctx.Err() != nil {
			return false
		}
		if err != nil {
			yield(Step{}, err)
			return false
		}
		if !yield(step, nil) || step.Stopped != "" {
			return false
		}
	}
	return true
}
