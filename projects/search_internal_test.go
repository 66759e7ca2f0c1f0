package projects

import (
	"math"
	"slices"
	"testing"

	"attune/engine/dataset"
	"attune/engine/task"
	"attune/engine/task/tasktest"
)

func TestTheBetterHalfIsKept(t *testing.T) {
	trial := func(name string, score, loss float64, failed string) Trial {
		return Trial{Candidate: Candidate{Techniques: []string{name}}, Score: score, Loss: loss, Failed: failed}
	}
	f := Search{Rounds: []Round{{trial("a", 0.7, 1, ""), trial("b", 0.9, 2, ""), trial("c", 0, 0, "it ran away"), trial("d", 0.9, 1, ""), trial("e", 0.1, 1, "")}}}
	f.halve()
	var kept []string
	for _, c := range f.Left {
		kept = append(kept, c.Techniques[0])
	}
	if want := []string{"d", "b", "a"}; !slices.Equal(kept, want) {
		t.Errorf("kept %v, want %v", kept, want)
	}
}

// Each round gets as much time as the others, and as many passes as go into it.
func TestTimeIsShared(t *testing.T) {
	c := make([]Candidate, 8)
	f := Search{Seconds: 400, Rounds: []Round{nil}, Left: c}
	if got := f.share(); got != 400.0/4/8 {
		t.Errorf("at first a try has %g s", got)
	}
	if n := f.passes(c[0], 10, 40); n != 1 {
		t.Errorf("%d passes before any was timed", n)
	}
	f.Rounds[0] = Round{{Passes: 2, Seconds: 10}}
	f.Spent = 10
	if got := f.share(); math.Abs(got-12.5) > 1e-9 {
		t.Errorf("the second has %g s", got)
	}
	for seconds, want := range map[float64]int{12.5: 2, 1: 1, 1000: 40} {
		if n := f.passes(c[0], seconds, 40); n != want {
			t.Errorf("%d passes in %g s, want %d", n, seconds, want)
		}
	}
}

// The words are counted for the first try, and the others take the counts over.
func TestWordsAreCountedOnce(t *testing.T) {
	var tries common
	learn := dataset.FromSlice([]dataset.Example{{Text: "my card is lost", Labels: []string{"cards"}}, {Text: "the parcel has not come", Labels: []string{"parcels"}}})
	for i := range 3 {
		m, err := task.NewClassification().Learn(tasktest.Base(t), learn, 1)
		if err != nil {
			t.Fatal(err)
		}
		tries.counting = 0
		if err := tries.count(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		if got := m.(counting).Counts(); got == nil || got != tries.counts || (tries.counting > 0) != (i == 0) {
			t.Errorf("try %d has the counts %p, not %p, and took %v to count", i+1, got, tries.counts, tries.counting)
		}
		if err := m.(counting).Prepare(t.Context(), func(string) { t.Errorf("try %d counts again", i+1) }); err != nil {
			t.Error(err)
		}
	}
}

// A try that would end as an earlier one did is not made again, and tells nothing of how
// long a pass takes.
func TestNothingIsTriedTwice(t *testing.T) {
	way := func(rate string) Candidate {
		return Candidate{Techniques: []string{"lora"}, Settings: map[string]string{"learning_rate": rate}}
	}
	f := Search{Timed: Trial{Candidate: way("1"), Passes: 1, Seconds: 5, Score: 0.4},
		Rounds: []Round{{{Candidate: way("1"), Passes: 2, Seconds: 10, Score: 0.6}, {Candidate: way("2"), Passes: 3, Seconds: 15, Score: 0.5}, {Candidate: way("3"), Passes: 2, Seconds: 10, Score: 0.3, Cut: true}}, nil}}
	for _, c := range []struct {
		rate   string
		passes int
		score  float64 // 0 where it was not tried
	}{{"1", 1, 0.4}, {"1", 2, 0.6}, {"1", 3, 0}, {"2", 3, 0.5}, {"2", 2, 0}, {"3", 2, 0}} {
		got, ok := f.tried(way(c.rate), c.passes)
		if ok != (c.score > 0) || got.Score != c.score || got.Seconds != 0 {
			t.Errorf("rate %s, %d passes: %+v, %t", c.rate, c.passes, got, ok)
		}
	}
	again, _ := f.tried(way("1"), 2)
	f.Rounds[1] = append(f.Rounds[1], again)
	if seconds, known := f.pass(way("1")); !known || seconds != 5 {
		t.Errorf("a pass takes %g s", seconds)
	}
}
