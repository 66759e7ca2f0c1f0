package projects

import (
	"slices"

	"attune/engine/catalog"
	"attune/engine/metric"
	"attune/projects/run"
)

// Loss names the score that decides where no other does.
const Loss = "loss"

// LowerIsBetter says whether less of a score is better, as of the loss.
func LowerIsBetter(score string) bool {
	return score == Loss || slices.ContainsFunc(catalog.Metrics(), func(m metric.Metric) bool {
		return m.Name() == score && !m.HigherIsBetter()
	})
}

// Deciding gives the score by which models are compared, main or the loss where that is
// "", and what an evaluation has for it.
func Deciding(e run.Evaluation, main string) (name string, value float64) {
	if main == "" {
		return Loss, e.Loss
	}
	return main, e.Scores[main]
}
