package train

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// sweeper bounds what steps leave behind. The runtime by itself collects it when the
// heap has doubled, and the heap holds the model and its buffers: of a large model
// that would be gigabytes of nothing. A collection is quick, since the large slices
// hold no pointers.
type sweeper struct {
	allocated [1]metrics.Sample
	swept     uint64 // bytes allocated since the start of the process, at the last collection
}

// leftBehind is how many bytes may be allocated between two collections.
const leftBehind = 64 << 20

// newSweeper begins with what building the model left behind.
func newSweeper() *sweeper {
	debug.FreeOSMemory()
	s := &sweeper{}
	s.allocated[0].Name = "/gc/heap/allocs:bytes"
	return s
}

func (s *sweeper) sweep() {
	metrics.Read(s.allocated[:])
	if n := s.allocated[0].Value.Uint64(); n-s.swept > leftBehind {
		runtime.GC()
		s.swept = n
	}
}
