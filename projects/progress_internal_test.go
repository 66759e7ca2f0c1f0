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
