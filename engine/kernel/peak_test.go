package kernel_test

import (
	"testing"
	"time"

	"attune/engine/kernel"
)

func TestPeakIsARate(t *testing.T) {
	w := kernel.NewWorkers(2)
	defer w.Close()
	if rate := w.Peak(time.Millisecond); !(rate > 1e6 && rate < 1e14) {
		t.Errorf("%g operations a second", rate)
	}
}
