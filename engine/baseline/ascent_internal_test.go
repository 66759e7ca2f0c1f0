package baseline

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"attune/engine/dataset"
)

// invented gives texts of invented words, some of which tell the label.
func invented(n int) []dataset.Example {
	random := rand.New(rand.NewPCG(3, 3))
	examples := make([]dataset.Example, n)
	for i := range examples {
		label := random.IntN(4)
		text := ""
		for range 8 {
			text += fmt.Sprintf("w%d ", random.IntN(60)+20*label)
		}
		examples[i] = dataset.Example{Text: text, Labels: []string{fmt.Sprint(label)}}
	}
	return examples
}

func ascended(t *testing.T, examples []dataset.Example, cost float64) *ascent {
	t.Helper()
	labels := labelsOf(examples)
	v, err := newVocabulary(t.Context(), examples, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	a := newAscent(&Model{
		labels: labels, vocabulary: v,
		weights: make([]float32, len(v.weights)*len(labels)), bias: make([]float32, len(labels)),
	}, aim{cost: cost})
	for _, e := range examples {
		a.append(e.Text, e.Labels[0])
	}
	if err := a.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	return a
}

// TestAscentReachesTheMinimum looks at what must hold there, for every cost: the
// weights are those that the distributions stand for, and the distributions are
// what the model says.
func TestAscentReachesTheMinimum(t *testing.T) {
	examples := invented(400)
	for _, cost := range []float64{0.1, 1, 10} {
		t.Run(fmt.Sprint(cost), func(t *testing.T) {
			a := ascended(t, examples, cost)
			k := len(a.labels)
			weights := make([]float64, len(a.weights))
			gap := 0.0
			for i, e := range examples {
				text := a.texts.part(a.starts[i], a.starts[i+1])
				a.predict(a.says, text)
				for c, q := range a.duals[i*k:][:k] {
					right := 0.0
					if a.labels[c] == e.Labels[0] {
						right = 1
					}
					for j, column := range text.columns {
						weights[int(column)*k+c] += cost * (right - float64(q)) * float64(text.values[j])
					}
					if q > 0 {
						gap += float64(q) * math.Log(float64(q)/float64(a.says[c]))
					}
				}
			}
			for i, want := range weights {
				if math.Abs(want-float64(a.weights[i])) > 1e-3*max(1, math.Abs(want)) {
					t.Fatalf("weight %d is %v, its distributions say %v", i, a.weights[i], want)
				}
			}
			// The last pass measured the gap while it still moved.
			if gap /= float64(len(examples)); gap > 2*smallGap {
				t.Errorf("the gap to the minimum is %v, want %v", gap, smallGap)
			}
		})
	}
}

// TestEachLabelReachesItsMinimum looks at the same where any number of labels may be
// right: there are rows with none, one and two.
func TestEachLabelReachesItsMinimum(t *testing.T) {
	examples := invented(400)
	for i := range examples {
		switch i % 3 {
		case 0:
			examples[i].Labels = []string{}
		case 1:
			examples[i].Labels = append(examples[i].Labels, "odd")
		}
	}
	for _, cost := range []float64{0.1, 1, 10} {
		t.Run(fmt.Sprint(cost), func(t *testing.T) {
			labels := labelsOf(examples)
			v, err := newVocabulary(t.Context(), examples, 10_000)
			if err != nil {
				t.Fatal(err)
			}
			k := len(labels)
			a := newAscent(&Model{labels: labels, vocabulary: v, weights: make([]float32, len(v.weights)*k), bias: make([]float32, k)}, aim{cost: cost, each: true})
			for _, e := range examples {
				a.append(e.Text, e.Labels...)
			}
			if err := a.run(t.Context()); err != nil {
				t.Fatal(err)
			}
			weights, gap := make([]float64, len(a.weights)), 0.0
			for i, e := range examples {
				text := a.texts.part(a.starts[i], a.starts[i+1])
				a.score(a.says, text)
				for c, q := range a.duals[i*k:][:k] {
					right := 0.0
					if slices.Contains(e.Labels, labels[c]) {
						right = 1
					}
					for j, column := range text.columns {
						weights[int(column)*k+c] += cost * (right - float64(q)) * float64(text.values[j])
					}
					p := dataset.Probability(float64(a.says[c]))
					gap += share(float64(q), p) + share(1-float64(q), 1-p)
				}
			}
			for i, want := range weights {
				if math.Abs(want-float64(a.weights[i])) > 1e-3*max(1, math.Abs(want)) {
					t.Fatalf("weight %d is %v, its distributions say %v", i, a.weights[i], want)
				}
			}
			if gap /= float64(len(examples)); gap > 2*smallGap {
				t.Errorf("the gap to the minimum is %v, want %v", gap, smallGap)
			}
		})
	}
}

func TestLimitsLearnAPart(t *testing.T) {
	examples := invented(2000)
	cases := []struct {
		name   string
		l      limits
		ngrams int
	}{
		{"few weights", limits{labels: 10, weights: 400, values: 1 << 20, work: 1 << 24}, 0},
		{"few values", limits{labels: 10, weights: 1 << 20, values: 20_000, work: 1 << 24}, 0},
		{"little work", limits{labels: 10, weights: 1 << 20, values: 1 << 20, work: 80_000}, 0},
		{"few n-grams", limits{labels: 10, weights: 1 << 20, values: 1 << 20, work: 1 << 24}, 40},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			m, err := train(t.Context(), examples, Options{Cost: 10, NGrams: c.ngrams}, c.l)
			if err != nil {
				t.Fatal(err)
			}
			if len(m.weights) > c.l.weights {
				t.Errorf("%d weights, want %d at most", len(m.weights), c.l.weights)
			}
			if c.ngrams > 0 && len(m.vocabulary.weights) != c.ngrams {
				t.Errorf("%d n-grams, want %d", len(m.vocabulary.weights), c.ngrams)
			}
			right := 0
			for _, e := range examples {
				if m.Answer(e.Text).Labels[0].Label == e.Labels[0] {
					right++
				}
			}
			if right < 1400 {
				t.Errorf("%d of 2000 right, want 1400 or more", right)
			}
		})
	}
}
