package parts_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"attune/gui/parts"
)

// thread stands for the window's thread.
type thread chan func()

func (th thread) place() parts.Background {
	return parts.Background{Spawn: func(work func()) { go work() }, Do: func(draw func()) { th <- draw }}
}

func (th thread) until(t *testing.T, true func() bool) {
	t.Helper()
	end := time.After(20 * time.Second)
	for !true() {
		select {
		case draw := <-th:
			draw()
		case <-end:
			t.Fatal("waited in vain")
		}
	}
}

func TestTheNextWorkDropsTheOneBefore(t *testing.T) {
	th := make(thread, 10)
	w := parts.NewWorker(th.place())
	var done []string
	cancelled := make(chan struct{})
	parts.Start(w, func(ctx context.Context) (string, error) {
		<-ctx.Done()
		close(cancelled)
		return "first", nil
	}, func(s string, _ error) { done = append(done, s) })
	parts.Start(w, func(context.Context) (string, error) { <-cancelled; return "second", nil },
		func(s string, _ error) { done = append(done, s) })
	th.until(t, func() bool { return len(done) > 0 })
	for len(th) > 0 {
		(<-th)()
	}
	if !slices.Equal(done, []string{"second"}) {
		t.Errorf("done: %q, want the second alone", done)
	}
}

func TestCancelledWorkTellsSo(t *testing.T) {
	th := make(thread, 10)
	w := parts.NewWorker(th.place())
	var got error
	parts.Start(w, func(ctx context.Context) (int, error) { <-ctx.Done(); return 0, ctx.Err() }, func(_ int, err error) { got = err })
	w.Cancel()
	th.until(t, func() bool { return got != nil })
	if !errors.Is(got, context.Canceled) {
		t.Errorf("got %v", got)
	}
}

func TestFollowThinsReportsAndShowsTheLast(t *testing.T) {
	th := make(thread, 1000)
	w := parts.NewWorker(th.place())
	const reports = 5000
	var shown []int
	ended := false
	parts.Follow(w, func(_ context.Context, show func(int)) {
		for i := 1; i <= reports; i++ {
			show(i)
		}
	}, func(i int) { shown = append(shown, i) }, func() { ended = true })
	th.until(t, func() bool { return ended })
	if len(shown) == 0 || shown[len(shown)-1] != reports {
		t.Fatalf("shown: %v, want the last report %d", shown, reports)
	}
	if len(shown) > reports/10 || !slices.IsSorted(shown) {
		t.Errorf("%d of %d reports at once were drawn, or not in order", len(shown), reports)
	}
}

func TestAtOnce(t *testing.T) {
	w := parts.NewWorker(parts.Background{})
	var seen []int
	parts.StartWith(w, func(_ context.Context, report func(int)) (int, error) { report(1); report(2); return 3, nil },
		func(i int) { seen = append(seen, i) }, func(i int, _ error) { seen = append(seen, i) })
	if !slices.Equal(seen, []int{1, 2, 3}) {
		t.Errorf("seen %v", seen)
	}
}
