package parts

import (
	"image/color"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// DropZone says where to drop a file. The drop itself reaches the window, for
// Fyne hands drops to windows only; the zone offers the two other ways, a file
// dialog and a typed or pasted path.
type DropZone struct {
	widget.BaseWidget
	sentence string
	browse   *widget.Button
	path     *widget.Entry
	hovered  bool
	surface  *canvas.Rectangle
}

var (
	_ fyne.Tappable     = (*DropZone)(nil)
	_ desktop.Hoverable = (*DropZone)(nil)
)

// NewDropZone gives a zone that calls browse for a file dialog and opened with
// a path that was typed.
func NewDropZone(sentence string, browse func(), opened func(path string)) *DropZone {
	z := &DropZone{sentence: sentence, browse: widget.NewButtonWithIcon("Browse", theme.FolderOpenIcon(), browse),
		path: widget.NewEntry(), surface: canvas.NewRectangle(color.Transparent)}
	z.path.SetPlaceHolder("or type or paste a path, then press Enter")
	z.path.OnSubmitted = func(typed string) {
		if path := Path(typed); path != "" {
			opened(path)
		}
	}
	z.ExtendBaseWidget(z)
	return z
}

// Path is the path that was typed or pasted: without the spaces around it and the quotes that
// file managers and shells put around one, and with the user's folder for ~.
func Path(typed string) string {
	path := strings.TrimSpace(typed)
	if n := len(path); n > 1 && path[0] == path[n-1] && strings.Contains(`"'`, path[:1]) {
		path = path[1 : n-1]
	}
	if below, ok := strings.CutPrefix(path, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, below)
		}
	}
	return path
}

// Tapped opens the file dialog.
func (z *DropZone) Tapped(*fyne.PointEvent) { z.browse.OnTapped() }

// MouseIn tints the zone.
func (z *DropZone) MouseIn(*desktop.MouseEvent) { z.hover(true) }

// MouseMoved is called by Fyne.
func (z *DropZone) MouseMoved(*desktop.MouseEvent) {}

// MouseOut takes the tint away.
func (z *DropZone) MouseOut() { z.hover(false) }

func (z *DropZone) hover(on bool) {
	z.hovered = on
	z.Refresh()
}

// CreateRenderer is called by Fyne.
func (z *DropZone) CreateRenderer() fyne.WidgetRenderer {
	z.surface.CornerRadius = Grid
	z.surface.StrokeWidth = 2
	sentence := Sentence(z.sentence)
	icon := container.NewCenter(AtLeast(fyne.NewSquareSize(Grid*4), widget.NewIcon(theme.NewPrimaryThemedResource(theme.DownloadIcon()))))
	ways := container.NewBorder(nil, nil, z.browse, nil, z.path)
	inner := container.New(layout.NewCustomPaddedLayout(Grid*2, Grid*2, Grid*3, Grid*3),
		Column(Grid, container.NewBorder(nil, nil, icon, nil, sentence), ways))
	return &dropZoneRenderer{zone: z, WidgetRenderer: widget.NewSimpleRenderer(container.NewStack(z.surface, inner))}
}

type dropZoneRenderer struct {
	fyne.WidgetRenderer
	zone *DropZone
}

func (r *dropZoneRenderer) Layout(size fyne.Size) {
	r.paint()
	r.WidgetRenderer.Layout(size)
}

func (r *dropZoneRenderer) Refresh() {
	r.paint()
	r.WidgetRenderer.Refresh()
}

func (r *dropZoneRenderer) paint() {
	fill, edge := ColorNameCard, theme.ColorNameInputBorder
	if r.zone.hovered {
		fill, edge = ColorNameTint, theme.ColorNamePrimary
	}
	r.zone.surface.FillColor, r.zone.surface.StrokeColor = Color(fill), Color(edge)
	r.zone.surface.Refresh()
}
