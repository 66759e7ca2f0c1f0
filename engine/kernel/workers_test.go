package kernel_test

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"attune/engine/kernel"
)

func TestRowsCoversEveryRowOnce(t *testing.T) {
	for _, count := range []int{1, 2, 3, 8} {
		w := kernel.NewWorkers(count)
		defer w.Close()
		for _, n := range []int{0, 1, 2, 7, 8, 100} {
			for _, grain := range []int{1, 8} {
				t.Run(fmt.Sprintf("%d rows, %d workers, grain %d", n, count, grain), func(t *testing.T) {
					var calls atomic.Int64
					visits := make([]int, n)
					w.Rows(n, grain, func(worker, from, to int) {
						calls.Add(1)
						if worker < 0 || worker >= count || from >= to {
							t.Errorf("worker %d got rows %d to %d", worker, from, to)
						}
						for i := from; i < to; i++ {
							visits[i]++
						}
					})
					if slices.ContainsFunc(visits, func(v int) bool { return v != 1 }) {
						t.Errorf("rows were visited %v times", visits)
					}
					if n > 0 && n <= grain && calls.Load() != 1 {
						t.Errorf("%d rows within the grain took %d calls", n, calls.Load())
					}
				})
			}
		}
	}
}

func TestRowsSplitsTheSameWayEveryTime(t *testing.T) {
	w := kernel.NewWorkers(3)
	defer w.Close()
	split := func() [3]int {
		var ends [3]int
		w.Rows(1000, 1, func(worker, _, to int) { ends[worker] = to })
		return ends
	}
	want := split()
	for range 100 {
		if got := split(); got != want {
			t.Fatalf("split at %v after %v", got, want)
		}
	}
}

func TestEachDoesEveryTaskOnce(t *testing.T) {
	w := kernel.NewWorkers(4)
	defer w.Close()
	for _, n := range []int{0, 1, 3, 1000} {
		visits := make([]atomic.Int64, n)
		w.Each(n, func(_, i int) { visits[i].Add(1) })
		for i := range visits {
			if visits[i].Load() != 1 {
				t.Errorf("task %d of %d was done %d times", i, n, visits[i].Load())
			}
		}
	}
}

func TestWorkersServeSeveralCallers(t *testing.T) {
	w := kernel.NewWorkers(3)
	defer w.Close()
	var callers sync.WaitGroup
	for range 5 {
		callers.Go(func() {
			for i := range 200 {
				var sum atomic.Int64
				w.Rows(100, 1, func(_, from, to int) {
					for row := from; row < to; row++ {
						sum.Add(int64(row))
					}
				})
				if sum.Load() != 4950 {
					t.Errorf("sum is %d, want 4950", sum.Load())
				}
				if i%50 == 0 {
					time.Sleep(300 * time.Microsecond) // long enough for workers to park
				}
			}
		})
	}
	callers.Wait()
}

func TestWorkersOutnumberingProcessors(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	w := kernel.NewWorkers(6)
	defer w.Close()
	for range 50 {
		var done atomic.Int64
		w.Each(60, func(_, _ int) { done.Add(1) })
		if done.Load() != 60 {
			t.Fatalf("%d of 60 tasks done", done.Load())
		}
	}
}

func TestAWorkersPanicReachesTheCaller(t *testing.T) {
	w := kernel.NewWorkers(3)
	defer w.Close()
	for culprit := range 3 {
		t.Run(fmt.Sprint("worker ", culprit), func(t *testing.T) {
			var others atomic.Int64
			func() {
				defer func() {
					if r := recover(); r != "no" {
						t.Errorf("recovered %v, want the worker's panic", r)
					}
				}()
				w.Rows(3, 1, func(worker, _, _ int) {
					if worker == culprit {
						panic("no")
					}
					others.Add(1)
				})
			}()
			if others.Load() != 2 {
				t.Errorf("%d of the other workers finished, want 2", others.Load())
			}
			w.Rows(3, 1, func(_, _, _ int) {}) // and the pool still works
		})
	}
}

func TestCloseEndsTheGoroutines(t *testing.T) {
	before := runtime.NumGoroutine()
	w := kernel.NewWorkers(9)
	w.Close()
	w.Close()
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines, %d before the pool", runtime.NumGoroutine(), before)
		}
		time.Sleep(time.Millisecond)
	}
}

func TestNewWorkersTakesEveryProcessor(t *testing.T) {
	w := kernel.NewWorkers(0)
	defer w.Close()
	if w.Count() != runtime.GOMAXPROCS(0) {
		t.Errorf("%d workers for %d processors", w.Count(), runtime.GOMAXPROCS(0))
	}
}

func BenchmarkFork(b *testing.B) {
	w := kernel.NewWorkers(0)
	defer w.Close()
	for b.Loop() {
		w.Rows(100, 1, func(_, _, _ int) {})
	}
}
