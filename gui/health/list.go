package health

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"attune/gui/parts"
	"attune/projects"
)

// list shows the findings one below the other, one of them chosen.
type list struct {
	choose  func(n int)
	content *fyne.Container
}

func newList(choose func(n int)) *list {
	return &list{choose: choose, content: parts.Column(parts.Grid)}
}

func (l *list) show(findings []projects.Finding, chosen int) {
	l.content.Objects = nil
	for n, f := range findings {
		l.content.Add(newLine(f, n == chosen, func() { l.choose(n) }))
	}
	l.content.Refresh()
}

// line is one finding: it takes the focus and is chosen by a tap, Space or Enter.
type line struct {
	widget.BaseWidget
	finding                  projects.Finding
	chosen, focused, hovered bool
	choose                   func()
	surface                  *canvas.Rectangle
}

var (
	_ fyne.Tappable     = (*line)(nil)
	_ fyne.Focusable    = (*line)(nil)
	_ desktop.Hoverable = (*line)(nil)
)

func newLine(f projects.Finding, chosen bool, choose func()) *line {
	l := &line{finding: f, chosen: chosen, choose: choose, surface: canvas.NewRectangle(color.Transparent)}
	l.surface.CornerRadius = parts.Grid
	l.ExtendBaseWidget(l)
	return l
}

func (l *line) Tapped(*fyne.PointEvent) { l.choose() }

func (l *line) FocusGained() { l.focused = true; l.Refresh() }

func (l *line) FocusLost() { l.focused = false; l.Refresh() }

func (l *line) TypedRune(r rune) {
	if r == ' ' {
		l.choose()
	}
}

func (l *line) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter {
		l.choose()
	}
}

func (l *line) MouseIn(*desktop.MouseEvent) { l.hovered = true; l.Refresh() }

func (l *line) MouseMoved(*desktop.MouseEvent) {}

func (l *line) MouseOut() { l.hovered = false; l.Refresh() }

// icon shows how grave a finding is.
func icon(f projects.Finding) fyne.Resource {
	switch f.Severity {
	case projects.Grave:
		return theme.NewErrorThemedResource(theme.ErrorIcon())
	case projects.Warning:
		return theme.NewWarningThemedResource(theme.WarningIcon())
	}
	return theme.NewPrimaryThemedResource(theme.InfoIcon())
}

// inQuestion counts the rows that are to be mended, or else those that are shown.
func inQuestion(f projects.Finding) int {
	if n := f.Changes(); n > 0 {
		return n
	}
	return len(f.Items)
}

func (l *line) CreateRenderer() fyne.WidgetRenderer {
	title := parts.Strong(l.finding.Title)
	title.Wrapping = fyne.TextWrapWord
	head := container.NewBorder(nil, nil, parts.Sides(parts.Grid/2, 0, widget.NewIcon(icon(l.finding))),
		container.NewCenter(parts.Quiet(parts.Counted(inQuestion(l.finding), "row", "rows"))), title)
	return &lineRenderer{line: l, WidgetRenderer: widget.NewSimpleRenderer(container.NewStack(l.surface, parts.Inset(parts.Grid/2, head)))}
}

type lineRenderer struct {
	fyne.WidgetRenderer
	line *line
}

func (r *lineRenderer) Layout(size fyne.Size) {
	r.paint()
	r.WidgetRenderer.Layout(size)
}

func (r *lineRenderer) Refresh() {
	r.paint()
	r.WidgetRenderer.Refresh()
}

func (r *lineRenderer) paint() {
	l := r.line
	fill, edge, width := parts.ColorNameCard, theme.ColorNameSeparator, float32(1)
	if l.hovered || l.focused {
		edge, width = theme.ColorNamePrimary, 2
	}
	if l.chosen {
		fill, edge, width = parts.ColorNameTint, theme.ColorNamePrimary, 2
	}
	l.surface.FillColor, l.surface.StrokeColor, l.surface.StrokeWidth = parts.Color(fill), parts.Color(edge), width
	l.surface.Refresh()
}
