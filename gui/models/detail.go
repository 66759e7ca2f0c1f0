package models

import (
	"fmt"
	"path"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"attune/gui/parts"
	"attune/projects"
)

// detail shows one model in full, with what can be done with it.
type detail struct {
	panel   *Panel
	inner   *fyne.Container // scrolls
	below   *fyne.Container // does not
	content fyne.CanvasObject
}

func newDetail(p *Panel) *detail {
	d := &detail{panel: p, inner: parts.Column(0), below: parts.Column(parts.Grid / 2)}
	d.content = parts.NewCard(container.NewBorder(nil, d.below, nil, nil, container.NewVScroll(d.inner)))
	return d
}

func (d *detail) show(s State) {
	m := s.chosen()
	d.below.Objects = nil
	if m == nil {
		d.inner.Objects = []fyne.CanvasObject{parts.Strong("Model"), parts.QuietSentence("Choose a model to see what it is good for, what it needs and whose terms it has.")}
		d.content.Refresh()
		return
	}
	name := parts.Sentence(m.Title())
	name.TextStyle.Bold = true
	head := parts.Column(-parts.Grid*1.5, name)
	if owner := path.Dir(m.Name); owner != "." {
		head.Add(parts.QuietSentence("by " + owner))
	}
	d.inner.Objects = []fyne.CanvasObject{head}
	if m.About != "" {
		d.inner.Add(parts.Sentence(m.About))
	}
	if words, tone := badge(*m); words != "" {
		b := parts.NewBadge()
		b.Say(words, tone)
		d.inner.Add(parts.Sides(parts.Grid, parts.Grid/2, container.NewHBox(b)))
	}
	d.inner.Add(table(facts(*m, s.Memory)))
	if hint := s.hint(*m); hint != "" {
		d.below.Add(parts.QuietSentence(hint))
	}
	for _, action := range d.actions(*m, s) {
		d.below.Add(action)
	}
	d.content.Refresh()
}

// actions gives the buttons for a model.
func (d *detail) actions(m projects.ModelInfo, s State) (all []fyne.CanvasObject) {
	p := d.panel
	switch {
	case s.usable(m) && s.Base == m.Name:
		all = append(all, widget.NewButtonWithIcon("Your project starts from it", theme.ConfirmIcon(), func() { p.desk.StartFromModel(m.Name) }))
	case s.usable(m):
		all = append(all, parts.Primary("Start from it", func() { p.desk.StartFromModel(m.Name) }))
	case !m.Here:
		text := "Download"
		if m.Bytes > 0 {
			text += " " + parts.Bytes(m.Bytes)
		}
		b := parts.Primary(text, func() { p.Download(m.Name) })
		b.SetIcon(theme.DownloadIcon())
		if s.Progress != nil {
			b.Disable()
		}
		all = append(all, b)
	}
	if m.Source == "hub" {
		all = append(all, parts.Link("Open its page in a browser", func() { p.desk.OpenPage(p.models.Page(m.Name)) }))
	}
	if m.Here && !m.BuiltIn() {
		all = append(all, parts.Link("Remove from this computer", func() { p.AskToRemove(m.Name) }))
	}
	return all
}

// usable says whether the open project can start from a model now.
func (s State) usable(m projects.ModelInfo) bool { return m.Here && slices.Contains(s.Bases, m.Name) }

// hint says why the open project cannot start from a model that is here.
func (s State) hint(m projects.ModelInfo) string {
	switch {
	case m.Here && len(m.Learns) == 0:
		return "Attune reads this model, and has no training for it yet. The command attunectl generate lets it write."
	case m.Here && s.Project == "":
		return "Open a project to start a training from it."
	case m.Here && !s.usable(m):
		return fmt.Sprintf("%s cannot start from it: it does not learn what the project is about.", s.Project)
	case m.Gated:
		return "It is given out only to those who accept its terms on its page."
	}
	return ""
}

// fact is a line of what is known of a model.
type fact struct{ name, value string }

// facts tells what is known of a model, on a computer with so much memory.
func facts(m projects.ModelInfo, memory int64) []fact {
	var all []fact
	add := func(name, value string) {
		if value != "" {
			all = append(all, fact{name, value})
		}
	}
	add("Family", Architecture(m.Type))
	add("Good for", Tasks(m.Tasks))
	add("Languages", Languages(m.Languages))
	switch {
	case m.Licence != "":
		add("Licence", Licence(m.Licence))
	case m.Source == "hub":
		add("Licence", "see its page")
	}
	if m.Bytes > 0 {
		add("Size", parts.Bytes(m.Bytes))
	}
	if m.Memory > 0 {
		need := "about " + parts.Bytes(m.Memory)
		if memory > 0 {
			need += " of this laptop's " + parts.Bytes(memory)
		}
		add("Memory to train", need)
	} else if !m.Here {
		add("Memory to train", "known once it is here")
	}
	return all
}

// table sets facts under each other, names at the left.
func table(facts []fact) fyne.CanvasObject {
	rows := parts.Column(-parts.Grid)
	for _, f := range facts {
		rows.Add(container.New(&beside{width: parts.Grid * 26, gap: 0}, parts.Quiet(f.name), parts.Sentence(f.value)))
	}
	return rows
}

// beforeButton lets an entry fill what a button leaves.
func beforeButton(entry, button fyne.CanvasObject) fyne.CanvasObject {
	return container.NewBorder(nil, nil, nil, button, entry)
}
