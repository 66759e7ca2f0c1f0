package metric

import "attune/engine/dataset"

type microF1 struct {
	chosen choice
	labels tally
}

// NewMicroF1 gives the F1 score over all labels counted together. Where every
// example and every answer has one label it equals accuracy.
func NewMicroF1() Metric { return &microF1{chosen: surest, labels: tally{}} }

// NewMicroF1Above is NewMicroF1 for examples with any number of labels: an
// answer stands by those scored at the threshold or above.
func NewMicroF1Above(threshold float64) Metric {
	return &microF1{chosen: above(threshold), labels: tally{}}
}

func (*microF1) Name() string         { return "micro_f1" }
func (*microF1) HigherIsBetter() bool { return true }

func (m *microF1) Add(want dataset.Example, got dataset.Answer) {
	m.labels.add(want.Labels, m.chosen(got))
}

func (m *microF1) Value() float64 {
	all := m.labels.all()
	return all.f1()
}
