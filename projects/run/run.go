// Package run is one training: it starts it, lets a screen watch it, pauses,
// stops and resumes it, records what it measures and keeps its best model. It
// knows no screen and decides nothing about what is trained.
package run

import (
	"context"
	"errors"
	"sync"
	"time"

	"attune/engine/bundle"
	"attune/engine/kernel"
	"attune/engine/machine"
	"attune/engine/op"
	"attune/engine/technique"
	"attune/engine/train"
	"attune/projects/store"
)

// Job is what a run carries out.
type Job struct {
	Store   *store.Store
	Record  store.Run // its number is given by the store, before the run starts
	Options train.Options
	About   bundle.About // saved with the model
	Resume  bool         // go on from the run's checkpoint

	// CheckpointEvery is how much a crash may cost at most, 0 for a minute.
	CheckpointEvery time.Duration

	// Prepare builds the plan; it may take a while and tells what it is doing.
	Prepare func(ctx context.Context, doing func(phase string)) (*technique.Plan, error)
	// Baseline scores the simple model on the validation rows.
	Baseline func(ctx context.Context) (map[string]float64, error)
	// Done is called when the run has ended, whatever its end.
	Done func()
}

// Run is a training under way, or one that ended in this process. Its methods may
// be called from any goroutine.
type Run struct {
	job   Job
	tape  *op.Tape
	ended chan struct{}

	mu      sync.Mutex
	state   State
	changed chan struct{} // closed at the next change
	urgent  chan struct{} // closed at the next change that a screen must show at once
	wanted  command
	resumed chan struct{} // closed when a pause is over
}

// command is what a user asked of a run.
type command int

const (
	carryOn command = iota
	pause
	stop
)

// Start begins a training in the background. When the context is done, the
// training is written down as interrupted, to be resumed.
func Start(ctx context.Context, job Job) *Run {
	r := &Run{
		job:     job,
		ended:   make(chan struct{}),
		changed: make(chan struct{}),
		urgent:  make(chan struct{}),
		resumed: make(chan struct{}),
		state: State{
			Number: job.Record.Number, Status: Preparing, Phase: "preparing",
			Steps: job.Record.Steps, Epochs: job.Options.Epochs,
		},
	}
	go r.main(ctx)
	return r
}

// Number is the run's number in its project, from 1.
func (r *Run) Number() int { return r.job.Record.Number }

// Stop ends the training after the step under way; the best model is kept.
func (r *Run) Stop() { r.want(stop) }

// Pause holds the training after the step under way, until Continue or Stop. What
// it has learned is written down at once.
func (r *Run) Pause() { r.want(pause) }

// Continue ends a pause.
func (r *Run) Continue() { r.want(carryOn) }

func (r *Run) want(c command) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.wanted == stop {
		return
	}
	r.wanted = c
	if c != pause {
		close(r.resumed)
		r.resumed = make(chan struct{})
	}
}

// Wait waits for the end of the run and gives its last state. The error is the
// reason of a failure.
func (r *Run) Wait() (State, error) {
	<-r.ended
	s := r.State()
	return s, s.Err
}

// State gives the run as it is now.
func (r *Run) State() State {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.state
}

// often is how often a screen is shown steps at most.
const often = 100 * time.Millisecond

// Watch shows the run's states until it ended or the context is done: steps ten
// times a second at most, all else at once. The last state shown is the run's
// last. It blocks, and calls show from this goroutine.
func (r *Run) Watch(ctx context.Context, show func(State)) {
	for {
		r.mu.Lock()
		s, changed, urgent := r.state, r.changed, r.urgent
		r.mu.Unlock()
		show(s)
		if s.Status.AtRest() {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-urgent:
			continue
		case <-changed:
		}
		select {
		case <-ctx.Done():
			return
		case <-urgent:
		case <-time.After(often):
		}
	}
}

// update changes the state and wakes those who watch.
func (r *Run) update(urgent bool, change func(*State)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.state)
	close(r.changed)
	r.changed = make(chan struct{})
	if urgent {
		close(r.urgent)
		r.urgent = make(chan struct{})
	}
}

// main is the whole of a run, from preparing to its end.
func (r *Run) main(ctx context.Context) {
	machine.Yield()
	workers := kernel.NewWorkers(r.job.Record.Threads)
	defer workers.Close()
	r.tape = op.NewTape(workers)
	rec := newRecorder(r)
	err := r.train(ctx, rec)
	if ctx.Err() != nil && (err == nil || errors.Is(err, context.Canceled)) {
		err = errInterrupted
	}
	end := rec.finish(err)
	r.update(true, end)
	r.job.Done()
	close(r.ended)
}

// errInterrupted ends a run that can be resumed.
var errInterrupted = errors.New("interrupted")

// train is the loop: it records every step, keeps every best model, and obeys.
func (r *Run) train(ctx context.Context, rec *recorder) error {
	if err := rec.baseline(ctx); err != nil {
		return err
	}
	doing := func(phase string) { r.update(true, func(s *State) { s.Phase = phase }) }
	plan, err := r.job.Prepare(ctx, doing)
	if err != nil {
		return err
	}
	from, err := rec.begin(plan)
	if err != nil {
		return err
	}
	options := r.job.Options
	options.Doing = doing
	for step, err := range train.Steps(ctx, r.tape, plan, options, from) {
		if err != nil {
			return err
		}
		if err := rec.add(step); err != nil {
			return err
		}
		if err := r.obey(ctx, rec, step); err != nil {
			return err
		}
		if step.Number == 1 || step.Evaluation != nil {
			machine.Yield() // threads that were started since
		}
		if rec.stopped {
			break
		}
	}
	return ctx.Err()
}

// obey does what the user asked for while the step was computed.
func (r *Run) obey(ctx context.Context, rec *recorder, step train.Step) error {
	for paused := false; ; {
		r.mu.Lock()
		wanted, resumed := r.wanted, r.resumed
		r.mu.Unlock()
		switch {
		case ctx.Err() != nil:
			return rec.checkpoint(step)
		case wanted == stop:
			rec.stopped = true
			return nil
		case wanted == carryOn:
			if paused {
				rec.speed.restart()
				r.update(true, func(s *State) { s.Status = Training })
			}
			return nil
		}
		if !paused {
			paused = true
			if err := rec.checkpoint(step); err != nil {
				return err
			}
			r.update(true, func(s *State) { s.Status = Paused })
		}
		select {
		case <-resumed:
		case <-ctx.Done():
		}
	}
}
