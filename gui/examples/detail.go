package examples

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"attune/gui/parts"
	"attune/projects"
)

// detail shows one row in full and changes it.
type detail struct {
	row      *projects.Row
	texts    *parts.Texts
	origin   *widget.Label
	label    *widget.SelectEntry
	relabel  *widget.Button
	labels   *fyne.Container // hidden for a row that has no place for a label
	content  fyne.CanvasObject
	reading  *fyne.Container
	askedFor *widget.Label
}

func newDetail(palette *parts.Palette, relabel func(projects.Row, string), remove func(projects.Row)) *detail {
	d := &detail{texts: parts.NewTexts(palette), origin: parts.QuietSentence(""), label: widget.NewSelectEntry(nil),
		askedFor: parts.QuietSentence("Choose a row to read it in full and to change it.")}
	set := func() {
		if label := strings.TrimSpace(d.label.Text); d.row != nil && label != "" {
			relabel(*d.row, label)
		}
	}
	d.relabel = widget.NewButton("", set)
	d.label.OnSubmitted = func(string) { set() }
	d.label.OnChanged = func(string) { d.offer() }
	drop := widget.NewButtonWithIcon("Delete row", theme.DeleteIcon(), func() {
		if d.row != nil {
			remove(*d.row)
		}
	})
	drop.Importance = widget.LowImportance
	d.labels = container.NewBorder(nil, nil, nil, d.relabel, d.label)
	d.reading = parts.Column(parts.Grid/2, parts.Tall(textHeight, container.NewVScroll(d.texts)), d.origin, d.labels, container.NewHBox(drop))
	d.content = parts.NewCard(parts.Column(0, parts.Strong("Row"), d.askedFor, d.reading))
	return d
}

// textHeight is how much of a row's texts is seen at once.
const textHeight = parts.Grid * 24

func (d *detail) show(s State) {
	row := s.Chosen
	d.row = row
	d.askedFor.Hidden = row != nil
	d.reading.Hidden = row == nil
	if row == nil {
		d.content.Refresh()
		return
	}
	d.texts.Draw(parts.PartsOf(row.Example()))
	d.labels.Hidden = s.bare() || row.Spans != nil || row.Target != ""
	d.origin.SetText(fmt.Sprintf("Row %s of %s; %s", parts.Count(row.SourceRow), row.File, parts.UseOf(row.Split)))
	d.relabel.SetText("Set " + s.labelName())
	names := make([]string, len(s.Overview.Labels))
	for i, l := range s.Overview.Labels {
		names[i] = l.Label
	}
	d.label.SetOptions(names)
	d.label.SetText(strings.Join(row.Labels, ", "))
	d.offer()
	d.content.Refresh()
}

// offer lets the label be set once it differs from the row's own.
func (d *detail) offer() {
	label := strings.TrimSpace(d.label.Text)
	enable(d.relabel, d.row != nil && label != "" && label != strings.Join(d.row.Labels, ", "))
}
