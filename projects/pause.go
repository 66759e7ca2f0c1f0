package projects

import (
	"context"
	"sync"
)

// Pause holds a piece of work that tells its progress, and lets it go on. A project whose
// import is held is as it was before, and can be changed. Work that others wait for is
// not held before it has made way for them.
type Pause struct {
	mu   sync.Mutex
	held chan struct{} // closed when the work goes on; nil while it is not held
}

// Hold holds the work when it next tells its progress, until Continue or until its context
// ends.
func (p *Pause) Hold() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held == nil {
		p.held = make(chan struct{})
	}
}

// Continue lets the work go on.
func (p *Pause) Continue() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held != nil {
		close(p.held)
		p.held = nil
	}
}

// Held says whether the work is to wait.
func (p *Pause) Held() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.held != nil
}

// Pausable gives the progress function for work that the pause is to hold: what it is
// told goes to progress, which may be nil.
func (p *Pause) Pausable(ctx context.Context, progress func(Progress)) func(Progress) {
	return func(at Progress) {
		if progress != nil {
			progress(at)
		}
		p.mu.Lock()
		held := p.held
		p.mu.Unlock()
		if held == nil || at.Bound {
			return
		}
		select {
		case <-held:
		case <-ctx.Done():
		}
	}
}
