package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"attune/engine/bundle"
	"attune/engine/dataset"
	"attune/engine/technique"
	"attune/engine/train"
	"attune/projects/store"
)

// recorder writes down what a run does: its curves and scores in the project's
// database, its best model as a folder, and itself as a checkpoint.
type recorder struct {
	run     *Run
	store   *store.Store
	record  store.Run
	plan    *technique.Plan
	stopped bool // by the user

	best    *bundle.Snapshot
	scores  map[string]float64
	unsaved bool // the best model is newer than its folder

	step      *train.Step     // the last one
	losses    mean            // of the targets since the last point of the curve
	every     int             // steps a point
	waiting   []store.Measure // not yet in the database
	written   time.Time       // when the last checkpoint was
	recorded  time.Time       // when the measures last went to the database
	speed     speedometer
	beforeNow float64 // seconds spent before a resume
}

// How often a run is written down: measures about once a second, since each time
// waits for the disk; itself about once a minute, so that a crash costs no more.
const (
	measuresEvery   = time.Second
	checkpointEvery = time.Minute
)

// curvePoints is about how many points the curve of the training loss gets.
const curvePoints = 500

func newRecorder(r *Run) *recorder {
	return &recorder{run: r, store: r.job.Store, record: r.job.Record, written: time.Now()}
}

// baseline scores the simple model, unless a run that is resumed did so already.
func (c *recorder) baseline(ctx context.Context) error {
	if c.record.Baseline == nil {
		c.run.update(true, func(s *State) { s.Phase = "scoring a simple baseline" })
		scores, err := c.run.job.Baseline(ctx)
		if err != nil {
			return err
		}
		c.record.Baseline = scores
	}
	c.run.update(true, func(s *State) { s.Baseline = c.record.Baseline })
	return c.store.UpdateRun(ctx, c.record)
}

// begin takes the plan and, for a run that is resumed, gives the state to go on
// from and the curve so far.
func (c *recorder) begin(plan *technique.Plan) (*train.State, error) {
	c.plan = plan
	c.record.Status = string(Training)
	head := newHeadOf(plan)
	if err := head.save(c.store, c.record.Number); err != nil {
		return nil, err
	}
	c.speed.restart()
	var from *train.State
	if c.run.job.Resume {
		var err error
		if from, err = c.readCheckpoint(); err != nil {
			return nil, err
		}
		c.beforeNow = from.Seconds
	}
	curve, err := c.curveUntil(from)
	if err != nil {
		return nil, err
	}
	for i := range curve.Phases[:min(len(curve.Phases), len(plan.Phases))] {
		curve.Phases[i].Name = plan.Phases[i].Name
	}
	c.run.update(true, func(s *State) {
		s.Status, s.Phase, s.Curve, s.NewHead = Training, "fine-tuning", curve, head
		if from != nil && from.Best != nil && from.Best.Main != "" {
			s.Best = bestOf(curve, from.Best.Main)
			s.Main = from.Best.Main
		}
	})
	return from, nil
}

func (c *recorder) curveUntil(from *train.State) (Curve, error) {
	if from == nil {
		return Curve{}, nil
	}
	measures, err := c.store.Measures(context.Background(), c.record.Number)
	if err != nil {
		return Curve{}, err
	}
	var kept []store.Measure
	for _, m := range measures {
		if m.Step <= from.Before+from.Taken {
			kept = append(kept, m)
		}
	}
	return CurveOf(kept), nil
}

// add records a step.
func (c *recorder) add(step train.Step) error {
	if c.step == nil {
		if err := c.room(step.State()); err != nil {
			return err
		}
	}
	c.step = &step
	c.every = max(1, step.Of/curvePoints)
	c.losses.add(step.Loss, step.Targets)
	c.speed.add(step)
	c.record.Step, c.record.Steps, c.record.Epoch = step.Number, step.Of, step.Epoch
	c.record.Samples += int64(step.Rows)
	c.record.Seconds = c.beforeNow + c.speed.total.Seconds()
	point, evaluation := c.measure(step)
	if step.Best {
		c.keep(step)
	}
	c.run.update(evaluation != nil || step.Stopped != "", func(s *State) {
		s.Status, s.Phase = Training, step.Phase
		s.Step, s.Steps, s.Epoch, s.Epochs = step.Number, step.Of, step.Epoch, step.Epochs
		if n := len(s.Curve.Phases); n == 0 || s.Curve.Phases[n-1].Name != step.Phase {
			s.Curve.Phases = append(s.Curve.Phases, Phase{Name: step.Phase, First: step.Number})
		}
		s.Speed, s.Elapsed = c.speed.now(), time.Duration(c.record.Seconds*float64(time.Second))
		s.Left = c.speed.left(step)
		if point != nil {
			s.Curve.Losses = append(s.Curve.Losses, *point)
		}
		if evaluation != nil {
			s.Main = step.Evaluation.Main
			s.Curve.Evaluations = append(s.Curve.Evaluations, *evaluation)
			if step.Best {
				s.Best = evaluation
			}
		}
	})
	if step.Stopped != "" {
		c.record.Stopped = step.Stopped
	}
	if time.Since(c.recorded) > measuresEvery {
		if err := c.flush(); err != nil {
			return err
		}
	}
	if time.Since(c.written) > cmp.Or(c.run.job.CheckpointEvery, checkpointEvery) {
		return c.checkpoint(step)
	}
	return nil
}

// measure gives the new points of the curves and queues them for the database.
func (c *recorder) measure(step train.Step) (*Point, *Evaluation) {
	var point *Point
	if (step.Number%c.every == 0 || step.Evaluation != nil) && c.losses.weight > 0 {
		point = &Point{Step: step.Number, Value: c.losses.take()}
		c.queue(step, "loss", dataset.Train, point.Value)
	}
	if step.Evaluation == nil {
		return point, nil
	}
	c.queue(step, "loss", dataset.Validation, step.Evaluation.Loss)
	for name, value := range step.Evaluation.Scores {
		c.queue(step, name, dataset.Validation, value)
	}
	return point, &Evaluation{Step: step.Number, Epoch: step.Epoch, Loss: step.Evaluation.Loss, Scores: step.Evaluation.Scores}
}

func (c *recorder) queue(step train.Step, name string, split dataset.Split, value float64) {
	c.waiting = append(c.waiting, store.Measure{Step: step.Number, Epoch: step.Epoch, Name: name, Split: split, Value: value})
}

// keep copies the model as the best so far. It goes to disk with the next
// checkpoint or at the end: in a good run nearly every evaluation is the best yet,
// and a disk need not see them all.
func (c *recorder) keep(step train.Step) {
	c.best = bundle.Take(c.plan.Model, c.plan.Guessed, c.plan.Base.Tokenizer, c.best)
	c.unsaved = true
	c.record.BestStep, c.scores = step.Number, nil
	if e := step.Evaluation; e != nil {
		c.scores = e.Scores
		c.record.Main, c.record.Score = e.Main, e.Scores[e.Main]
	}
}

// flush brings the record and the queued measures to the database, even when the
// run was told to end.
func (c *recorder) flush() error {
	c.recorded = time.Now()
	if err := c.store.AddMeasures(context.Background(), c.record.Number, c.waiting); err != nil {
		return err
	}
	c.waiting = c.waiting[:0]
	return c.store.UpdateRun(context.Background(), c.record)
}

// checkpoint writes the run down so that it can be resumed after this step. The
// best model goes first: a run killed in between finds it again on its way.
func (c *recorder) checkpoint(step train.Step) error {
	if err := errors.Join(c.saveBest(), c.flush()); err != nil {
		return err
	}
	if err := c.writeCheckpoint(step.State()); err != nil {
		return err
	}
	c.written = time.Now()
	return nil
}

func (c *recorder) saveBest() error {
	if !c.unsaved {
		return nil
	}
	about := c.run.job.About
	about.Scores = c.scores
	err := c.store.WriteFolder(ModelFolder(c.record.Number), func(dir string) error { return c.best.Save(dir, about) })
	if err != nil {
		return fmt.Errorf("save the best model: %w", err)
	}
	c.unsaved = false
	return nil
}

// saveLearned writes down how much of the model learned.
func (c *recorder) saveLearned() error {
	if c.step == nil {
		return nil
	}
	return learnedIn(*c.step).save(c.store, c.record.Number)
}

const (
	stoppedByUser   = "stopped by you"
	failedNote      = "It ended before it was done; what was best until then is kept."
	fullNote        = "The disk is full. When there is room it goes on where it was last written down."
	interruptedNote = "It goes on where it was last written down."
)

// endings say in a sentence why a run ended well.
var endings = map[string]string{
	train.StoppedAtTheEnd: "All passes over the rows are done.",
	train.StoppedEarly:    "It stopped by itself: nothing had improved for a while.",
	train.StoppedByTime:   "The time it was given is over.",
	stoppedByUser:         "You stopped it.",
}

// finish writes down how the run ended and gives the last change of its state.
func (c *recorder) finish(reason error) func(*State) {
	status, note := Finished, endings[c.record.Stopped]
	switch {
	case errors.Is(reason, errInterrupted):
		status, note, reason = Interrupted, interruptedNote, nil
	case reason != nil:
		status, note = failed(reason)
	case c.stopped:
		status, c.record.Stopped = Stopped, stoppedByUser
		note = endings[stoppedByUser]
		if c.best == nil && c.step != nil && c.record.BestStep == 0 {
			c.keep(*c.step) // nothing was scored yet; what was learned is better than nothing
		}
	}
	if err := errors.Join(c.saveBest(), c.saveLearned()); err != nil && reason == nil {
		reason = err
		status, note = failed(err)
	}
	if reason != nil {
		c.record.Error = reason.Error()
	}
	c.record.Status, c.record.Ended = string(status), time.Now()
	if err := c.flush(); err != nil && reason == nil {
		reason = err
		status, note = failed(err)
	}
	if status == Finished || status == Stopped {
		c.removeCheckpoint()
	}
	return func(s *State) {
		s.Status, s.Note, s.Err, s.Left, s.Speed = status, note, reason, 0, speedOf(c.record)
	}
}

// failed is how a run ends that cannot go on. One that ran out of disk can, later.
func failed(reason error) (Status, string) {
	if errors.Is(reason, store.ErrFull) {
		return Interrupted, fullNote
	}
	return Failed, failedNote
}

// mean averages numbers by their weights until they are taken.
type mean struct{ sum, weight float64 }

func (m *mean) add(x, weight float64) { m.sum += x * weight; m.weight += weight }

// take gives the mean of those since the last time, of which there must be some.
func (m *mean) take() float64 {
	x := m.sum / m.weight
	*m = mean{}
	return x
}
