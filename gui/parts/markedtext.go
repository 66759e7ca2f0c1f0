package parts

import (
	"image/color"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"attune/engine/dataset"
)

// MarkedText is a text that wraps, with stretches of it marked in the colours of
// their labels. It can be selected with the pointer and copied.
type MarkedText struct {
	widget.BaseWidget
	palette *Palette
	text    string
	spans   []dataset.Span

	wrapped  float32 // the width for which lines are
	lines    []stretch
	from, to int // the ends of the selection, in the order in which they were chosen
}

var (
	_ fyne.Draggable     = (*MarkedText)(nil)
	_ fyne.Focusable     = (*MarkedText)(nil)
	_ fyne.Shortcutable  = (*MarkedText)(nil)
	_ desktop.Mouseable  = (*MarkedText)(nil)
	_ desktop.Cursorable = (*MarkedText)(nil)
)

// NewMarkedText gives an empty text with the colours of a palette.
func NewMarkedText(p *Palette) *MarkedText {
	m := &MarkedText{palette: p}
	m.ExtendBaseWidget(m)
	return m
}

// Draw shows a text and its marks. A place outside the text is not marked.
func (m *MarkedText) Draw(text string, spans []dataset.Span) {
	if text != m.text {
		m.lines, m.from, m.to = nil, 0, 0
	}
	m.text, m.spans = text, nil
	for _, s := range spans {
		if s.Start >= 0 && s.Start < s.End && s.End <= len(text) {
			m.spans = append(m.spans, s)
		}
	}
	m.Refresh()
}

// Text gives what is shown.
func (m *MarkedText) Text() string { return m.text }

// Marks gives the places that are marked.
func (m *MarkedText) Marks() []dataset.Span { return m.spans }

// Selected gives the part of the text that is selected.
func (m *MarkedText) Selected() string {
	return m.text[min(m.from, m.to):max(m.from, m.to)]
}

// fit wraps the text for a width.
func (m *MarkedText) fit(width float32) {
	width = max(width-2*theme.InnerPadding(), Grid)
	if m.lines == nil || width != m.wrapped {
		m.wrapped, m.lines = width, wrap(m.text, width)
	}
}

// lineHeight leaves room between the marks of two lines.
func lineHeight() float32 {
	return fyne.MeasureText("M", theme.TextSize(), fyne.TextStyle{}).Height + Grid/2
}

// MinSize is as high as the text is at its present width.
func (m *MarkedText) MinSize() fyne.Size {
	m.ExtendBaseWidget(m)
	n := 1
	if width := m.Size().Width; width > 0 {
		m.fit(width)
		n = len(m.lines)
	}
	return fyne.NewSize(Grid*10, float32(n)*lineHeight()+2*theme.InnerPadding())
}

// at gives the byte of the text at a place of the widget.
func (m *MarkedText) at(place fyne.Position) int {
	m.fit(m.Size().Width)
	padding := theme.InnerPadding()
	n := min(max(int((place.Y-padding)/lineHeight()), 0), len(m.lines)-1)
	line := m.lines[n]
	ends := []int{line.start}
	for i, r := range m.text[line.start:line.end] {
		ends = append(ends, line.start+i+utf8.RuneLen(r))
	}
	return ends[min(sort.Search(len(ends)-1, func(i int) bool {
		middle := (widthOf(m.text[line.start:ends[i]]) + widthOf(m.text[line.start:ends[i+1]])) / 2
		return middle > place.X-padding
	}), len(ends)-1)]
}

// MouseDown begins a selection.
func (m *MarkedText) MouseDown(e *desktop.MouseEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(m); c != nil {
		c.Focus(m)
	}
	m.from = m.at(e.Position)
	m.to = m.from
	m.Refresh()
}

// MouseUp leaves the selection as it is.
func (m *MarkedText) MouseUp(*desktop.MouseEvent) {}

// Dragged selects as far as the pointer is.
func (m *MarkedText) Dragged(e *fyne.DragEvent) {
	m.to = m.at(e.Position)
	m.Refresh()
}

// DragEnd leaves the selection as it is.
func (m *MarkedText) DragEnd() {}

// Cursor says that text can be selected.
func (m *MarkedText) Cursor() desktop.Cursor { return desktop.TextCursor }

// FocusGained is called by Fyne.
func (m *MarkedText) FocusGained() {}

// FocusLost ends the selection.
func (m *MarkedText) FocusLost() {
	m.from, m.to = 0, 0
	m.Refresh()
}

// TypedRune is called by Fyne.
func (m *MarkedText) TypedRune(rune) {}

// TypedKey is called by Fyne.
func (m *MarkedText) TypedKey(*fyne.KeyEvent) {}

// TypedShortcut copies what is selected, or selects everything.
func (m *MarkedText) TypedShortcut(s fyne.Shortcut) {
	switch s.(type) {
	case *fyne.ShortcutCopy:
		if some := m.Selected(); some != "" {
			fyne.CurrentApp().Clipboard().SetContent(some)
		}
	case *fyne.ShortcutSelectAll:
		m.from, m.to = 0, len(m.text)
		m.Refresh()
	}
}

// CreateRenderer is called by Fyne.
func (m *MarkedText) CreateRenderer() fyne.WidgetRenderer { return &markedTextRenderer{text: m} }

// markedTextRenderer draws each line as one text, so that letters keep their shapes
// across the ends of a mark, over the surfaces of its marks.
type markedTextRenderer struct {
	text     *MarkedText
	surfaces []*canvas.Rectangle // those in use come first
	lines    []*canvas.Text
	objects  []fyne.CanvasObject
}

func (r *markedTextRenderer) Destroy() {}

func (r *markedTextRenderer) Objects() []fyne.CanvasObject { return r.objects }

func (r *markedTextRenderer) MinSize() fyne.Size { return r.text.MinSize() }

func (r *markedTextRenderer) Refresh() {
	r.Layout(r.text.Size())
	canvas.Refresh(r.text)
}

func (r *markedTextRenderer) Layout(size fyne.Size) {
	m := r.text
	m.fit(size.Width)
	r.objects = r.objects[:0]
	for _, s := range slices.Backward(m.spans) { // the first lies over the others
		rule := Color(m.palette.Color(s.Label))
		r.mark(stretch{s.Start, s.End}, faded(rule, 0x30), rule)
	}
	r.mark(stretch{min(m.from, m.to), max(m.from, m.to)}, Color(theme.ColorNameSelection), nil)
	for len(r.lines) < len(m.lines) {
		r.lines = append(r.lines, &canvas.Text{})
	}
	for i, l := range m.lines {
		line := r.lines[i]
		line.Text, line.TextSize, line.Color = drawn.Replace(strings.TrimRight(m.text[l.start:l.end], " ")), theme.TextSize(), Color(theme.ColorNameForeground)
		line.Move(fyne.NewPos(theme.InnerPadding(), theme.InnerPadding()+float32(i)*lineHeight()))
		line.Resize(line.MinSize())
		r.objects = append(r.objects, line)
	}
}

// ruleHeight is how thick the line under a mark is.
const ruleHeight = 2

// mark draws a surface behind a part of the text, line by line, and a rule under it.
func (r *markedTextRenderer) mark(part stretch, surface, rule color.Color) {
	m := r.text
	first := sort.Search(len(m.lines), func(i int) bool { return m.lines[i].end > part.start })
	for i := first; i < len(m.lines) && m.lines[i].start < part.end; i++ {
		line := m.lines[i]
		left := widthOf(m.text[line.start:max(line.start, part.start)])
		right := widthOf(strings.TrimRight(m.text[line.start:min(line.end, part.end)], " "))
		if right <= left {
			continue
		}
		at := fyne.NewPos(theme.InnerPadding()+left, theme.InnerPadding()+float32(i)*lineHeight())
		size := fyne.NewSize(right-left, lineHeight()-Grid/2)
		r.surface(at, size, surface)
		if rule != nil {
			r.surface(at.AddXY(0, size.Height), fyne.NewSize(size.Width, ruleHeight), rule)
		}
	}
}

func (r *markedTextRenderer) surface(at fyne.Position, size fyne.Size, c color.Color) {
	n := len(r.objects)
	if n == len(r.surfaces) {
		r.surfaces = append(r.surfaces, canvas.NewRectangle(color.Transparent))
	}
	s := r.surfaces[n]
	s.FillColor = c
	s.Move(at)
	s.Resize(size)
	r.objects = append(r.objects, s)
}

// faded gives a colour with another opacity.
func faded(c color.Color, alpha uint8) color.Color {
	r, g, b, _ := c.RGBA()
	return color.NRGBA{R: uint8(r >> 8), G: uint8(g >> 8), B: uint8(b >> 8), A: alpha}
}
