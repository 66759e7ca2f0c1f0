package kernel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Workers is a pool of goroutines that kernels split their work over. Each call forks,
// works and joins; the caller is worker 0 and works too. Calls from several goroutines wait
// for one another, so a call must not be made from inside another.
type Workers struct {
	mu      sync.Mutex // held during a call
	count   int
	work    func(worker int)
	call    atomic.Uint64 // number of the call whose work it is
	left    atomic.Int64  // workers that have not finished it
	fault   atomic.Pointer[any]
	starts  []gate // one for each worker but the caller
	finish  gate
	closing bool
	idle    bool
}

// NewWorkers starts a pool of n workers, or of one for each usable processor when n < 1. It
// must be closed.
func NewWorkers(n int) *Workers {
	if n < 1 {
		n = runtime.GOMAXPROCS(0)
	}
	w := &Workers{count: n, finish: newGate(), starts: make([]gate, n-1)}
	for i := range w.starts {
		w.starts[i] = newGate()
		go w.serve(i)
	}
	return w
}

// NewIdleWorkers makes a pool that says that it has n workers and does nothing, to try out
// what a computation would need.
func NewIdleWorkers(n int) *Workers { return &Workers{count: n, idle: true} }

// Count gives the number of workers, the caller included.
func (w *Workers) Count() int { return w.count }

// Close ends the pool's goroutines. The pool must not be used any more.
func (w *Workers) Close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.closing {
		w.closing = true
		w.begin(nil)
	}
}

// Rows splits n rows into one contiguous range for each worker and calls f once for every
// range that is not empty. The split depends on n and Count alone, so what is summed per
// worker is the same in every run. When n <= grain, f is called once, inline, for all rows.
func (w *Workers) Rows(n, grain int, f func(worker, from, to int)) {
	if n <= 0 || w.idle {
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

// Each calls f for every i in [0, n). Workers take the next i when they are done with their
// last, for tasks of uneven size; which worker gets which i varies from run to run.
func (w *Workers) Each(n int, f func(worker, i int)) {
	var next atomic.Int64
	w.fork(func(worker int) {
		for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
			f(worker, i)
		}
	})
}

// fork runs f on every worker and returns when all are done. A panic of any of them, once all
// have ended, is the caller's.
func (w *Workers) fork(f func(worker int)) {
	if w.idle {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.left.Store(int64(len(w.starts)))
	w.begin(f)
	w.run(0)
	w.finish.await(func() bool { return w.left.Load() == 0 })
	w.work = nil // it would keep what it worked on from being collected
	if fault := w.fault.Swap(nil); fault != nil {
		panic(*fault)
	}
}

func (w *Workers) begin(f func(worker int)) {
	w.work = f
	w.call.Add(1)
	for i := range w.starts {
		w.starts[i].knock()
	}
}

// serve is the life of the goroutine behind the gate i.
func (w *Workers) serve(i int) {
	for seen := uint64(0); ; seen++ {
		w.starts[i].await(func() bool { return w.call.Load() != seen })
		if w.work == nil {
			return
		}
		w.run(i + 1)
		if w.left.Add(-1) == 0 {
			w.finish.knock()
		}
	}
}

// run does a worker's part and keeps its panic, which would end the program on a goroutine
// that nobody can recover.
func (w *Workers) run(worker int) {
	defer func() {
		if r := recover(); r != nil {
			w.fault.CompareAndSwap(nil, &r)
		}
	}()
	w.work(worker)
}
