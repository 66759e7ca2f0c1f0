package op_test

import (
	"math"
	"testing"

	"github.com/nlpodyssey/spago/ag"

	"attune/engine/op"
	"attune/engine/op/optest"
)

func TestARehearsalForetellsWhatATapeHolds(t *testing.T) {
	for _, c := range []struct {
		name             string
		recompute, learn bool
	}{{"learning", false, true}, {"recomputing", true, true}, {"inference", false, false}} {
		t.Run(c.name, func(t *testing.T) {
			pass := func(tape *op.Tape) {
				if !c.learn {
					tape.Infer()
					wide(tape, 5)
					return
				}
				tape.Learn(1)
				if err := ag.Backward(wide(tape, 5)); err != nil {
					t.Fatal(err)
				}
			}
			tape := optest.Tape(t)
			tape.Recompute = c.recompute
			pass(tape)
			pass(tape)
			got, want := op.Rehearse(2, c.recompute, pass), tape.Held()
			if math.Abs(float64(got-want)) > 0.1*float64(want) {
				t.Errorf("foretold %d bytes, held %d", got, want)
			}
		})
	}
}
