package task

import (
	"math"
	"slices"

	"github.com/nlpodyssey/spago/nn"

	"attune/engine/dataset"
	"attune/engine/head"
	"attune/engine/layer"
	"attune/engine/loss"
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

// Tune sets the temperature that the network's logits are divided by, and how far the counts
// of words are trusted beside it, to where the validation rows are least surprising, so that
// of the answers that are 90 % sure nine in ten are right (Guo et al. 2017, 4.2). Without
// counts the surest answer stays as it is.
func (m *classifier) Tune(examples []dataset.Example, answers []dataset.Answer) {
	w := &m.votes
	deep, wide := make([][]float64, len(answers)), make([][]float64, len(answers)) // [rows][labels]
	var rows []voted
	step := max(1, len(answers)/mostHeated)
	for i, a := range answers {
		wide[i] = w.logits(examples[i], len(m.labels))
		deep[i] = slices.Repeat([]float64{math.Log(leastScore)}, len(m.labels))
		for _, s := range a.Labels { // what the network says alone
			n := m.numbers[s.Label]
			deep[i][n] = math.Log(max(s.Score, leastScore)) - w.trust*wide[i][n]
		}
		if right := m.target(examples[i])[0]; right != loss.Ignored && i%step == 0 {
			rows = append(rows, voted{deep[i], wide[i], right})
		}
	}
	if len(rows) == 0 {
		return
	}
	warmth := m.warmth()
	share, trust := fitVotes(rows, warmth)
	m.temperature, w.trust = settled(warmth/share), enough(settled(trust))
	share, trust = warmth/m.temperature, w.trust
	for i, a := range answers {
		answers[i] = mixed(a, func(s dataset.Score) float64 {
			n := m.numbers[s.Label]
			return share*deep[i][n] + trust*wide[i][n]
		})
	}
}

// warmth is the temperature, 1 for a model that was not tuned.
func (m *classifier) warmth() float64 {
	if m.temperature == 0 {
		return 1
	}
	return m.temperature
}

// voted is a validation row as both see it: the logarithms of the network's
// probabilities and the counts' logits, of which one label's are the right one's.
type voted struct {
	deep, wide []float64
	right      int
}

// trustCaution holds the trust near 0 where few rows speak for more.
const trustCaution = 2

// settled leaves off the digits that say nothing: with them a training that was resumed
// would differ in its last bits from one that nothing disturbed, which had other values to
// undo in the answers.
func settled(x float64) float64 { return math.Round(x*1e4) / 1e4 }

// fitVotes gives what to multiply the network's logarithms with and how far to trust the
// counts, by Newton's method with halved steps: the surprise has one valley. It begins with
// a temperature of 1 and no trust, whatever was found before.
func fitVotes(rows []voted, warmth float64) (share, trusted float64) {
	share = warmth
	at := surpriseAt(rows, warmth, share, 0)
	for range 50 {
		det := at.ss*at.tt - at.st*at.st
		ds, dt := (at.tt*at.s-at.st*at.t)/det, (at.ss*at.t-at.st*at.s)/det
		if trusted == 0 && at.t >= 0 || det <= 0 {
			ds, dt = at.s/at.ss, 0
		}
		size := 1.0
		for ; size > 1e-4; size /= 2 {
			s := min(max(share-size*ds, warmth/hottest), warmth/coolest)
			t := max(trusted-size*dt, 0)
			if next := surpriseAt(rows, warmth, s, t); next.value < at.value {
				at, share, trusted = next, s, t
				break
			}
		}
		if size <= 1e-4 || math.Abs(size*ds)+math.Abs(size*dt) < 1e-9 {
			break
		}
	}
	return share, trusted
}

// valley is the surprise of rows in nats, summed, with its first and second derivatives
// by the share s and the trust t.
type valley struct{ value, s, t, ss, st, tt float64 }

func surpriseAt(rows []voted, warmth, share, trust float64) (v valley) {
	for _, r := range rows {
		top := math.Inf(-1)
		for i, x := range r.deep {
			top = max(top, share*x+trust*r.wide[i])
		}
		var all, x1, w1, xx, xw, ww float64
		for i, x := range r.deep {
			w := r.wide[i]
			p := math.Exp(share*x + trust*w - top)
			all, x1, w1 = all+p, x1+p*x, w1+p*w
			xx, xw, ww = xx+p*x*x, xw+p*x*w, ww+p*w*w
		}
		x1, w1 = x1/all, w1/all
		v.value += math.Log(all) + top - share*r.deep[r.right] - trust*r.wide[r.right]
		v.s, v.t = v.s+x1-r.deep[r.right], v.t+w1-r.wide[r.right]
		v.ss, v.st, v.tt = v.ss+xx/all-x1*x1, v.st+xw/all-x1*w1, v.tt+ww/all-w1*w1
	}
	warm := math.Log(warmth / share)
	v.value += caution*warm*warm + trustCaution*trust*trust
	v.s += -2 * caution * warm / share
	v.t += 2 * trustCaution * trust
	v.ss += 2 * caution / (share * share)
	v.tt += 2 * trustCaution
	return v
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
