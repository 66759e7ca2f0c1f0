package metric

import (
	"math"

	"attune/engine/dataset"
)

type mcc struct{ answers *Confusion }

// NewMCC gives the correlation between right and answered labels, -1 to 1: that
// of Matthews (1975) for two labels, its extension R_K by Gorodkin (2004) for
// more. It is 0 for guessing, and where all examples or all answers have one
// label; an imbalance of labels does not flatter it.
func NewMCC() Metric { return &mcc{answers: NewConfusion()} }

func (*mcc) Name() string         { return "mcc" }
func (*mcc) HigherIsBetter() bool { return true }

func (m *mcc) Add(want dataset.Example, got dataset.Answer) { m.answers.Add(want, got) }

// Value follows Gorodkin's equation in its counts: with c right of s examples,
// label k right t_k times and answered p_k times,
// (c s - sum p_k t_k) / sqrt((s^2 - sum p_k^2) (s^2 - sum t_k^2)).
func (m *mcc) Value() float64 {
	var right, total float64
	wanted, answered := map[string]float64{}, map[string]float64{}
	for at, n := range m.answers.cells {
		total += float64(n)
		wanted[at.want] += float64(n)
		answered[at.got] += float64(n)
		if at.want == at.got {
			right += float64(n)
		}
	}
	chance, spreadWanted, spreadAnswered := 0.0, total*total, total*total
	for label, n := range wanted {
		chance += n * answered[label]
		spreadWanted -= n * n
	}
	for _, n := range answered {
		spreadAnswered -= n * n
	}
	if spreadWanted == 0 || spreadAnswered == 0 {
		return 0
	}
	return (right*total - chance) / math.Sqrt(spreadWanted*spreadAnswered)
}
