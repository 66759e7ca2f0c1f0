package train_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"attune/engine/op/optest"
	"attune/engine/task"
	"attune/engine/train"
)

// TestPartsOfAStepAddUp compares the losses and weights of trainings whose steps
// are computed whole, in parts and row by row. Weighted classes make the parts weigh
// differently.
func TestPartsOfAStepAddUp(t *testing.T) {
	for _, weighting := range []string{"none", "balanced"} {
		t.Run(weighting, func(t *testing.T) {
			learn := func(parts int, recompute bool) ([]float64, map[string][]float32) {
				p := plan(t, rows(44, 1), rows(20, 2))
				p.Base.Backbone.SetDropout(0)
				p.Hidden = 0 // each part draws what it hides
				p.Task.(*task.Classification).Weighting = weighting
				p.Model, p.Phases = nil, nil
				if err := p.FineTune(); err != nil {
					t.Fatal(err)
				}
				o := options
				o.Parts, o.Recompute = parts, recompute
				var losses []float64
				for _, s := range collect(t, train.Steps(context.Background(), optest.Tape(t), p, o, nil)) {
					losses = append(losses, s.Loss)
				}
				return losses, snapshot(p)
			}
			losses, weights := learn(1, false)
			for _, c := range []struct {
				parts     int
				recompute bool
				tolerance float64
			}{{1, true, 0}, {2, false, 2e-4}, {3, true, 2e-4}, {100, false, 2e-4}} {
				t.Run(fmt.Sprintf("%d parts, recompute %t", c.parts, c.recompute), func(t *testing.T) {
					gotLosses, got := learn(c.parts, c.recompute)
					for i := range losses {
						if math.Abs(losses[i]-gotLosses[i]) > c.tolerance {
							t.Fatalf("step %d: loss %g, want %g", i+1, gotLosses[i], losses[i])
						}
					}
					for name := range weights {
						for i, want := range weights[name] {
							if math.Abs(float64(want-got[name][i])) > c.tolerance {
								t.Fatalf("%s: value %d is %g, want %g", name, i, got[name][i], want)
							}
						}
					}
				})
			}
		})
	}
}
