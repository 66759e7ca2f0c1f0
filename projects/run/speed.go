package run

import (
	"time"

	"attune/engine/train"
)

// speedometer measures how fast a training goes, pauses left out.
type speedometer struct {
	last  time.Time
	total time.Duration // in steps since the start of this process
	phase string        // the one under way
	spent time.Duration // in its steps since then
	steps int           // of it since then
	rows  []paced       // the steps of the last seconds
	span  time.Duration // that they took
	count int           // of their rows
}

type paced struct {
	rows int
	took time.Duration
}

// recent is the time over which the speed is averaged.
const recent = 5 * time.Second

// restart leaves out the time until now.
func (s *speedometer) restart() { s.last = time.Now() }

// add counts a step that ended now.
func (s *speedometer) add(step train.Step) {
	if step.Phase != s.phase {
		s.phase, s.spent, s.steps = step.Phase, 0, 0
	}
	rows := step.Rows
	took := time.Since(s.last)
	s.last = time.Now()
	s.total += took
	took -= step.Once // which no later step takes
	s.spent += took
	s.steps++
	s.rows = append(s.rows, paced{rows, took})
	s.span += took
	s.count += rows
	for len(s.rows) > 1 && s.span-s.rows[0].took > recent {
		s.span -= s.rows[0].took
		s.count -= s.rows[0].rows
		s.rows = s.rows[1:]
	}
}

// now gives rows a second.
func (s *speedometer) now() float64 { return float64(s.count) / max(s.span.Seconds(), 1e-9) }

// left forecasts the time until the last planned step by those of this phase.
func (s *speedometer) left(step train.Step) time.Duration {
	return time.Duration(float64(s.spent) / float64(s.steps) * float64(step.ToGo))
}
