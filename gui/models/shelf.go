package models

import (
	"image/color"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"attune/gui/parts"
	"attune/projects"
)

// shelf is the list of models under headings.
type shelf struct {
	list   *widget.List
	lines  []line
	chosen string
}

// line is a heading, or a model.
type line struct {
	heading string
	model   projects.ModelInfo
}

func newShelf(choose func(name string)) *shelf {
	s := &shelf{}
	s.list = widget.NewList(func() int { return len(s.lines) }, func() fyne.CanvasObject { return newRow() },
		func(i widget.ListItemID, o fyne.CanvasObject) { o.(*row).show(s.lines[i], s.chosen) })
	s.list.OnSelected = func(i widget.ListItemID) {
		s.list.UnselectAll() // the row itself shows whether it is chosen
		if s.lines[i].heading == "" {
			choose(s.lines[i].model.Name)
		}
	}
	return s
}

// show lists what was found, what is here, and what is worth having.
func (s *shelf) show(state State) {
	was := s.chosen
	s.lines, s.chosen = nil, state.Chosen
	switch {
	case state.Words != "" && len(state.Found) == 0:
		s.lines = append(s.lines, line{heading: "The hub has nothing that Attune reads for: " + state.Words})
	case state.Words != "":
		s.add("On the hub for: "+state.Words, state.Found, func(projects.ModelInfo) bool { return true })
	}
	elsewhere := func(m projects.ModelInfo) bool {
		return !slices.ContainsFunc(state.Found, func(f projects.ModelInfo) bool { return f.Name == m.Name })
	}
	s.add("On this computer", state.Shelf, func(m projects.ModelInfo) bool { return m.Here && elsewhere(m) })
	s.add("Worth having", state.Shelf, func(m projects.ModelInfo) bool { return !m.Here && elsewhere(m) })
	for i, l := range s.lines {
		height := rowHeight
		if l.heading != "" {
			height = headingHeight
		}
		s.list.SetItemHeight(i, height)
	}
	s.list.Refresh()
	at := slices.IndexFunc(s.lines, func(l line) bool { return l.heading == "" && l.model.Name == s.chosen })
	if at >= 0 && s.chosen != was && s.list.Size().Height > 0 {
		s.list.ScrollTo(at)
	}
}

// add lists some models under a heading, if there are any.
func (s *shelf) add(heading string, all []projects.ModelInfo, which func(projects.ModelInfo) bool) {
	for _, m := range all {
		if !which(m) {
			continue
		}
		if heading != "" {
			s.lines = append(s.lines, line{heading: heading})
			heading = ""
		}
		s.lines = append(s.lines, line{model: m})
	}
}

// Heights of the lines.
const (
	rowHeight     = parts.Grid * 7
	headingHeight = parts.Grid * 5
)

// row draws a line of the shelf.
type row struct {
	widget.BaseWidget
	heading, name, about *widget.Label
	size                 *widget.Label
	badge                *parts.Badge
	surface              *canvas.Rectangle
	model                fyne.CanvasObject
}

func newRow() *row {
	r := &row{heading: parts.Quiet(""), name: parts.Strong(""), about: parts.Quiet(""), size: parts.Quiet(""), badge: parts.NewBadge(), surface: canvas.NewRectangle(color.Transparent)}
	r.surface.CornerRadius = parts.Grid * 3 / 4
	for _, l := range []*widget.Label{r.heading, r.name, r.about} {
		l.Truncation = fyne.TextTruncateEllipsis
	}
	r.ExtendBaseWidget(r)
	return r
}

func (r *row) CreateRenderer() fyne.WidgetRenderer {
	right := parts.Row(0, r.size, r.badge)
	r.model = container.NewBorder(nil, nil, nil, parts.Sides(parts.Grid, 0, right), parts.Column(-parts.Grid*1.5, r.name, r.about))
	return widget.NewSimpleRenderer(container.NewStack(r.surface, container.NewBorder(nil, r.heading, nil, nil), r.model))
}

func (r *row) show(l line, chosen string) {
	isModel := l.heading == ""
	r.heading.Hidden, r.name.Hidden, r.about.Hidden, r.size.Hidden = isModel, !isModel, !isModel, !isModel
	r.heading.SetText(l.heading)
	m := l.model
	r.name.SetText(m.Title())
	r.about.SetText(parts.Brief(Brief(m)))
	r.size.SetText("")
	if m.Bytes > 0 {
		r.size.SetText(parts.Bytes(m.Bytes))
	}
	r.badge.Say(badge(m))
	r.surface.FillColor = color.Transparent
	switch {
	case !isModel:
		r.badge.Say("", parts.Telling)
	case m.Name == chosen:
		r.surface.FillColor = parts.Color(parts.ColorNameTint)
	}
	r.Refresh()
}

// Brief tells of a model on one line.
func Brief(m projects.ModelInfo) string {
	if m.About != "" {
		return m.About
	}
	var known []string
	if m.Type != "" {
		known = append(known, Architecture(m.Type))
	}
	if len(m.Languages) > 0 {
		known = append(known, Languages(m.Languages))
	}
	if m.Downloads > 0 {
		known = append(known, parts.Counted(m.Downloads, "download last month", "downloads last month"))
	}
	if m.Source == "added" {
		known = append(known, "from your files")
	}
	return strings.Join(known, ", ")
}

// badge says whether a model fits this laptop's memory, as far as that is known.
func badge(m projects.ModelInfo) (string, parts.Tone) {
	switch {
	case m.BuiltIn():
		return "fits this laptop", parts.Done
	case m.Memory == 0:
		return "", parts.Telling
	case m.Fits:
		return "fits this laptop", parts.Done
	}
	return "too large for this laptop", parts.Warning
}
