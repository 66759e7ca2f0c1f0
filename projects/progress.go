package projects

import "time"

// Progress tells how far a long piece of work is.
type Progress struct {
	Verb        string        // what is being done: "Reading tickets.csv"
	Done, Total int64         // in the same unit, bytes or rows; Total is 0 while unknown
	Left        time.Duration // forecast of the time to go; 0 while unknown
	Bound       bool          // others wait for it, so that no pause holds it now
}

// meter tells a listener how far a piece of work of several parts is, at most
// ten times a second and once at the end.
type meter struct {
	show   func(Progress)
	verb   string
	total  int64
	before int64 // done in the parts that are over
	bound  bool  // as in Progress
	begun  time.Time
	shown  time.Time
}

// newMeter measures work that adds up to total; show may be nil.
func newMeter(total int64, show func(Progress)) *meter {
	if show == nil {
		show = func(Progress) {}
	}
	return &meter{show: show, total: total, begun: time.Now()}
}

// part begins a part of the work of this size, and gives the function that is
// told how much of it is done, and tells the listener at once when it is first.
func (m *meter) part(verb string, size int64) func(done int64) {
	start := m.before
	m.before += size
	m.verb, m.shown = verb, time.Time{}
	return func(done int64) { m.tell(start + min(done, size)) }
}

func (m *meter) tell(done int64) {
	now := time.Now()
	if done < m.total && now.Sub(m.shown) < time.Second/10 {
		return
	}
	m.show(Progress{Verb: m.verb, Done: done, Total: m.total, Left: m.left(done, now), Bound: m.bound})
	m.shown = time.Now()
	m.begun = m.begun.Add(m.shown.Sub(now)) // the listener may have held the work
}

// left supposes that the rest goes as fast as what is done, once that is long
// enough to tell, and a hundredth of all: what comes before the first step would weigh
// too much.
func (m *meter) left(done int64, now time.Time) time.Duration {
	took := now.Sub(m.begun)
	if done <= 0 || 100*done < m.total || took < time.Second/2 {
		return 0
	}
	return time.Duration(float64(took) / float64(done) * float64(m.total-done))
}
