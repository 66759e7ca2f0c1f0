package parts

import (
	"image/color"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// TableColumn is a column of a Table.
type TableColumn struct {
	Title  string
	Width  float32 // of a column that does not stretch
	Parts  int     // share of the width that is left; 0 for a column of fixed width
	Right  bool    // numbers stand at the right
	Hidden bool    // not shown
	Sort   string  // what to sort by when its title is tapped; "" for a column that does not sort
}

// Table shows rows of short texts under titles. Only the rows in sight exist.
type Table struct {
	widget.BaseWidget
	columns  []TableColumn
	shown    []int // the columns that are not hidden
	rows     func() int
	cell     func(row, column int) string
	table    *widget.Table
	selected int
	sorted   string
	down     bool

	OnSelected func(row int)                        // a row was chosen
	OnSorted   func(column string, descending bool) // a title was tapped
}

// NewTable gives a table of what rows and cell say; both are asked while it is
// drawn and so must answer at once.
func NewTable(columns []TableColumn, rows func() int, cell func(row, column int) string) *Table {
	t := &Table{rows: rows, cell: cell, selected: -1}
	t.choose(columns)
	t.table = &widget.Table{
		Length:        func() (int, int) { return t.rows(), len(t.shown) },
		CreateCell:    func() fyne.CanvasObject { return newTableCell() },
		UpdateCell:    t.updateCell,
		CreateHeader:  func() fyne.CanvasObject { return newTableTitle(t) },
		UpdateHeader:  t.updateHeader,
		ShowHeaderRow: true,
		OnSelected:    func(id widget.TableCellID) { t.Select(id.Row) },
	}
	t.ExtendBaseWidget(t)
	return t
}

// SetColumns changes what the columns are called, how wide they are and which are shown;
// their number stays.
func (t *Table) SetColumns(columns []TableColumn) {
	if slices.Equal(columns, t.columns) {
		return
	}
	t.choose(columns)
	t.arrange(t.Size())
	t.table.Refresh()
}

func (t *Table) choose(columns []TableColumn) {
	t.columns, t.shown = columns, nil
	for i, c := range columns {
		if !c.Hidden {
			t.shown = append(t.shown, i)
		}
	}
}

// Reload draws the rows anew, whose number or order may have changed.
func (t *Table) Reload() { t.table.Refresh() }

// Sorted tells by what the rows are sorted, so that the title shows it.
func (t *Table) Sorted(column string, descending bool) {
	t.sorted, t.down = column, descending
	t.table.Refresh()
}

// Select chooses a row; -1 chooses none.
func (t *Table) Select(row int) {
	t.selected = row
	t.table.UnselectAll()
	t.table.Refresh()
	if row >= 0 && t.OnSelected != nil {
		t.OnSelected(row)
	}
}

// Selected gives the chosen row, or -1.
func (t *Table) Selected() int { return t.selected }

// ToTop scrolls to the first row.
func (t *Table) ToTop() { t.table.ScrollToTop() }

// Title taps a column's title.
func (t *Table) Title(column int) {
	c := t.columns[column]
	if c.Sort == "" || t.OnSorted == nil {
		return
	}
	t.down = t.sorted == c.Sort && !t.down
	t.sorted = c.Sort
	t.OnSorted(t.sorted, t.down)
	t.table.Refresh()
}

func (t *Table) updateCell(id widget.TableCellID, o fyne.CanvasObject) {
	if id.Row < 0 || id.Col < 0 || id.Col >= len(t.shown) {
		return
	}
	column := t.shown[id.Col]
	o.(*tableCell).show(t.cell(id.Row, column), t.columns[column].Right, id.Row == t.selected)
}

func (t *Table) updateHeader(id widget.TableCellID, o fyne.CanvasObject) {
	if id.Col < 0 || id.Col >= len(t.shown) {
		return
	}
	c := t.columns[t.shown[id.Col]]
	o.(*tableTitle).show(t.shown[id.Col], c, t.sorted == c.Sort && c.Sort != "", t.down)
}

// CreateRenderer is called by Fyne.
func (t *Table) CreateRenderer() fyne.WidgetRenderer {
	return &tableRenderer{table: t, WidgetRenderer: widget.NewSimpleRenderer(t.table)}
}

type tableRenderer struct {
	fyne.WidgetRenderer
	table *Table
}

func (r *tableRenderer) Layout(size fyne.Size) {
	r.table.arrange(size)
	r.WidgetRenderer.Layout(size)
}

// arrange gives the width that the fixed columns leave to those that stretch.
func (t *Table) arrange(size fyne.Size) {
	left, parts := size.Width-theme.Padding()*float32(len(t.shown)), 0
	for _, i := range t.shown {
		c := t.columns[i]
		parts += c.Parts
		if c.Parts == 0 {
			left -= c.Width
		}
	}
	for at, i := range t.shown {
		c := t.columns[i]
		width := c.Width
		if c.Parts > 0 {
			width = max(left*float32(c.Parts)/float32(parts), c.Width, Grid*8)
		}
		t.table.SetColumnWidth(at, width)
	}
}

func (r *tableRenderer) MinSize() fyne.Size { return fyne.NewSize(Grid*30, Grid*16) }

// tableCell is a text on a surface that shows whether its row is chosen.
type tableCell struct {
	widget.BaseWidget
	label   *widget.Label
	surface *canvas.Rectangle
}

func newTableCell() *tableCell {
	c := &tableCell{label: widget.NewLabel(""), surface: canvas.NewRectangle(color.Transparent)}
	c.label.Truncation = fyne.TextTruncateEllipsis
	c.ExtendBaseWidget(c)
	return c
}

func (c *tableCell) show(text string, right, selected bool) {
	c.label.Alignment = fyne.TextAlignLeading
	if right {
		c.label.Alignment = fyne.TextAlignTrailing
	}
	c.label.SetText(Brief(text))
	c.surface.FillColor = color.Transparent
	if selected {
		c.surface.FillColor = Color(ColorNameTint)
	}
	c.surface.Refresh()
}

func (c *tableCell) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack(c.surface, c.label))
}

// tableTitle is a column's title; tapping it sorts.
type tableTitle struct {
	widget.BaseWidget
	table  *Table
	column int
	label  *widget.Label
	icon   *widget.Icon
}

var _ fyne.Tappable = (*tableTitle)(nil)

func newTableTitle(t *Table) *tableTitle {
	h := &tableTitle{table: t, label: Strong(""), icon: widget.NewIcon(nil)}
	h.label.Truncation = fyne.TextTruncateEllipsis
	h.ExtendBaseWidget(h)
	return h
}

func (h *tableTitle) show(column int, c TableColumn, sorted, down bool) {
	h.column = column
	h.label.Alignment = fyne.TextAlignLeading
	if c.Right {
		h.label.Alignment = fyne.TextAlignTrailing
	}
	h.label.SetText(c.Title)
	h.icon.Hidden = !sorted
	h.icon.SetResource(theme.MenuDropUpIcon())
	if down {
		h.icon.SetResource(theme.MenuDropDownIcon())
	}
}

func (h *tableTitle) Tapped(*fyne.PointEvent) { h.table.Title(h.column) }

func (h *tableTitle) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewBorder(nil, nil, nil, h.icon, h.label))
}
