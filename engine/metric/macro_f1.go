package metric

import (
	"maps"
	"slices"

	"attune/engine/dataset"
)

type macroF1 struct {
	chosen choice
	labels tally
}

// NewMacroF1 gives the mean of the F1 scores of all labels, so that a rare label
// weighs as much as a common one. A label that was answered but never right, or
// right but never answered, scores 0 and counts, as in scikit-learn.
func NewMacroF1() Metric { return &macroF1{chosen: surest, labels: tally{}} }

// NewMacroF1Above is NewMacroF1 for examples with any number of labels: an
// answer stands by those scored at the threshold or above.
func NewMacroF1Above(threshold float64) Metric {
	return &macroF1{chosen: above(threshold), labels: tally{}}
}

func (*macroF1) Name() string         { return "macro_f1" }
func (*macroF1) HigherIsBetter() bool { return true }

func (m *macroF1) Add(want dataset.Example, got dataset.Answer) {
	m.labels.add(want.Labels, m.chosen(got))
}

// Value sums in the order of the labels, so that equal counts give equal bits.
func (m *macroF1) Value() float64 {
	if len(m.labels) == 0 {
		return 0
	}
	sum := 0.0
	for _, label := range slices.Sorted(maps.Keys(m.labels)) {
		sum += m.labels[label].f1()
	}
	return sum / float64(len(m.labels))
}
