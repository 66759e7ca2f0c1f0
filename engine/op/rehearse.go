package op

import "attune/engine/kernel"

// Rehearse runs passes of the shapes that they will have, on as many workers as
// they will have, but computes nothing, and gives the bytes of the buffers that a
// tape will hold for the largest of them. Whatever the passes read from results
// says nothing.
func Rehearse(workers int, recompute bool, passes func(*Tape)) int64 {
	t := NewTape(kernel.NewIdleWorkers(workers))
	t.Recompute = recompute
	t.arena.counting = true
	passes(t)
	return t.Held()
}

// Rehearsing says whether nothing is computed: what a pass gives says nothing, and must
// not be kept.
func (t *Tape) Rehearsing() bool { return t.arena.counting }
