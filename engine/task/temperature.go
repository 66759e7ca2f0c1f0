package task

import (
	"math"
	"slices"

	"github.com/nlpodyssey/spago/nn"

	"attune/engine/dataset"
	"attune/engine/head"
	"attune/engine/layer"
	"attune/engine/op"
)

// What the search for a temperature knows beforehand.
const (
	coolest, hottest = 0.2, 10.0
	mostHeated       = 5000 // validation rows that are looked at, at most: more do not change it
	// caution holds the temperature near 1 where few rows speak for another: 60 rows that
	// are all right and 95 % sure become 98.5 % sure, which is what (n+1)/(n+2) says of
	// them, and not certain.
	caution = 10.0
)

// Tune sets the temperature that the logits are divided by to where the validation rows are
// least surprising, so that of the answers that are 90 % sure nine in ten are right (Guo et
// al. 2017, 4.2). Which answer is the surest stays as it is, unless counted words vote too.
func (m *classifier) Tune(examples []dataset.Example, answers []dataset.Answer) {
	if m.tuneVotes(examples, answers) {
		return
	}
	var rows []judged
	step := max(1, len(answers)/mostHeated)
	for i := 0; i < len(answers); i += step {
		if r, known := m.judge(examples[i], answers[i]); known {
			rows = append(rows, r)
		}
	}
	if len(rows) == 0 {
		return
	}
	before := m.warmth()
	m.temperature = before * least(func(t float64) float64 { return surprise(rows, t) + caution*math.Pow(math.Log(before*t), 2) }, coolest/before, hottest/before)
	for i := range answers {
		reheat(answers[i].Labels, m.temperature/before)
	}
}

// warmth is the temperature, 1 for a model that was not tuned.
func (m *classifier) warmth() float64 {
	if m.temperature == 0 {
		return 1
	}
	return m.temperature
}

// judged are the logarithms of the probabilities that a row's labels got, the right one's
// first.
type judged []float64

func (m *classifier) judge(e dataset.Example, a dataset.Answer) (judged, bool) {
	if len(e.Labels) == 0 {
		return nil, false
	}
	r, known := make(judged, len(a.Labels)), false
	for i, s := range a.Labels {
		r[i] = math.Log(max(s.Score, leastScore))
		if s.Label == e.Labels[0] {
			r[0], r[i], known = r[i], r[0], true
		}
	}
	return r, known
}

// surprise is the cross-entropy of the rows in nats, summed, at a temperature.
func surprise(rows []judged, temperature float64) (sum float64) {
	for _, r := range rows {
		all := 0.0
		for _, x := range r {
			all += math.Exp((x - r[0]) / temperature)
		}
		sum += math.Log(all)
	}
	return sum
}

// least gives the place between two where a function with one valley is lowest, by golden
// section on a logarithmic scale (Kiefer 1953).
func least(f func(float64) float64, from, to float64) float64 {
	const golden = 0.6180339887498949
	a, b := math.Log(from), math.Log(to)
	c, d := b-golden*(b-a), a+golden*(b-a)
	fc, fd := f(math.Exp(c)), f(math.Exp(d))
	for b-a > 1e-3 {
		if fc < fd {
			b, d, fd = d, c, fc
			c = b - golden*(b-a)
			fc = f(math.Exp(c))
		} else {
			a, c, fc = c, d, fd
			d = a + golden*(b-a)
			fd = f(math.Exp(d))
		}
	}
	return math.Exp((a + b) / 2)
}

// reheat changes probabilities to what they are at another temperature.
func reheat(all []dataset.Score, temperature float64) {
	sum := 0.0
	for i, s := range all {
		all[i].Score = math.Pow(s.Score, 1/temperature)
		sum += all[i].Score
	}
	for i := range all {
		all[i].Score /= sum
	}
}

// calibrated is the head with the temperature in its last layer, where every program that
// opens the model finds it.
func (m *classifier) calibrated() *head.Classifier {
	if m.temperature == 0 {
		return m.head
	}
	h := *m.head
	h.Out = &layer.Linear{Weight: m.cooled(h.Out.Weight, len(m.labels))}
	if m.head.Out.Bias != nil {
		h.Out.Bias = m.cooled(m.head.Out.Bias, 1)
	}
	return &h
}

// cooled is a copy of a parameter divided by the temperature.
func (m *classifier) cooled(p *nn.Param, rows int) *nn.Param {
	values := slices.Clone(op.Rows(p))
	for i := range values {
		values[i] /= float32(m.temperature)
	}
	return op.NewParam(rows, len(values)/rows, values)
}
