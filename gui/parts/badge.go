package parts

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Badge is a word or two in a frame, in the colour of a tone. It is hidden while it
// has nothing to say.
type Badge struct {
	widget.BaseWidget
	tone  Tone
	text  *canvas.Text
	frame *canvas.Rectangle
}

// NewBadge gives a hidden badge.
func NewBadge() *Badge {
	b := &Badge{text: canvas.NewText("", color.Transparent), frame: canvas.NewRectangle(color.Transparent)}
	b.frame.CornerRadius, b.frame.StrokeWidth = Grid*1.5, 1
	b.ExtendBaseWidget(b)
	b.Hide()
	return b
}

// Say shows words in a tone; "" hides the badge.
func (b *Badge) Say(words string, tone Tone) {
	b.text.Text, b.tone = words, tone
	b.Hidden = words == ""
	b.Refresh()
}

// Said gives the words that are shown.
func (b *Badge) Said() string { return b.text.Text }

// CreateRenderer is called by Fyne.
func (b *Badge) CreateRenderer() fyne.WidgetRenderer {
	inner := container.New(layout.NewCustomPaddedLayout(Grid/4, Grid/4, Grid, Grid), b.text)
	return &badgeRenderer{badge: b, WidgetRenderer: widget.NewSimpleRenderer(container.NewStack(b.frame, inner))}
}

type badgeRenderer struct {
	fyne.WidgetRenderer
	badge *Badge
}

func (r *badgeRenderer) Layout(size fyne.Size) {
	r.paint()
	r.WidgetRenderer.Layout(size)
}

func (r *badgeRenderer) MinSize() fyne.Size {
	r.paint()
	return r.WidgetRenderer.MinSize()
}

func (r *badgeRenderer) Refresh() {
	r.paint()
	r.WidgetRenderer.Refresh()
}

func (r *badgeRenderer) paint() {
	b := r.badge
	name := theme.ColorNamePrimary
	switch b.tone {
	case Done:
		name = theme.ColorNameSuccess
	case Warning:
		name = theme.ColorNameWarning
	case Trouble:
		name = theme.ColorNameError
	}
	b.frame.StrokeColor, b.text.Color, b.text.TextSize = Color(name), Color(name), theme.Size(theme.SizeNameCaptionText)
}
