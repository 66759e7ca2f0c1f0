// Package metric scores answers against what an example says is right: text in,
// number out. It knows no tensors and no model; the loss stays with the trainer.
package metric

import "attune/engine/dataset"

// Metric gathers answers one by one and scores them all. Before the first
// answer its value is 0.
type Metric interface {
	Name() string
	HigherIsBetter() bool
	Add(want dataset.Example, got dataset.Answer)
	Value() float64
}

// Partial is a metric that some examples do not concern, so that it may have had
// nothing to score.
type Partial interface {
	Metric
	Any() bool // whether it had
}

// PerLabel gathers answers as a Metric does, and scores them label by label, in the
// order of the labels' names.
type PerLabel interface {
	Add(want dataset.Example, got dataset.Answer)
	PerClass() []ClassScore
}
