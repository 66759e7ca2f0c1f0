package parts

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// ThinBar is a quiet line that fills up.
type ThinBar struct {
	widget.BaseWidget
	share float64
}

// NewThinBar gives an empty bar.
func NewThinBar() *ThinBar {
	b := &ThinBar{}
	b.ExtendBaseWidget(b)
	return b
}

// Fill fills a share of the bar, 0 to 1.
func (b *ThinBar) Fill(share float64) {
	b.share = min(max(share, 0), 1)
	b.Refresh()
}

// CreateRenderer is called by Fyne.
func (b *ThinBar) CreateRenderer() fyne.WidgetRenderer {
	r := &thinBarRenderer{bar: b, track: canvas.NewRectangle(color.Transparent), fill: canvas.NewRectangle(color.Transparent)}
	r.track.CornerRadius, r.fill.CornerRadius = Grid/2, Grid/2
	return r
}

type thinBarRenderer struct {
	bar         *ThinBar
	track, fill *canvas.Rectangle
}

func (r *thinBarRenderer) Destroy() {}

func (r *thinBarRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.track, r.fill} }

func (r *thinBarRenderer) MinSize() fyne.Size { return fyne.NewSize(Grid*4, Grid) }

func (r *thinBarRenderer) Layout(size fyne.Size) {
	at := fyne.NewPos(0, (size.Height-Grid)/2)
	r.track.FillColor, r.fill.FillColor = Color(theme.ColorNameSeparator), Color(theme.ColorNamePrimary)
	r.track.Move(at)
	r.track.Resize(fyne.NewSize(size.Width, Grid))
	r.fill.Move(at)
	r.fill.Resize(fyne.NewSize(size.Width*float32(r.bar.share), Grid))
	r.fill.Hidden = r.bar.share == 0
}

func (r *thinBarRenderer) Refresh() {
	r.Layout(r.bar.Size())
	canvas.Refresh(r.bar)
}
