package metric_test

import (
	"encoding/json"
	"math"
	"testing"

	"attune/engine/metric"
)

// Ten answers, worked out by hand: four are 0.95 sure and all right, a gap of 0.05 each;
// four 0.75 sure and half right, a gap of 0.25 each; two 0.5 sure and wrong, 0.5 each.
func TestSureness(t *testing.T) {
	var s metric.Sureness
	for _, a := range []struct {
		sure  float64
		right bool
		times int
	}{{0.95, true, 4}, {0.75, true, 2}, {0.75, false, 2}, {0.5, false, 2}} {
		for range a.times {
			s.Add(a.sure, a.right)
		}
	}
	if want := (4*0.05 + 4*0.25 + 2*0.5) / 10; math.Abs(s.Error()-want) > 1e-12 {
		t.Errorf("calibration error %g, want %g", s.Error(), want)
	}
	for _, c := range []struct {
		sure        float64
		rows, right int
	}{{0, 10, 6}, {0.5, 10, 6}, {0.51, 8, 6}, {0.75, 8, 6}, {0.9, 4, 4}, {0.95, 4, 4}, {0.96, 0, 0}} {
		if rows, right := s.Above(c.sure); rows != c.rows || right != c.right {
			t.Errorf("%d of %d right from %g on, want %d of %d", right, rows, c.sure, c.right, c.rows)
		}
	}
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var again metric.Sureness
	if err := json.Unmarshal(text, &again); err != nil || again.Error() != s.Error() {
		t.Errorf("%s, %v", text, err)
	}
}

func TestSurenessAtTheEnds(t *testing.T) {
	var s metric.Sureness
	if s.Error() != 0 || s.Rows() != 0 {
		t.Error("something was counted before anything was")
	}
	s.Add(0, false)
	s.Add(1, true)
	s.Add(0.29, true) // 0.29 * 100 is a little less than 29
	if rows, _ := s.Above(0.29); rows != 2 || s.Rows() != 3 {
		t.Errorf("%d rows from 0.29 on, %d in all", rows, s.Rows())
	}
}
