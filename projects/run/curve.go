package run

import (
	"math"

	"attune/engine/dataset"
	"attune/projects/store"
)

// CurveOf puts the measures of a run, in the order of their steps, together as its
// curves.
func CurveOf(measures []store.Measure) Curve {
	var c Curve
	epoch := math.Inf(1)
	for _, m := range measures {
		if m.Epoch < epoch { // passes are counted anew in each phase
			first := 1
			if len(c.Losses) > 0 {
				first = c.Losses[len(c.Losses)-1].Step + 1
			}
			c.Phases = append(c.Phases, Phase{First: first})
		}
		epoch = m.Epoch
		if m.Split == dataset.Train {
			c.Losses = append(c.Losses, Point{Step: m.Step, Value: m.Value})
			continue
		}
		if n := len(c.Evaluations); n == 0 || c.Evaluations[n-1].Step != m.Step {
			c.Evaluations = append(c.Evaluations, Evaluation{Step: m.Step, Epoch: m.Epoch, Scores: map[string]float64{}})
		}
		e := &c.Evaluations[len(c.Evaluations)-1]
		if m.Name == "loss" {
			e.Loss = m.Value
		} else {
			e.Scores[m.Name] = m.Value
		}
	}
	return c
}

// bestOf gives the best evaluation by a score; of equals the one with the lower
// loss, as the training itself decides.
func bestOf(c Curve, main string) *Evaluation {
	var best *Evaluation
	for i := range c.Evaluations {
		e := &c.Evaluations[i]
		if best == nil || e.Scores[main] > best.Scores[main] || e.Scores[main] == best.Scores[main] && e.Loss < best.Loss {
			best = e
		}
	}
	return best
}
