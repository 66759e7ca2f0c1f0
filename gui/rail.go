package gui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"attune/gui/parts"
)

// rail is the list of steps at the left, each with its state.
type rail struct {
	widget.BaseWidget
	lines   []*railLine // in the order of the pages, Home first
	surface *canvas.Rectangle
}

func newRail(goTo func(Page)) *rail {
	r := &rail{surface: canvas.NewRectangle(color.Transparent)}
	for p := Home; p <= Help; p++ {
		r.lines = append(r.lines, newRailLine(p, goTo))
	}
	r.ExtendBaseWidget(r)
	return r
}

// show marks the page that is seen and the state of each step; without a
// project its steps cannot be entered.
func (r *rail) show(seen Page, f *facts) {
	for _, line := range r.lines {
		step, ofProject := steps[line.page]
		line.seen = line.page == seen
		line.off = ofProject && f == nil
		line.mark = unmarked
		if ofProject && f != nil {
			line.mark = step.mark(*f)
		}
		line.Refresh()
	}
}

// CreateRenderer is called by Fyne.
func (r *rail) CreateRenderer() fyne.WidgetRenderer {
	var upper []fyne.CanvasObject
	for _, line := range r.lines[:Models] {
		upper = append(upper, line)
		if line.page == Home {
			upper = append(upper, parts.Tall(parts.Grid, canvas.NewRectangle(color.Transparent)))
		}
	}
	lower := parts.Column(parts.Grid/2, r.lines[Models], r.lines[Help])
	lines := container.NewBorder(parts.Column(parts.Grid/2, upper...), lower, nil, nil)
	return &surfaceRenderer{surface: r.surface, name: parts.ColorNameRail,
		WidgetRenderer: widget.NewSimpleRenderer(container.NewStack(r.surface,
			parts.AtLeast(fyne.NewSize(parts.Grid*22, 0), parts.Inset(parts.Grid, lines))))}
}

// railLine is one step.
type railLine struct {
	widget.BaseWidget
	page                        Page
	goTo                        func(Page)
	mark                        mark
	seen, off, hovered, focused bool
	surface                     *canvas.Rectangle
	label                       *widget.Label
	icon                        *widget.Icon
}

var (
	_ fyne.Tappable     = (*railLine)(nil)
	_ fyne.Focusable    = (*railLine)(nil)
	_ desktop.Hoverable = (*railLine)(nil)
)

func newRailLine(p Page, goTo func(Page)) *railLine {
	l := &railLine{page: p, goTo: goTo, surface: canvas.NewRectangle(color.Transparent), label: widget.NewLabel(p.Name()), icon: widget.NewIcon(nil)}
	l.surface.CornerRadius = parts.Grid * 3 / 4
	l.ExtendBaseWidget(l)
	return l
}

func (l *railLine) Tapped(*fyne.PointEvent) {
	if !l.off {
		l.goTo(l.page)
	}
}

func (l *railLine) MouseIn(*desktop.MouseEvent) { l.hovered = true; l.Refresh() }

func (l *railLine) MouseMoved(*desktop.MouseEvent) {}

func (l *railLine) MouseOut() { l.hovered = false; l.Refresh() }

func (l *railLine) FocusGained() { l.focused = true; l.Refresh() }

func (l *railLine) FocusLost() { l.focused = false; l.Refresh() }

func (l *railLine) TypedRune(r rune) {
	if r == ' ' {
		l.Tapped(nil)
	}
}

func (l *railLine) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter {
		l.Tapped(nil)
	}
}

func (l *railLine) CreateRenderer() fyne.WidgetRenderer {
	line := container.NewBorder(nil, nil, nil, parts.Sides(parts.Grid, 0, l.icon), l.label)
	return &railLineRenderer{line: l, WidgetRenderer: widget.NewSimpleRenderer(container.NewStack(l.surface, line))}
}

type railLineRenderer struct {
	fyne.WidgetRenderer
	line *railLine
}

func (r *railLineRenderer) Layout(size fyne.Size) {
	r.paint()
	r.WidgetRenderer.Layout(size)
}

func (r *railLineRenderer) Refresh() {
	r.paint()
	r.WidgetRenderer.Refresh()
}

func (r *railLineRenderer) paint() {
	l := r.line
	l.surface.FillColor = color.Transparent
	if l.seen || (l.hovered || l.focused) && !l.off {
		l.surface.FillColor = parts.Color(parts.ColorNameTint)
	}
	l.surface.Refresh()
	l.label.TextStyle.Bold = l.seen
	l.label.Importance = widget.MediumImportance
	if l.off {
		l.label.Importance = widget.LowImportance
	}
	l.label.Refresh()
	l.icon.SetResource(l.mark.icon())
	l.icon.Hidden = l.mark.icon() == nil
}
