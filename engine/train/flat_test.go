package train_test

import (
	"context"
	"runtime"
	"testing"

	"attune/engine/op/optest"
	"attune/engine/train"
)

// TestMemoryStaysFlat trains for many steps and looks at what is alive and at what
// the process took from the system.
func TestMemoryStaysFlat(t *testing.T) {
	steps, settled := 600, 200
	if !testing.Short() {
		steps, settled = 10_000, 1_000
	}
	p := plan(t, rows(48, 1), rows(8, 2))
	o := options
	o.Evaluations, o.Epochs = 1, steps/6 // of six steps each
	var alive, taken []float64
	for s, err := range train.Steps(context.Background(), optest.Tape(t), p, o, nil) {
		if err != nil {
			t.Fatal(err)
		}
		if s.Number%(steps/20) != 0 || s.Number < settled {
			continue
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		alive, taken = append(alive, float64(m.HeapAlloc)), append(taken, float64(m.Sys))
	}
	t.Logf("from step %d to %d: %.2f to %.2f MB alive, %.1f to %.1f MB taken", settled, steps,
		alive[0]/1e6, alive[len(alive)-1]/1e6, taken[0]/1e6, taken[len(taken)-1]/1e6)
	for i := range alive {
		if alive[i] > alive[0]+256<<10 {
			t.Errorf("%.2f MB are alive, %.2f after the first steps", alive[i]/1e6, alive[0]/1e6)
		}
		if taken[i] > taken[0]+16<<20 {
			t.Errorf("%.1f MB are taken, %.1f after the first steps", taken[i]/1e6, taken[0]/1e6)
		}
	}
}

// A late step allocates as often as an early one.
func TestAStepAllocatesNothingThatGrows(t *testing.T) {
	p := plan(t, rows(8, 1), nil)
	o := options
	o.Epochs = 400 // of one step each, on the same rows
	var counts []uint64
	for s, err := range train.Steps(context.Background(), optest.Tape(t), p, o, nil) {
		if err != nil {
			t.Fatal(err)
		}
		if s.Number%100 == 0 {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			counts = append(counts, m.Mallocs)
		}
	}
	early, late := counts[1]-counts[0], counts[3]-counts[2]
	if late > early+early/5 {
		t.Errorf("steps 300 to 400 allocated %d times, steps 100 to 200 %d times", late, early)
	}
}
