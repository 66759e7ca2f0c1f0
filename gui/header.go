package gui

import (
	"bytes"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"attune/assets"
	"attune/gui/parts"
)

// header is the line above everything: the project, what of its rows' changes can be
// undone, and whether Attune is connected to anything.
type header struct {
	widget.BaseWidget
	project    *widget.Label
	undo, redo *widget.Button
	network    *widget.Button
	surface    *canvas.Rectangle
}

func newHeader(undo, redo, models func()) *header {
	h := &header{project: parts.Quiet("No project is open"), network: parts.Link("not connected", models), surface: canvas.NewRectangle(color.Transparent)}
	h.undo = widget.NewButtonWithIcon("Undo", theme.ContentUndoIcon(), undo)
	h.redo = widget.NewButtonWithIcon("Redo", theme.ContentRedoIcon(), redo)
	for _, b := range []*widget.Button{h.undo, h.redo} {
		b.Importance = widget.LowImportance
		b.Hide()
	}
	h.ExtendBaseWidget(h)
	return h
}

func (h *header) show(project string) {
	h.project.Importance = widget.MediumImportance
	h.project.SetText(project)
}

// remember offers to undo and redo changes of the rows, where there are such.
func (h *header) remember(undo, redo bool) {
	for b, on := range map[*widget.Button]bool{h.undo: undo, h.redo: redo} {
		b.Hidden = !undo && !redo
		if on {
			b.Enable()
		} else {
			b.Disable()
		}
	}
	h.Refresh()
}

// connect says whether connections are switched off, or else whether there is one.
func (h *header) connect(offline, at bool) {
	switch {
	case offline:
		h.network.SetText("offline")
	case at:
		h.network.SetText("connected to the hub")
	default:
		h.network.SetText("not connected")
	}
}

// CreateRenderer is called by Fyne.
func (h *header) CreateRenderer() fyne.WidgetRenderer {
	icon := canvas.NewImageFromReader(bytes.NewReader(assets.Icon()), "attune.png")
	icon.FillMode = canvas.ImageFillContain
	icon.SetMinSize(fyne.NewSquareSize(parts.Grid * 3))
	h.project.Truncation = fyne.TextTruncateEllipsis
	name := parts.Row(parts.Grid/2, icon, parts.Strong("Attune"))
	line := container.NewBorder(nil, nil, name, parts.Row(parts.Grid, h.undo, h.redo, h.network), h.project)
	return &surfaceRenderer{surface: h.surface, name: parts.ColorNameRail,
		WidgetRenderer: widget.NewSimpleRenderer(container.NewStack(h.surface, parts.Sides(parts.Grid*2, parts.Grid/2, line)))}
}

// surfaceRenderer paints a surface in a colour of the theme that is now set.
type surfaceRenderer struct {
	fyne.WidgetRenderer
	surface *canvas.Rectangle
	name    fyne.ThemeColorName
}

func (r *surfaceRenderer) Layout(size fyne.Size) {
	r.surface.FillColor = parts.Color(r.name)
	r.WidgetRenderer.Layout(size)
}

func (r *surfaceRenderer) Refresh() {
	r.surface.FillColor = parts.Color(r.name)
	r.surface.Refresh()
	r.WidgetRenderer.Refresh()
}

// icons of the marks, with the colour that each has.
func (m mark) icon() fyne.Resource {
	switch m {
	case ok:
		return theme.NewSuccessThemedResource(theme.ConfirmIcon())
	case needsLook:
		return theme.NewWarningThemedResource(theme.WarningIcon())
	case running:
		return theme.NewPrimaryThemedResource(theme.MediaPlayIcon())
	default:
		return nil
	}
}
