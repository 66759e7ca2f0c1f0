package parts

import (
	"context"
	"sync"
	"time"

	"fyne.io/fyne/v2"
)

// Background is where slow work is done and how its results come back to the
// window's thread. The zero value does both at once in the calling goroutine,
// which is what a drawing of a fixed state needs.
type Background struct {
	Spawn func(work func()) // runs work elsewhere
	Do    func(draw func()) // runs draw on the window's thread
}

// NewBackground works in goroutines and draws through fyne.Do. It is the only
// caller of fyne.Do in Attune.
func NewBackground() Background {
	return Background{Spawn: func(work func()) { go work() }, Do: fyne.Do}
}

func (b Background) spawn(work func()) {
	if b.Spawn == nil {
		work()
		return
	}
	b.Spawn(work)
}

func (b Background) do(draw func()) {
	if b.Do == nil {
		draw()
		return
	}
	b.Do(draw)
}

// Worker does one thing at a time for a panel. Starting the next cancels the
// one before, whose result is then dropped. Its methods and the functions that
// take it belong to the window's thread.
type Worker struct {
	place  Background
	cancel context.CancelFunc
	turn   int
}

// NewWorker gives an idle worker.
func NewWorker(place Background) *Worker { return &Worker{place: place, cancel: func() {}} }

// Cancel asks the current work to end; its done function is then called with
// the error that the work gives.
func (w *Worker) Cancel() { w.cancel() }

// Drop cancels the current work and forgets its result.
func (w *Worker) Drop() {
	w.turn++
	w.cancel()
}

func (w *Worker) next() (context.Context, int) {
	w.Drop()
	ctx, cancel := context.WithCancel(context.Background())
	w.cancel = cancel
	return ctx, w.turn
}

// Start runs work in the background and then done on the window's thread,
// unless something else was started in between.
func Start[T any](w *Worker, work func(context.Context) (T, error), done func(T, error)) {
	ctx, turn := w.next()
	w.place.spawn(func() {
		result, err := work(ctx)
		w.place.do(func() {
			if w.turn == turn {
				w.cancel()
				done(result, err)
			}
		})
	})
}

// Work is what takes a while, tells how far it is, and can be cancelled.
type Work[P, T any] func(ctx context.Context, show func(P)) (T, error)

// StartWith is Start for work that reports how far it is: show gets the newest
// report on the window's thread, at most five times a second.
func StartWith[P, T any](w *Worker, work Work[P, T], show func(P), done func(T, error)) {
	ctx, turn := w.next()
	w.place.spawn(func() {
		feed := newFeed(w.place, func(p P) {
			if w.turn == turn {
				show(p)
			}
		})
		result, err := work(ctx, feed.send)
		feed.end()
		w.place.do(func() {
			if w.turn == turn {
				w.cancel()
				done(result, err)
			}
		})
	})
}

// Follow shows what watch reports until watch returns or the worker is given
// something else to do, and then calls done. The newest report is shown at most
// five times a second; the last one is always shown.
func Follow[S any](w *Worker, watch func(context.Context, func(S)), show func(S), done func()) {
	StartWith(w, func(ctx context.Context, report func(S)) (struct{}, error) {
		watch(ctx, report)
		return struct{}{}, nil
	}, show, func(struct{}, error) { done() })
}

// refresh is the shortest time between two drawings of the same feed.
const refresh = 200 * time.Millisecond

// feed carries reports from the background to the screen. A report that comes
// before the last one was drawn replaces it.
type feed[P any] struct {
	place Background
	show  func(P)

	mu      sync.Mutex
	newest  P
	waiting bool // a report is not yet drawn
	drawn   time.Time
	timer   *time.Timer
}

func newFeed[P any](place Background, show func(P)) *feed[P] {
	return &feed[P]{place: place, show: show}
}

func (f *feed[P]) send(p P) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.newest = p
	if f.waiting {
		return
	}
	f.waiting = true
	if f.place.Spawn == nil {
		f.mu.Unlock()
		f.draw()
		f.mu.Lock()
		return
	}
	f.timer = time.AfterFunc(time.Until(f.drawn.Add(refresh)), func() { f.place.do(f.draw) })
}

// draw runs on the window's thread.
func (f *feed[P]) draw() {
	f.mu.Lock()
	p, waiting := f.newest, f.waiting
	f.waiting, f.drawn = false, time.Now()
	f.mu.Unlock()
	if waiting {
		f.show(p)
	}
}

// end draws a report that still waits for its time.
func (f *feed[P]) end() {
	f.mu.Lock()
	timer := f.timer
	f.mu.Unlock()
	if timer != nil && timer.Stop() {
		f.place.do(f.draw)
	}
}
