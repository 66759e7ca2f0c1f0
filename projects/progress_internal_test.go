package projects

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestHeldTimeIsNotForetold lets the listener take an hour: what is left takes as long as
// it did before.
func TestHeldTimeIsNotForetold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var left time.Duration
		m := newMeter(100, func(at Progress) {
			if left = at.Left; at.Done == 10 {
				time.Sleep(time.Hour)
			}
		})
		told := m.part("Reading", 100)
		for _, done := range []int64{10, 20} {
			time.Sleep(10 * time.Second)
			told(done)
			if want := time.Duration(100-done) * time.Second; left != want {
				t.Errorf("at %d it foretells %v, want %v", done, left, want)
			}
		}
	})
}

// TestTheBeginningForetellsNothing prepares for a minute before the first of a thousand
// steps of a second.
func TestTheBeginningForetellsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var left time.Duration
		told := newMeter(1000, func(at Progress) { left = at.Left }).part("Training", 1000)
		time.Sleep(time.Minute)
		for step := int64(1); step <= 20; step++ {
			time.Sleep(time.Second)
			told(step)
			if foretold := left > 0; foretold != (step >= 10) {
				t.Errorf("after %d of 1000 steps it foretells %v", step, left)
			}
		}
	})
}
