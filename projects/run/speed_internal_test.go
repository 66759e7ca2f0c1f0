package run

import (
	"testing"
	"time"

	"attune/engine/train"
)

func TestTimeLeftIsToldByThePhaseUnderWay(t *testing.T) {
	var s speedometer
	step := func(phase string, took time.Duration, toGo int) time.Duration {
		s.last = time.Now().Add(-took)
		now := train.Step{Phase: phase, Rows: 8, ToGo: toGo}
		s.add(now)
		return s.left(now)
	}
	for range 3 {
		step("pairs", 2*time.Second, 12)
	}
	if left := step("pairs", 2*time.Second, 10); left < 20*time.Second || left > 25*time.Second {
		t.Errorf("ten steps of two seconds take %v", left)
	}
	if left := step("head", time.Millisecond, 100); left < 100*time.Millisecond || left > 5*time.Second {
		t.Errorf("a hundred steps of a millisecond take %v", left)
	}
	s.last = time.Now().Add(-20 * time.Second)
	check := train.Step{Phase: "head", Rows: 8, ToGo: 100, Once: 20 * time.Second}
	if s.add(check); s.left(check) > 5*time.Second {
		t.Errorf("with what comes once, a hundred steps of a millisecond take %v", s.left(check))
	}
	if s.total < 28*time.Second {
		t.Errorf("all steps took %v", s.total)
	}
}
