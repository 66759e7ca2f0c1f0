package projects

import (
	"cmp"
	"math"
	"slices"

	"attune/engine/dataset"
	"attune/engine/metric"
)

// wrongRows are the rows that a model answered wrongly, by id: as a whole, and as to each
// label that it missed or gave without reason.
type wrongRows struct {
	Rows   []int64            `json:"rows"`
	Labels map[string][]int64 `json:"labels"`
}

// add notes a row that was answered wrongly. one scores this row alone, nil for a task
// without labels.
func (w *wrongRows) add(want dataset.Example, got dataset.Answer, one metric.PerLabel) {
	w.Rows = append(w.Rows, want.ID)
	if one == nil {
		return
	}
	if w.Labels == nil {
		w.Labels = map[string][]int64{}
	}
	one.Add(want, got)
	for _, c := range one.PerClass() {
		if c.F1 < 1 {
			w.Labels[c.Label] = append(w.Labels[c.Label], want.ID)
		}
	}
}

// Turned is how many rows only one of two models answers rightly.
type Turned struct {
	Better int     `json:"better"` // only the second is right
	Worse  int     `json:"worse"`  // only the first is right
	Chance float64 `json:"chance"` // that models which are equally good turn as many one way, or more
}

// turned compares the rows that two models answer wrongly. Chance is that of the exact
// test of McNemar (1947), two-sided.
func turned(a, b []int64) Turned {
	var t Turned
	inA, inB := setOf(a), setOf(b)
	for id := range inA {
		if !inB[id] {
			t.Better++
		}
	}
	for id := range inB {
		if !inA[id] {
			t.Worse++
		}
	}
	t.Chance = lopsided(t.Better, t.Worse)
	return t
}

// lopsided is the probability that n fair coins fall at least as unevenly as a to b.
func lopsided(a, b int) float64 {
	n := a + b
	few, all := min(a, b), lgamma(n+1)-float64(n)*math.Ln2
	sum := 0.0
	for k := range few + 1 {
		sum += math.Exp(all - lgamma(k+1) - lgamma(n-k+1))
	}
	return min(1, 2*sum)
}

func lgamma(n int) float64 {
	y, _ := math.Lgamma(float64(n))
	return y
}

// The chances below which a change is believed.
const (
	sureBelow   = 0.01
	likelyBelow = 0.05
)

// Believed says whether one model is likely to be better than the other.
func (t Turned) Believed() bool { return t.Better != t.Worse && t.Chance < likelyBelow }

// Sure says in a word or two how sure it is that one model is better than the other.
func (t Turned) Sure() string {
	switch {
	case t.Better == t.Worse:
		return "no difference"
	case t.Chance < sureBelow:
		return "sure"
	case t.Believed():
		return "likely"
	}
	return "may be chance"
}

// holm corrects the chances for there being several labels (Holm 1979): of many that did
// not change, some look as if they had.
func holm(all []LabelChange) {
	order := make([]*LabelChange, 0, len(all))
	for i := range all {
		if all[i].Better+all[i].Worse > 0 {
			order = append(order, &all[i])
		}
	}
	slices.SortFunc(order, func(x, y *LabelChange) int { return cmp.Compare(x.Chance, y.Chance) })
	least := 0.0
	for i, l := range order {
		least = max(least, min(1, l.Chance*float64(len(order)-i)))
		l.Chance = least
	}
}
