package kernel

import (
	"runtime"
	"sync/atomic"
	"time"
)

// gate is where one goroutine waits for others. It spins first, because kernels follow one
// another within microseconds and waking a parked goroutine takes longer than that; then
// it parks, so that a processor which another program wants is not held by waiting.
type gate struct {
	parked atomic.Bool
	wake   chan struct{} // buffered by one
}

func newGate() gate { return gate{wake: make(chan struct{}, 1)} }

// patience is how long a goroutine spins: some times the usual gap between two kernels.
const patience = 100 * time.Microsecond

// await returns once open does. Whoever makes it true must knock afterwards.
func (g *gate) await(open func() bool) {
	for !spin(open) {
		g.parked.Store(true)
		if open() && g.parked.CompareAndSwap(true, false) {
			return
		}
		<-g.wake
	}
}

// knock wakes the waiting goroutine if it has parked.
func (g *gate) knock() {
	if g.parked.CompareAndSwap(true, false) {
		g.wake <- struct{}{}
	}
}

// spin watches for open until patience ends, and reports whether it came true. It offers
// its thread to other goroutines, of which the window's may be one, each time it looks at the clock.
func spin(open func() bool) bool {
	const looks, pauses = 50, 10
	for start := time.Now(); ; runtime.Gosched() {
		for range looks {
			if open() {
				return true
			}
			pause(pauses)
		}
		if time.Since(start) > patience {
			return false
		}
	}
}
