package run

import (
	"errors"
	"math"
	"time"

	"attune/projects/store"
)

// speedOf gives the rows a second of a whole run.
func speedOf(r store.Run) float64 { return float64(r.Samples) / max(r.Seconds, 1e-9) }

// Recorded gives the state that a run at rest was left in, as its record and what was
// measured tell it.
func Recorded(r store.Run, status Status, c Curve, head NewHead) State {
	s := State{
		Number: r.Number, Status: status, Step: r.Step, Steps: r.Steps, Epoch: r.Epoch, Elapsed: time.Duration(r.Seconds * float64(time.Second)),
		Curve: c, Main: r.Main, Baseline: r.Baseline, NewHead: head, Note: endings[r.Stopped], Speed: speedOf(r),
	}
	if r.Step > 0 {
		s.Epochs = int(math.Round(r.Epoch * float64(r.Steps) / float64(r.Step)))
	}
	for _, e := range c.Evaluations {
		if e.Step == r.BestStep {
			s.Best = &e
		}
	}
	switch status {
	case Interrupted:
		s.Note = interruptedNote
	case Failed:
		s.Note, s.Err = failedNote, errors.New(r.Error)
	}
	return s
}
