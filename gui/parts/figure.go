package parts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Figure is one number that matters, with its name above and a word below.
type Figure struct {
	widget.BaseWidget
	value, note *widget.Label
	name        string
}

// NewFigure gives a figure without a value yet.
func NewFigure(name string) *Figure {
	f := &Figure{name: name, value: Heading("-"), note: Quiet("")}
	f.note.Truncation = fyne.TextTruncateEllipsis
	f.ExtendBaseWidget(f)
	return f
}

// Tell sets the number and the word.
func (f *Figure) Tell(value, note string) {
	f.value.SetText(value)
	f.note.SetText(note)
}

// Told gives the number.
func (f *Figure) Told() string { return f.value.Text }

// CreateRenderer is called by Fyne.
func (f *Figure) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(NewCard(Column(-Grid*1.5, Quiet(f.name), f.value, f.note)))
}
