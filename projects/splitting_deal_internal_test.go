package projects

import (
	"runtime"
	"testing"

	"attune/engine/dataset"
	"attune/projects/store"
)

// A million rows are dealt out without a copy of their list for each step of it.
func TestDealingTakesLittleMemory(t *testing.T) {
	const rows, most = 100_000, 80 // bytes a row: its unit is 32 of them
	d := dealing{SplitOptions: DefaultSplit(), from: make([]store.Assigned, rows), to: make([]dataset.Split, rows)}
	for i := range d.from {
		d.from[i] = store.Assigned{ID: int64(i + 1), Labels: int64(i%77 + 1)}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := d.deal(); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if took := (after.TotalAlloc - before.TotalAlloc) / rows; took > most {
		t.Errorf("%d bytes a row, want %d at most", took, most)
	}
}
