package task

import (
	"math"

	"attune/engine/dataset"
)

// platt turns what a model takes for the probability that it is right into how often it
// is: the logit is scaled and moved (Platt 1999, who fits a sigmoid to the margins of
// support vectors). The zero value leaves it as it is.
type platt struct {
	Scale float64 `json:"scale"`
	Shift float64 `json:"shift"`
}

// trial is an answer that a model gave a probability, and whether it was right.
type trial struct {
	probability float64
	right       bool
}

// of gives how often answers of a probability are right.
func (p platt) of(probability float64) float64 {
	if p == (platt{}) {
		return probability
	}
	return dataset.Probability(p.Scale*dataset.LogOdds(probability) + p.Shift)
}

// before gives the probability that of was given.
func (p platt) before(sure float64) float64 {
	if p == (platt{}) {
		return sure
	}
	return dataset.Probability((dataset.LogOdds(sure) - p.Shift) / p.Scale)
}

// What is known beforehand: that a model means what it says, against which few rows do not
// speak, and that what is likelier is never less sure.
const (
	scaleCaution, shiftCaution = 20.0, 5.0
	leastScale                 = 0.05
)

// fitPlatt gives what makes the trials least surprising, by Newton's method.
func fitPlatt(trials []trial) platt {
	p := platt{Scale: 1}
	for range 50 {
		// The gradient and the second derivatives of the cross-entropy and the caution.
		g1, g2 := scaleCaution*(p.Scale-1), shiftCaution*p.Shift
		h11, h12, h22 := scaleCaution, 0.0, shiftCaution
		for _, t := range trials {
			x := dataset.LogOdds(t.probability)
			y := dataset.Probability(p.Scale*x + p.Shift)
			off, steep := y, y*(1-y)
			if t.right {
				off--
			}
			g1, g2 = g1+off*x, g2+off
			h11, h12, h22 = h11+steep*x*x, h12+steep*x, h22+steep
		}
		scale := min((h22*g1-h12*g2)/(h11*h22-h12*h12), p.Scale-leastScale)
		shift := (g2 - h12*scale) / h22
		// A step that is too long for the parabola is cut: the valley has no other.
		cut := min(1, 1/max(math.Abs(scale), math.Abs(shift), 1e-300))
		p.Scale, p.Shift = p.Scale-cut*scale, p.Shift-cut*shift
		if math.Abs(scale)+math.Abs(shift) < 1e-9 {
			break
		}
	}
	return p
}
