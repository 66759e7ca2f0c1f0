package parts

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Matrix counts rows by the label they have and the label a model gave them.
type Matrix struct {
	Labels []string
	Counts [][]int // [true][given]
}

// Confusion draws a confusion matrix: a row for each label that rows have, a
// column for each that the model gave. The darker a cell, the larger its share
// of the row. Tapping a cell tells which.
type Confusion struct {
	widget.BaseWidget
	matrix Matrix
	table  *widget.Table
	named  bool // the columns carry the labels, not the numbers of their rows

	OnTapped func(want, got string)
}

// NewConfusion gives an empty matrix.
func NewConfusion() *Confusion {
	c := &Confusion{}
	c.table = &widget.Table{
		Length:           func() (int, int) { return len(c.matrix.Labels), len(c.matrix.Labels) },
		CreateCell:       func() fyne.CanvasObject { return newConfusionCell() },
		UpdateCell:       c.updateCell,
		CreateHeader:     func() fyne.CanvasObject { return newConfusionHead() },
		UpdateHeader:     c.updateHeader,
		ShowHeaderRow:    true,
		ShowHeaderColumn: true,
		OnSelected:       func(id widget.TableCellID) { c.Tap(id.Row, id.Col) },
	}
	c.ExtendBaseWidget(c)
	return c
}

// Draw shows a matrix.
func (c *Confusion) Draw(m Matrix) {
	c.matrix = m
	c.fit(c.Size().Width)
	c.table.Refresh()
	c.Refresh()
}

// Tap chooses the cell of a label that rows have and a label they were given.
func (c *Confusion) Tap(want, got int) {
	c.table.UnselectAll()
	if c.OnTapped != nil && want < len(c.matrix.Labels) && got < len(c.matrix.Labels) {
		c.OnTapped(c.matrix.Labels[want], c.matrix.Labels[got])
	}
}

const (
	confusionCell = Grid * 6
	confusionHead = Grid * 24
)

// fit gives every column the width of its label; where they would not all fit
// side by side, the columns carry the numbers of the rows instead.
func (c *Confusion) fit(width float32) {
	plain, numbered, names := float32(0), float32(0), float32(0)
	for i, label := range c.matrix.Labels {
		plain = max(plain, textWidth(label))
		numbered = max(numbered, textWidth(strconv.Itoa(i+1)+"  "+label))
		names += max(confusionCell, textWidth(label)+Grid*3) + theme.Padding()
	}
	c.named = plain+Grid*3+names < width
	head := numbered
	if c.named {
		head = plain
	}
	c.table.SetColumnWidth(-1, min(head+Grid*3, confusionHead))
	for i := range c.matrix.Labels {
		c.table.SetColumnWidth(i, max(confusionCell, textWidth(c.across(i))+Grid*3))
	}
}

func textWidth(text string) float32 {
	return fyne.MeasureText(text, theme.TextSize(), fyne.TextStyle{}).Width
}

func (c *Confusion) across(i int) string {
	if c.named {
		return c.matrix.Labels[i]
	}
	return strconv.Itoa(i + 1)
}

func (c *Confusion) updateHeader(id widget.TableCellID, o fyne.CanvasObject) {
	cell := o.(*confusionHeadObject)
	switch {
	case id.Row >= 0 && id.Row < len(c.matrix.Labels) && c.named:
		cell.show(c.matrix.Labels[id.Row], false)
	case id.Row >= 0 && id.Row < len(c.matrix.Labels):
		cell.show(strconv.Itoa(id.Row+1)+"  "+c.matrix.Labels[id.Row], false)
	case id.Col >= 0 && id.Col < len(c.matrix.Labels):
		cell.show(c.across(id.Col), true)
	default:
		cell.show("", false)
	}
}

func (c *Confusion) updateCell(id widget.TableCellID, o fyne.CanvasObject) {
	if id.Row < 0 || id.Col < 0 || id.Row >= len(c.matrix.Counts) || id.Col >= len(c.matrix.Counts[id.Row]) {
		return
	}
	of := 0
	for _, n := range c.matrix.Counts[id.Row] {
		of += n
	}
	o.(*confusionCellObject).show(c.matrix.Counts[id.Row][id.Col], of, id.Row == id.Col)
}

// MinSize gives room for six labels; more scroll.
func (c *Confusion) MinSize() fyne.Size {
	c.ExtendBaseWidget(c)
	n := float32(min(max(len(c.matrix.Labels), 2), 6))
	return fyne.NewSize(Grid*40, (n+1)*(Grid*3.5+theme.Padding())+Grid)
}

// CreateRenderer is called by Fyne.
func (c *Confusion) CreateRenderer() fyne.WidgetRenderer {
	return &confusionRenderer{confusion: c, WidgetRenderer: widget.NewSimpleRenderer(c.table)}
}

type confusionRenderer struct {
	fyne.WidgetRenderer
	confusion *Confusion
}

func (r *confusionRenderer) Layout(size fyne.Size) {
	r.confusion.fit(size.Width)
	r.WidgetRenderer.Layout(size)
}

// confusionHeadObject names a row or a column.
type confusionHeadObject struct {
	widget.BaseWidget
	label *widget.Label
}

func newConfusionHead() *confusionHeadObject {
	h := &confusionHeadObject{label: widget.NewLabel("")}
	h.label.Truncation = fyne.TextTruncateEllipsis
	h.ExtendBaseWidget(h)
	return h
}

func (h *confusionHeadObject) show(name string, right bool) {
	h.label.Alignment = fyne.TextAlignLeading
	if right {
		h.label.Alignment = fyne.TextAlignTrailing
	}
	h.label.SetText(Brief(name))
}

func (h *confusionHeadObject) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(Sides(0, -Grid/2, h.label))
}

// confusionCellObject is a number on a surface as strong as its share.
type confusionCellObject struct {
	widget.BaseWidget
	surface *canvas.Rectangle
	text    *canvas.Text
}

func newConfusionCell() *confusionCellObject {
	c := &confusionCellObject{surface: canvas.NewRectangle(color.Transparent), text: &canvas.Text{Alignment: fyne.TextAlignTrailing}}
	c.surface.CornerRadius = Grid / 2
	c.ExtendBaseWidget(c)
	return c
}

// show draws n rows of the of that have the label; right ones in the accent
// colour, wrong ones in the colour of errors, none as a quiet dot.
func (c *confusionCellObject) show(n, of int, right bool) {
	text, ink, name := Count(n), theme.ColorNameForeground, theme.ColorNameError
	if right {
		name = theme.ColorNamePrimary
	}
	strength := 0.0
	if of > 0 {
		strength = float64(n) / float64(of)
	}
	if n == 0 {
		text, ink = "·", ColorNameQuiet
	}
	write(c.text, text, ink)
	c.surface.FillColor = veil(Color(name), strength)
	c.surface.Refresh()
	c.text.Refresh()
}

// veil makes a colour as strong as a share, and never so strong that text on it
// becomes hard to read.
func veil(c color.Color, share float64) color.Color {
	if share <= 0 {
		return color.Transparent
	}
	return faded(c, uint8(20+90*min(share, 1)))
}

func (c *confusionCellObject) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack(c.surface, Sides(Grid, Grid/2, c.text)))
}
