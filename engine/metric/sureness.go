package metric

import "math"

// Sureness counts how often answers are right by how sure the model was of them, in steps
// of a percent from 0 to 1. The zero value has counted nothing.
type Sureness []SureStep

// SureStep are the answers that were sure within a percent.
type SureStep struct {
	From  float64 `json:"from"` // 0.97 for those from 97 % to under 98 %
	Rows  int     `json:"rows"`
	Right int     `json:"right"`
	Sum   float64 `json:"sum"` // of how sure they were
}

const sureSteps = 100

// Add counts an answer.
func (s *Sureness) Add(sure float64, right bool) {
	if *s == nil {
		*s = make(Sureness, sureSteps)
		for i := range *s {
			(*s)[i].From = float64(i) / sureSteps
		}
	}
	step := &(*s)[min(max(int(math.Floor(sure*sureSteps+1e-9)), 0), sureSteps-1)]
	step.Rows++
	step.Sum += sure
	if right {
		step.Right++
	}
}

// errorBins is how many bins the literature puts answers into.
const errorBins = 15

// Error is the expected calibration error: how far, on average over the rows, how sure the
// model is lies from how often it is right (Guo et al. 2017, eq. 3); 0 to 1.
func (s Sureness) Error() float64 {
	var bins [errorBins]SureStep
	total := 0
	for i, step := range s {
		b := &bins[(2*i+1)*errorBins/(2*sureSteps)]
		b.Rows, b.Right, b.Sum = b.Rows+step.Rows, b.Right+step.Right, b.Sum+step.Sum
		total += step.Rows
	}
	gap := 0.0
	for _, b := range bins {
		gap += math.Abs(b.Sum - float64(b.Right))
	}
	return gap / float64(max(total, 1))
}

// Above counts the answers that were at least so sure, and how many of them were right.
func (s Sureness) Above(sure float64) (rows, right int) {
	for _, step := range s {
		if step.From >= sure-1e-9 {
			rows, right = rows+step.Rows, right+step.Right
		}
	}
	return rows, right
}

// Rows is how many answers were counted.
func (s Sureness) Rows() int {
	rows, _ := s.Above(0)
	return rows
}
