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
	most  int                 // values that were lent at once, at most
	spare map[int][][]float32 // buffers given back before the end, by their size
	hollow
}

// place is how far an arena is cut.
type place struct {
	slab int // that is being cut
	cut  int // values of it that are lent
	lent int // values of all slabs
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
	if spare := a.spare[room]; len(spare) > 0 {
		a.spare[room] = spare[:len(spare)-1]
		return spare[len(spare)-1][:n]
	}
	if a.counting {
		a.lent += room
		a.most = max(a.most, a.lent)
		return a.lend(n, room)
	}
	for a.slab < len(a.slabs) && a.cut+room > len(a.slabs[a.slab]) {
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

// put takes a buffer back before the others end.
func (a *arena) put(values []float32) {
	a.mu.Lock()
	defer a.mu.Unlock()
	room := cap(values)
	if room == 0 || room%line != 0 {
		return // it is not from an arena
	}
	if a.spare == nil {
		a.spare = map[int][][]float32{}
	}
	a.spare[room] = append(a.spare[room], values[:room])
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
	clear(a.spare)
}

// reset ends all loans. When one slab was not enough for them, one that is takes
// the place of all, with a sixteenth to spare for a pass that is a little larger.
// The old ones go back to the system first: for the largest passes there is no
// room for both.
func (a *arena) reset() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.place = place{}
	clear(a.spare)
	if len(a.slabs) > 1 {
		a.slabs = nil
		if a.most > sizeable {
			debug.FreeOSMemory()
		}
		a.slabs = [][]float32{make([]float32, spacious(a.most))}
	}
}

// spacious adds to the values of a pass those to spare.
func spacious(n int) int { return n + n/16 }

// size gives the values of all slabs, or those of an arena that only counts.
func (a *arena) size() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.counting {
		return spacious(a.most)
	}
	n := 0
	for _, slab := range a.slabs {
		n += len(slab)
	}
	return n
}

// hollow lends one buffer for all in an arena that only counts.
type hollow struct {
	counting bool
	shared   []float32
	loans    int
}

// lend gives n values that others have too. They begin at a place of their own, by
// which a buffer can be told from another.
func (h *hollow) lend(n, room int) []float32 {
	const places = 1 << 12
	h.loans++
	from := h.loans % places * line
	if from+room > len(h.shared) {
		h.shared = make([]float32, places*line+room)
	}
	return h.shared[from : from+n : from+room]
}
