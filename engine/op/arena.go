package op

import (
	"runtime/debug"
	"sync"
)

// arena lends buffers that all end together, so that a step of training touches
// the pages of the step before instead of fresh ones. It cuts them one after
// another from slabs, and grows to the need of the largest pass.
type arena struct {
	mu    sync.Mutex
	slabs [][]float32
	place
	most int // values that were lent at once, at most
}

// place is how far an arena is cut.
type place struct {
	slab int // that is being cut
	cut  int // values of it that are lent
	lent int // values of all slabs, with what was left over at their ends
}

const (
	line     = 16      // values of a cache line; buffers begin on one
	smallest = 1 << 18 // values of a slab at least: one megabyte
	sizeable = 1 << 24 // values that are worth a collection when they are let go
)

// get lends n values.
func (a *arena) get(n int) []float32 {
	a.mu.Lock()
	defer a.mu.Unlock()
	room := (n + line - 1) / line * line
	for a.slab < len(a.slabs) && a.cut+room > len(a.slabs[a.slab]) {
		a.lent += len(a.slabs[a.slab]) - a.cut
		a.slab, a.cut = a.slab+1, 0
	}
	if a.slab == len(a.slabs) {
		a.slabs = append(a.slabs, make([]float32, max(room, smallest)))
	}
	values := a.slabs[a.slab][a.cut : a.cut+n : a.cut+room]
	a.cut += room
	a.lent += room
	a.most = max(a.most, a.lent)
	return values
}

// mark gives the place that release goes back to.
func (a *arena) mark() place {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.place
}

// release ends the loans that were made since the mark.
func (a *arena) release(to place) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.place = to
}

// reset ends all loans. When one slab was not enough for them, one that is takes
// the place of all, with a sixteenth to spare for a pass that is a little larger.
// The old ones go back to the system first: for the largest passes there is no
// room for both.
func (a *arena) reset() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.slabs) > 1 {
		a.slabs = nil
		if a.most > sizeable {
			debug.FreeOSMemory()
		}
		a.slabs = [][]float32{make([]float32, a.most+a.most/16)}
	}
	a.place = place{}
}

// size gives the values of all slabs.
func (a *arena) size() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := 0
	for _, slab := range a.slabs {
		n += len(slab)
	}
	return n
}
