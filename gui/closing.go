package gui

import (
	"fyne.io/fyne/v2/widget"

	"attune/gui/parts"
)

// Close closes the window. While a training is under way it asks first, on the
// page: go on, stop and keep the best model, or go on another time.
func (w *Window) Close() {
	if !w.training() {
		w.quit()
		return
	}
	w.notice.Say(parts.Message{Tone: parts.Warning, What: "A training is under way.",
		Way: "What it has learned is safe whatever you choose."},
		widget.NewButton("Keep training", w.notice.Hush),
		widget.NewButton("Go on next time", w.interrupt),
		parts.Primary("Stop, keep the best and close", w.stopAndClose))
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
