package op

import "sync"

// arena lends buffers that all end together, so that a step of training touches
// the pages of the step before instead of fresh ones. It cuts them one after
// another from slabs, and grows to the need of the largest pass.
type arena struct {
	mu    sync.Mutex
	slabs [][]float32
	slab  int // that is being cut
	cut   int // values of it that are lent
	lent  int // values of all slabs, with what was left over at their ends
}

const (
	line     = 16      // values of a cache line; buffers begin on one
	smallest = 1 << 18 // values of a slab at least: one megabyte
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
	return values
}

// reset ends all loans. When one slab was not enough for them, one that is takes
// the place of all, with an eighth to spare for a pass that is a little larger.
func (a *arena) reset() {
	if len(a.slabs) > 1 {
		a.slabs = [][]float32{make([]float32, a.lent+a.lent/8)}
	}
	a.slab, a.cut, a.lent = 0, 0, 0
}
