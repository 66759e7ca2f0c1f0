package parts

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// Progress is how far a piece of work is.
type Progress struct {
	Verb        string // what is being done: "Reading tickets.csv"
	Done, Total int64  // Total is 0 while unknown
	Left        time.Duration
	Bound       bool // no pause holds it now
}

// ProgressLine shows what is being done, how far it is and how long it will
// take, with a button to cancel it. It is hidden while nothing is being done.
type ProgressLine struct {
	widget.BaseWidget
	verb, left *widget.Label
	bar        *ThinBar
	wait       *widget.Activity
	cancel     *widget.Button
}

// NewProgressLine gives a hidden line; cancel may be nil where the work cannot
// be cancelled.
func NewProgressLine(cancel func()) *ProgressLine {
	p := &ProgressLine{verb: widget.NewLabel(""), left: Quiet(""), bar: NewThinBar(),
		wait: widget.NewActivity(), cancel: widget.NewButton("Cancel", cancel)}
	p.verb.Truncation = fyne.TextTruncateEllipsis
	p.cancel.Hidden = cancel == nil
	p.ExtendBaseWidget(p)
	p.Hide()
	return p
}

// Tell shows how far the work is.
func (p *ProgressLine) Tell(at Progress) {
	p.verb.SetText(at.Verb)
	known := at.Total > 0
	p.left.SetText("")
	if known {
		share := float64(at.Done) / float64(at.Total)
		p.bar.Fill(share)
		p.left.SetText(Percent(share))
	}
	if at.Left > 0 {
		p.left.SetText(p.left.Text + "  about " + Roughly(at.Left) + " left")
	}
	p.bar.Hidden = !known
	p.wait.Hidden = known
	if known {
		p.wait.Stop()
	} else {
		p.wait.Start()
	}
	p.Show()
	p.Refresh()
}

// Rest hides the line.
func (p *ProgressLine) Rest() {
	p.wait.Stop()
	p.Hide()
}

// CreateRenderer is called by Fyne.
func (p *ProgressLine) CreateRenderer() fyne.WidgetRenderer {
	words := container.NewBorder(nil, nil, p.wait, p.left, p.verb)
	return widget.NewSimpleRenderer(container.NewBorder(nil, nil, nil, container.NewCenter(p.cancel), Column(0, words, p.bar)))
}
