package examples

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"attune/engine/dataset"
	"attune/gui/parts"
	"attune/projects"
)

// What the choices say for no choice.
const (
	anyUse    = "any use"
	anyLabel  = "any label"
	unlabeled = "(no label)"
)

// filter chooses which rows are shown.
type filter struct {
	find    func(projects.Query)
	query   projects.Query
	showing bool // choices that change while being filled ask for nothing

	search  *widget.Entry
	use     *widget.Select
	label   *widget.Select
	labels  *fyne.Container // holds it, hidden where there are none
	found   *widget.Label
	content fyne.CanvasObject
}

func newFilter(find func(projects.Query)) *filter {
	f := &filter{find: find, search: widget.NewEntry(), found: parts.Quiet("")}
	f.search.SetPlaceHolder("Search the texts")
	f.search.ActionItem = widget.NewIcon(theme.SearchIcon())
	change := func(string) { f.changed() }
	f.search.OnChanged = change
	f.use = widget.NewSelect(nil, change)
	f.label = widget.NewSelect(nil, change)
	f.labels = parts.AtLeast(fyne.NewSize(parts.Grid*17, 0), f.label)
	f.use.Options = []string{anyUse, parts.UseOf(dataset.Unassigned)}
	for _, s := range dataset.Splits {
		f.use.Options = append(f.use.Options, parts.UseOf(s))
	}
	choices := container.NewHBox(parts.AtLeast(fyne.NewSize(parts.Grid*14, 0), f.use), f.labels)
	f.content = container.NewBorder(nil, nil, nil, choices, f.search)
	return f
}

func (f *filter) show(q projects.Query, o projects.Overview, found int) {
	f.showing = true
	defer func() { f.showing = false }()
	f.query = q
	if f.search.Text != q.Search {
		f.search.SetText(q.Search)
	}
	f.use.SetSelected(anyUse)
	if q.Split != nil {
		f.use.SetSelected(parts.UseOf(*q.Split))
	}
	f.label.Options = []string{anyLabel}
	for _, l := range o.Labels {
		f.label.Options = append(f.label.Options, l.Label)
	}
	f.label.Options = append(f.label.Options, unlabeled)
	f.labels.Hidden = len(o.Labels) == 0
	f.label.SetSelected(anyLabel)
	if q.Label != nil {
		f.label.SetSelected(orUnlabeled(*q.Label))
	}
	f.found.SetText(parts.Counted(found, "row", "rows"))
	if found != o.Rows {
		f.found.SetText(parts.Count(found) + " of " + parts.Counted(o.Rows, "row", "rows"))
	}
}

func orUnlabeled(label string) string {
	if label == "" {
		return unlabeled
	}
	return label
}

// setLabel shows only the rows of a label.
func (f *filter) setLabel(label string) { f.label.SetSelected(label) }

func (f *filter) changed() {
	if f.showing {
		return
	}
	q := projects.Query{Search: f.search.Text, Sort: f.query.Sort, Descending: f.query.Descending}
	for _, s := range append([]dataset.Split{dataset.Unassigned}, dataset.Splits...) {
		if f.use.Selected == parts.UseOf(s) {
			q.Split = &s
		}
	}
	if label := f.label.Selected; label != anyLabel {
		if label == unlabeled {
			label = ""
		}
		q.Label = &label
	}
	f.find(q)
}
