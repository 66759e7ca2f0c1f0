package task_test

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"attune/engine/batch"
	"attune/engine/dataset"
	"attune/engine/op/optest"
	"attune/engine/predict"
	"attune/engine/task"
	"attune/engine/task/tasktest"
)

func inParts(c *task.Classification) { c.MaxLength, c.Long = 18, "parts" }

// words gives so many words that are all known.
func words(n int) string {
	var all []string
	for i := range n {
		all = append(all, []string{"my", "card", "is", "lost"}[i%4])
	}
	return strings.Join(all, " ")
}

func TestLongTextsAreReadInParts(t *testing.T) {
	m := classifier(t, inParts) // of 16 pieces and two special ones, two of them shared
	tests := []struct {
		name  string
		e     dataset.Example
		parts []int // their tokens
	}{
		{"short", example("my card", "cards"), []int{4}},
		{"just read at once", example(words(16), "cards"), []int{18}},
		{"one more", example(words(17), "cards"), []int{12, 11}},
		{"as much as two show", example(words(30), "cards"), []int{18, 18}},
		{"three parts", example(words(31), "cards"), []int{14, 14, 13}},
		{"two texts", dataset.Example{Text: words(40), Pair: "my card"}, []int{18}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			items, err := m.Items(test.e)
			var got []int
			for _, item := range items {
				got = append(got, len(item.IDs))
				if len(item.Targets) != 1 || item.Targets[0] != items[0].Targets[0] {
					t.Errorf("the parts learn %v and %v", items[0].Targets, item.Targets)
				}
			}
			if err != nil || !slices.Equal(got, test.parts) {
				t.Errorf("parts of %v tokens, want %v; %v", got, test.parts, err)
			}
			for seed := range uint64(5) {
				varied, err := m.ItemsVaried(test.e, 0.3, rand.New(rand.NewPCG(seed, 1)))
				if err != nil || len(varied) != len(items) {
					t.Errorf("with words cut at random there are %d parts, not %d; %v", len(varied), len(items), err)
				}
				for _, item := range varied {
					if len(item.IDs) > 18 {
						t.Errorf("a part has %d tokens", len(item.IDs))
					}
				}
			}
		})
	}
}

// TestEveryPieceIsInAPart reads texts of every length.
func TestEveryPieceIsInAPart(t *testing.T) {
	m := classifier(t, inParts)
	for n := 1; n < 150; n++ {
		items, err := m.Items(example(words(n), ""))
		if err != nil {
			t.Fatal(err)
		}
		shown, least := 0, 18
		for _, item := range items {
			shown += len(item.IDs) - 2
			least = min(least, len(item.IDs)-2)
			if len(item.IDs) > 18 {
				t.Errorf("of %d words a part has %d tokens", n, len(item.IDs))
			}
		}
		if want := n + 2*(len(items)-1); shown != want || len(items) > 1 && least < 5 {
			t.Errorf("%d parts of %d words show %d pieces, want %d; the shortest %d", len(items), n, shown, want, least)
		}
	}
}

// TestPartsAreJoined answers a long text, and its parts one by one.
func TestPartsAreJoined(t *testing.T) {
	several := &task.Multilabel{MaxLength: 18, Long: "parts"}
	many, err := several.Learn(tasktest.Base(t), dataset.FromSlice(learn), 1)
	if err != nil {
		t.Fatal(err)
	}
	same := func(score float64) float64 { return score }
	for name, c := range map[string]struct {
		model    task.Model
		to, from func(float64) float64
	}{
		"one label": {classifier(t, inParts), same, same},
		"several":   {many, func(p float64) float64 { return math.Log(p / (1 - p)) }, func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }},
	} {
		t.Run(name, func(t *testing.T) {
			tape := optest.Tape(t)
			e := example("where is my parcel "+words(40), "")
			items, err := c.model.Items(e)
			if err != nil {
				t.Fatal(err)
			}
			tape.Infer()
			b := batch.Pack(items)
			sums := map[string]float64{}
			for _, part := range c.model.Answers(c.model.Logits(tape, b), b) {
				for _, s := range part.Labels {
					sums[s.Label] += c.to(s.Score)
				}
			}
			answers, err := predict.New(c.model, tape.Workers).Answers(t.Context(), []dataset.Example{example("my card", ""), e})
			if err != nil {
				t.Fatal(err)
			}
			got := answers[1].Labels
			if len(got) != 3 || !slices.IsSortedFunc(got, func(a, b dataset.Score) int { return cmp.Compare(b.Score, a.Score) }) {
				t.Errorf("not three labels, the surest first: %v", got)
			}
			for _, s := range got {
				if want := c.from(sums[s.Label] / float64(len(items))); len(items) < 3 || math.Abs(s.Score-want) > 1e-5 {
					t.Errorf("%s scores %g in %d parts, want %g", s.Label, s.Score, len(items), want)
				}
			}
		})
	}
}
