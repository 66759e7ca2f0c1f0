package parts

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Bar is a name with a share from 0 to 1 and the words for it.
type Bar struct {
	Name  string
	Share float64
	Words string              // "91 %", "1,204 rows"
	Color fyne.ThemeColorName // "" for the colour that the bars have anyway
	Mark  float64             // share at which a line crosses the track; 0 for none
}

// CountBars gives a bar for each item's name and count, the largest count as
// long as the track.
func CountBars[T any](items []T, of func(T) (name string, n int)) []Bar {
	most := 1
	for _, item := range items {
		_, n := of(item)
		most = max(most, n)
	}
	bars := make([]Bar, len(items))
	for i, item := range items {
		name, n := of(item)
		bars[i] = Bar{Name: name, Share: float64(n) / float64(most), Words: Count(n)}
	}
	return bars
}

// Bars shows names with bars, longest names cut; the first is drawn in the
// accent colour where that says which one was chosen.
type Bars struct {
	widget.BaseWidget
	bars  []Bar
	first bool
	tap   func(name string)
}

var _ fyne.Tappable = (*Bars)(nil)

// NewBars gives bars of which the first stands out, if first is set. tapped is
// called with the name of a tapped bar; it may be nil.
func NewBars(first bool, tapped func(name string)) *Bars {
	b := &Bars{first: first, tap: tapped}
	b.ExtendBaseWidget(b)
	return b
}

// Draw shows bars.
func (b *Bars) Draw(bars []Bar) {
	b.bars = bars
	b.Refresh()
}

// Drawn gives the bars that are shown.
func (b *Bars) Drawn() []Bar { return b.bars }

const barLine = Grid * 3

// Tapped tells which bar was tapped.
func (b *Bars) Tapped(e *fyne.PointEvent) {
	if i := int(e.Position.Y / barLine); b.tap != nil && i >= 0 && i < len(b.bars) {
		b.tap(b.bars[i].Name)
	}
}

// CreateRenderer is called by Fyne.
func (b *Bars) CreateRenderer() fyne.WidgetRenderer { return &barsRenderer{bars: b} }

type barsRenderer struct {
	bars  *Bars
	lines []*barLineObjects
}

type barLineObjects struct {
	name        *widget.Label
	words       *canvas.Text
	track, fill *canvas.Rectangle
	mark        *canvas.Rectangle
}

func newBarLine() *barLineObjects {
	l := &barLineObjects{name: widget.NewLabel(""), words: &canvas.Text{Alignment: fyne.TextAlignTrailing},
		track: canvas.NewRectangle(color.Transparent), fill: canvas.NewRectangle(color.Transparent), mark: canvas.NewRectangle(color.Transparent)}
	l.name.Truncation = fyne.TextTruncateEllipsis
	l.track.CornerRadius, l.fill.CornerRadius = Grid/2, Grid/2
	return l
}

func (r *barsRenderer) Destroy() {}

func (r *barsRenderer) MinSize() fyne.Size {
	return fyne.NewSize(Grid*26, barLine*float32(len(r.bars.bars)))
}

func (r *barsRenderer) Objects() []fyne.CanvasObject {
	objects := make([]fyne.CanvasObject, 0, 5*len(r.bars.bars))
	for _, l := range r.lines[:min(len(r.bars.bars), len(r.lines))] {
		objects = append(objects, l.name, l.track, l.fill, l.mark, l.words)
	}
	return objects
}

func (r *barsRenderer) Refresh() {
	r.Layout(r.bars.Size())
	canvas.Refresh(r.bars)
}

func (r *barsRenderer) Layout(size fyne.Size) {
	for len(r.lines) < len(r.bars.bars) {
		r.lines = append(r.lines, newBarLine())
	}
	name, words := r.columns(size)
	for i, bar := range r.bars.bars {
		line := r.lines[i]
		y := float32(i) * barLine
		line.name.SetText(bar.Name)
		line.name.Move(fyne.NewPos(-Grid, y-Grid/2-2))
		line.name.Resize(fyne.NewSize(name+Grid, barLine))
		write(line.words, bar.Words, theme.ColorNameForeground)
		line.words.Move(fyne.NewPos(size.Width-words, y+2))
		line.words.Resize(fyne.NewSize(words, line.words.MinSize().Height))
		at, whole := fyne.NewPos(name+Grid, y+Grid), max(size.Width-name-words-Grid*2, 0)
		line.track.FillColor = Color(theme.ColorNameSeparator)
		line.track.Move(at)
		line.track.Resize(fyne.NewSize(whole, Grid))
		line.fill.FillColor = Color(theme.ColorNamePrimary)
		switch {
		case bar.Color != "":
			line.fill.FillColor = Color(bar.Color)
		case r.bars.first && i > 0:
			line.fill.FillColor = Color(ColorNameQuiet)
		}
		line.fill.Move(at)
		line.fill.Resize(fyne.NewSize(whole*float32(min(max(bar.Share, 0), 1)), Grid))
		line.fill.Hidden = bar.Share <= 0
		line.mark.FillColor = Color(theme.ColorNameForeground)
		line.mark.Move(fyne.NewPos(at.X+whole*float32(bar.Mark)-1, at.Y-Grid/4))
		line.mark.Resize(fyne.NewSize(2, Grid*1.5))
		line.mark.Hidden = bar.Mark <= 0
	}
}

// columns gives the widths of the names and of the words.
func (r *barsRenderer) columns(size fyne.Size) (name, words float32) {
	for _, bar := range r.bars.bars {
		name = max(name, fyne.MeasureText(Brief(bar.Name), theme.TextSize(), fyne.TextStyle{}).Width+Grid*2)
		words = max(words, fyne.MeasureText(bar.Words, theme.TextSize(), fyne.TextStyle{}).Width)
	}
	return min(name, size.Width*0.55), words
}
