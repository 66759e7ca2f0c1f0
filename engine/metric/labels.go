package metric

import "attune/engine/dataset"

// Labels scores label by label how those that an answer stands by meet the right ones,
// for examples with any number of labels.
type Labels struct {
	chosen choice
	labels tally
}

// NewLabelsAbove gives an empty count; an answer stands by the labels scored at the
// threshold or above.
func NewLabelsAbove(threshold float64) *Labels { return &Labels{above(threshold), tally{}} }

// Add counts one answer.
func (l *Labels) Add(want dataset.Example, got dataset.Answer) {
	l.labels.add(want.Labels, l.chosen(got))
}

// PerClass scores each label that was right or answered. What would be a division by
// zero is 0.
func (l *Labels) PerClass() []ClassScore { return l.labels.perClass() }
