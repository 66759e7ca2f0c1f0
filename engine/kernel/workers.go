package kernel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Workers is a pool of goroutines that kernels split their work over. Each call
// forks, works and joins; the caller is worker 0 and works too. Calls from several
// goroutines wait for one another, so a call must not be made from inside another.
type Workers struct {
	mu    sync.Mutex
	count int
}

// NewWorkers starts a pool of n workers, or of one per usable processor when n < 1.
// It must be closed.
func NewWorkers(n int) *Workers {
	if n < 1 {
		n = runtime.GOMAXPROCS(0)
	}
	return &Workers{count: n}
}

// Count gives the number of workers, the caller included.
func (w *Workers) Count() int { return w.count }

// Close ends the pool's goroutines.
func (w *Workers) Close() {}

// Rows splits n rows into one contiguous range per worker and calls f once for each
// range that is not empty. The split depends on n and Count alone, so what is summed
// per worker is the same in every run. When n <= grain, f is called once, inline.
func (w *Workers) Rows(n, grain int, f func(worker, from, to int)) {
	if n <= 0 {
		return
	}
	if n <= grain || w.count == 1 {
		f(0, 0, n)
		return
	}
	w.fork(func(worker int) {
		from, to := n*worker/w.count, n*(worker+1)/w.count
		if from < to {
			f(worker, from, to)
		}
	})
}

// Each calls f for every i in [0, n); workers take the next i when they are done with
// their last, for tasks of uneven size. Which worker gets which i varies from run to run.
func (w *Workers) Each(n int, f func(worker, i int)) {
	var next atomic.Int64
	w.fork(func(worker int) {
		for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
			f(worker, i)
		}
	})
}

func (w *Workers) fork(f func(worker int)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var group sync.WaitGroup
	for worker := 1; worker < w.count; worker++ {
		group.Go(func() { f(worker) })
	}
	f(0)
	group.Wait()
}
