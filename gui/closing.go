package gui

import (
	"fyne.io/fyne/v2/widget"

	"attune/gui/parts"
)

// Close closes the window. While a training is under way it asks first, on the
// page: go on, stop and keep the best model, or go on another time. So it does while
// other work is under way that would end with it.
func (w *Window) Close() {
	work, busy := w.underWay()
	switch {
	case w.training():
		w.notice.Say(parts.Message{Tone: parts.Warning, What: "A training is under way.",
			Way: "What it has learned is safe whatever you choose."},
			widget.NewButton("Keep training", w.notice.Hush),
			widget.NewButton("Go on next time", w.interrupt),
			parts.Primary("Stop, keep the best and close", w.stopAndClose))
	case busy:
		w.notice.Say(parts.Message{Tone: parts.Warning, What: work.what, Way: work.lost},
			widget.NewButton("Do not close", w.notice.Hush), parts.Primary("Close all the same", w.quit))
	default:
		w.quit()
	}
}

// stopAndClose closes the window once the best model is written.
func (w *Window) stopAndClose() {
	w.closing = true
	w.session.training.Stop()
	w.notice.Say(parts.Message{What: "Writing down the best model, then the window closes."})
}

// interrupt closes the window once the state of the training is written.
func (w *Window) interrupt() {
	w.closing = true
	w.session.end()
	w.notice.Say(parts.Message{What: "Writing down where the training stands, then the window closes."})
}

// trainingEnded closes the window if it waited for that.
func (w *Window) trainingEnded() {
	if w.closing {
		w.quit()
	}
}

func (w *Window) quit() {
	w.models.Leave()
	w.leave()
	w.window.Close()
}

// work is what takes long beside a training, and ends with the session.
type work struct {
	what string // is being done
	lost string // of it, if it ends now
	show func() // its page
}

// underWay gives the work that is being done; ok is false for none.
func (w *Window) underWay() (under work, ok bool) {
	s := w.session
	switch {
	case s == nil:
		return work{}, false
	case s.importing.Busy():
		return work{"Rows are being imported.", "If that ends now, none of them is in the project.", func() { w.GoTo(Import) }}, true
	case s.facts.folding:
		return work{"Models are being trained to find out how steady the score is.", "If that ends now, it begins anew another time.",
			func() { w.GoTo(Train); desk{w}.ShowFolds() }}, true
	case s.facts.searching:
		return work{"A search is under way.", "If it ends now, it can go on another time after the last try that is over.",
			func() { w.GoTo(Technique); desk{w}.ShowSearch() }}, true
	case s.using.Busy():
		return work{"Something is being written with a model.", "If that ends now, nothing of it is kept.",
			func() { w.GoTo(Results); desk{w}.Use(s.using.State().Run) }}, true
	}
	return work{}, false
}
