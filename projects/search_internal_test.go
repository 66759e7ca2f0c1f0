package projects

import (
	"math"
	"slices"
	"testing"
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
