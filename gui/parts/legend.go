package parts

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Legend says which colour of a palette means which label, side by side, in as many
// lines as are needed.
type Legend struct {
	widget.BaseWidget
	palette *Palette
	labels  []string
}

// NewLegend gives a legend without labels, which takes no room.
func NewLegend(p *Palette) *Legend {
	l := &Legend{palette: p}
	l.ExtendBaseWidget(l)
	l.Hide()
	return l
}

// Draw names labels; none hides the legend.
func (l *Legend) Draw(labels []string) {
	l.labels = labels
	l.Hidden = len(labels) == 0
	l.Refresh()
}

// Drawn gives the labels that are named.
func (l *Legend) Drawn() []string { return l.labels }

// place is where a label stands.
type place struct {
	at    fyne.Position
	width float32 // of its words
}

const (
	legendSwatch = Grid * 1.5
	legendSpace  = Grid * 3 / 4 // between a swatch and its words
	legendGap    = Grid * 2
)

// places gives where each label stands at a width, and how high they all are.
func (l *Legend) places(width float32) (all []place, height float32) {
	line := lineHeight()
	at := fyne.NewPos(theme.InnerPadding(), Grid/2)
	for _, label := range l.labels {
		w := textWidth(Brief(label))
		if at.X > theme.InnerPadding() && at.X+legendSwatch+legendSpace+w > width-theme.InnerPadding() {
			at = fyne.NewPos(theme.InnerPadding(), at.Y+line)
		}
		all = append(all, place{at, w})
		at.X += legendSwatch + Grid/2 + w + legendGap
	}
	return all, at.Y + line
}

// MinSize is as high as the lines are at the present width.
func (l *Legend) MinSize() fyne.Size {
	l.ExtendBaseWidget(l)
	height := lineHeight()
	if width := l.Size().Width; width > 0 {
		_, height = l.places(width)
	}
	return fyne.NewSize(Grid*10, height+Grid/2)
}

// CreateRenderer is called by Fyne.
func (l *Legend) CreateRenderer() fyne.WidgetRenderer { return &legendRenderer{legend: l} }

type legendRenderer struct {
	legend *Legend
	keys   []*legendKey
}

func (r *legendRenderer) Destroy() {}

func (r *legendRenderer) MinSize() fyne.Size { return r.legend.MinSize() }

func (r *legendRenderer) Objects() []fyne.CanvasObject {
	var all []fyne.CanvasObject
	for _, k := range r.keys[:min(len(r.keys), len(r.legend.labels))] {
		all = append(all, k.swatch, k.text)
	}
	return all
}

func (r *legendRenderer) Refresh() {
	r.Layout(r.legend.Size())
	canvas.Refresh(r.legend)
}

func (r *legendRenderer) Layout(size fyne.Size) {
	places, _ := r.legend.places(size.Width)
	for len(r.keys) < len(places) {
		key := &legendKey{swatch: canvas.NewRectangle(color.Transparent), text: &canvas.Text{}}
		key.swatch.CornerRadius = 2
		r.keys = append(r.keys, key)
	}
	for i, p := range places {
		key, label := r.keys[i], r.legend.labels[i]
		c := Color(r.legend.palette.Color(label))
		key.swatch.FillColor, key.swatch.StrokeColor, key.swatch.StrokeWidth = faded(c, 0x30), c, 1.5
		key.swatch.Move(p.at.AddXY(0, Grid/2))
		key.swatch.Resize(fyne.NewSquareSize(legendSwatch))
		write(key.text, Brief(label), ColorNameQuiet)
		key.text.Move(p.at.AddXY(legendSwatch+legendSpace, 0))
		key.text.Resize(key.text.MinSize())
	}
}
