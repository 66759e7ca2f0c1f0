package train_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"attune/engine/op"
	"attune/engine/op/optest"
	"attune/engine/technique"
	"attune/engine/train"
)

// headOnly is a plan whose body stays as it is, though its words were to be cut
// differently in every pass.
func headOnly(t *testing.T) *technique.Plan {
	t.Helper()
	p := varied(t)
	freeze := technique.NewFreeze().(*technique.Freeze)
	freeze.Layers = 0
	if err := freeze.Apply(p); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestABodyThatDoesNotLearnIsComputedOnce(t *testing.T) {
	p := headOnly(t)
	before := snapshot(p)
	steps := collect(t, train.Steps(context.Background(), optest.Tape(t), p, options, nil))
	want := snapshot(p)
	for name := range before {
		if learned := !slices.Equal(before[name], want[name]); learned == strings.HasPrefix(name, "bert.e") {
			t.Errorf("%s: learned is %t", name, learned)
		}
	}
	// A body that is broken after the first step changes nothing.
	p = headOnly(t)
	for s, err := range train.Steps(context.Background(), optest.Tape(t), p, options, nil) {
		if err != nil {
			t.Fatal(err)
		}
		if i := s.Number - 1; s.Loss != steps[i].Loss {
			t.Fatalf("step %d: loss %g, want %g", s.Number, s.Loss, steps[i].Loss)
		}
		for _, param := range p.Base.Backbone.Params() {
			op.Rows(param)[0] = float32(math.NaN())
		}
	}
	for name, values := range snapshot(p) {
		if strings.HasPrefix(name, "classifier") && !slices.Equal(values, want[name]) {
			t.Errorf("%s differs", name)
		}
	}
}

func TestAResumedTrainingOfTheHeadEndsInTheSameBits(t *testing.T) {
	resumes(t, headOnly, options, func(steps int) []int { return []int{1, 11, steps - 1} })
}
