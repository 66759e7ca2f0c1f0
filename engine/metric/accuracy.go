package metric

import (
	"slices"

	"attune/engine/dataset"
)

type accuracy struct {
	chosen       choice
	right, total int
}

// NewAccuracy gives the share of examples whose surest label is the right one.
func NewAccuracy() Metric { return &accuracy{chosen: surest} }

// NewAccuracyAbove gives the share of examples whose labels, those scored at
// the threshold or above, are all the right ones and no other: subset accuracy.
func NewAccuracyAbove(threshold float64) Metric { return &accuracy{chosen: above(threshold)} }

func (*accuracy) Name() string         { return "accuracy" }
func (*accuracy) HigherIsBetter() bool { return true }
func (a *accuracy) Value() float64     { return ratio(a.right, a.total) }

func (a *accuracy) Add(want dataset.Example, got dataset.Answer) {
	a.total++
	if sameSet(want.Labels, a.chosen(got)) {
		a.right++
	}
}

func sameSet(a, b []string) bool {
	for _, label := range a {
		if !slices.Contains(b, label) {
			return false
		}
	}
	for _, label := range b {
		if !slices.Contains(a, label) {
			return false
		}
	}
	return true
}
