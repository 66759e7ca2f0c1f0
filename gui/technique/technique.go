// Package technique is the page that says how a model is to be fine-tuned:
// what it learns, what it starts from, how thoroughly, and every knob for those
// who want them. It knows no technique by name.
package technique

import (
	"maps"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"attune/engine/dataset"
	"attune/engine/setting"
	"attune/gui/parts"
	"attune/projects"
)

// Desk is what the page asks of the window.
type Desk interface {
	ChooseTask(name string)
	ChooseBase(name string)
	ChooseTechnique(name string)
	ChoosePreset(name string) // the settings go back to those of the preset
	TakeWay(projects.Way)     // to a training that needs less memory
	ShowTraining()
	ShowModels()
	ShowSearch()
}

// State is all that the page shows.
type State struct {
	Overview   projects.Overview
	Reading    bool // the overview is that of before a change
	Tasks      []projects.Choice
	Task       string
	Bases      []projects.Choice
	Techniques []projects.Choice
	Unfit      map[string]string // why a technique cannot be used
	Presets    []projects.Choice
	Base       string // the chosen ones
	Technique  string
	Preset     string
	Fields     []setting.Field // bound to the setup that the training will use
	Domain     bool            // it can be tried whether getting to know the texts helps
}

// Panel is the page.
type Panel struct {
	desk   Desk
	state  State
	expert bool

	unsure *unsure
	body   *fyne.Container
	form   *parts.Form
	memory *widget.Label
	narrow *parts.Notice // what to do when the memory is not enough
	ways   *fyne.Container
	page   fyne.CanvasObject
}

// New makes the page.
func New(project Project, desk Desk, place parts.Background) *Panel {
	p := &Panel{desk: desk, unsure: newUnsure(project, desk.ShowSearch, place), body: parts.Column(parts.Grid * 3),
		memory: parts.Sentence(""), narrow: parts.NewNotice(), ways: parts.Column(parts.Grid)}
	title := parts.NewTitle("Technique", "The settings are good ones already; change them only if you want to.")
	inner := container.New(layout.NewCustomPaddedLayout(0, parts.Grid, 0, parts.Grid*1.5), p.body)
	p.page = parts.Page(title, container.NewHBox(parts.Primary("Go to the training", p.next)), container.NewVScroll(inner))
	return p
}

// next leads on, unless a setting was refused.
func (p *Panel) next() {
	if p.form == nil || !p.form.Wrong() {
		p.desk.ShowTraining()
	}
}

// Leave drops what is being tried.
func (p *Panel) Leave() { p.unsure.worker.Drop() }

// Content gives what the window shows.
func (p *Panel) Content() fyne.CanvasObject { return p.page }

// Show draws a state.
func (p *Panel) Show(s State) {
	p.unsure.offer(s.Domain, s.Base == p.state.Base && s.Overview.Rows == p.state.Overview.Rows)
	p.state = s
	p.form = parts.NewForm(s.Fields)
	p.form.ShowExpert(p.expert)
	p.body.Objects = []fyne.CanvasObject{
		section("What should it learn?", p.task(s)),
		section("Start from", parts.Column(parts.Grid, choose(s.Bases, nil, s.Base, p.desk.ChooseBase),
			container.NewHBox(widget.NewButtonWithIcon("More models", theme.StorageIcon(), p.desk.ShowModels)))),
		section("Technique", choose(s.Techniques, s.Unfit, s.Technique, p.desk.ChooseTechnique)),
		section("Not sure?", p.unsure.content),
		section("How thoroughly", choose(s.Presets, nil, s.Preset, p.desk.ChoosePreset)),
		section("Settings", p.settings()),
		section("Memory", parts.Column(parts.Grid, p.memory, p.narrow, p.ways)),
	}
	p.body.Refresh()
}

// ShowMemory tells what memory the training will need, and offers the ways out when
// there is not enough.
func (p *Panel) ShowMemory(f projects.MemoryForecast) {
	p.ways.Objects = nil
	p.memory.SetText(f.Sentence())
	p.memory.Hidden = !f.Fits()
	if f.Fits() {
		p.narrow.Hush()
	} else {
		p.narrow.Say(parts.Message{Tone: parts.Warning, What: f.Sentence()})
	}
	for _, w := range f.Ways {
		button := widget.NewButton(w.Title, func() { p.desk.TakeWay(w) })
		p.ways.Add(container.NewBorder(nil, nil, button, nil, parts.Sentence(w.About)))
	}
	p.body.Refresh()
}

// ShowUnfit says of techniques why they cannot be used.
func (p *Panel) ShowUnfit(reasons map[string]string) {
	if !maps.Equal(reasons, p.state.Unfit) {
		p.state.Unfit = reasons
		p.Show(p.state)
	}
}

// HideMemory leaves the forecast out while it is not known.
func (p *Panel) HideMemory() {
	p.ways.Objects = nil
	p.memory.SetText("What the training needs is known when its rows are ready and were looked at.")
	p.memory.Show()
	p.narrow.Hush()
}

// ShowExpert shows or hides the settings for experts.
func (p *Panel) ShowExpert(on bool) {
	p.expert = on
	if p.form != nil {
		p.form.ShowExpert(on)
		p.body.Refresh()
	}
}

func (p *Panel) settings() fyne.CanvasObject {
	more := widget.NewCheck("Show the settings for experts", p.ShowExpert)
	more.Checked = p.expert
	more.Hidden = !p.form.HasExpert()
	return parts.NewCard(parts.Column(parts.Grid, p.form, more))
}

func section(name string, content fyne.CanvasObject) fyne.CanvasObject {
	return parts.Column(0, parts.Strong(name), content)
}

func choose(choices []projects.Choice, unfit map[string]string, chosen string, changed func(string)) fyne.CanvasObject {
	options := make([]parts.Option, len(choices))
	for i, c := range choices {
		options[i] = parts.Option{Name: c.Name, Title: c.Title, About: c.About, Unfit: unfit[c.Name]}
	}
	return parts.NewChoices(options, chosen, changed)
}

// task says what the model will learn and, while there is no training, lets that be
// changed.
func (p *Panel) task(s State) fyne.CanvasObject {
	chosen := projects.Choice{Title: s.Task}
	choose := widget.NewSelect(nil, nil)
	for _, t := range s.Tasks {
		choose.Options = append(choose.Options, t.Title)
		if t.Name == s.Task {
			chosen = t
		}
	}
	about := parts.Sentence(strings.TrimSpace(chosen.About + " " + learns(s)))
	if s.Overview.Runs > 0 {
		return parts.Column(-parts.Grid, parts.Sentence(chosen.Title+"."), about)
	}
	choose.Selected = chosen.Title
	choose.OnChanged = func(string) { p.desk.ChooseTask(s.Tasks[choose.SelectedIndex()].Name) }
	return parts.Column(0, container.NewHBox(parts.AtLeast(fyne.NewSize(parts.Grid*40, 0), choose)), about)
}

// learns says in a sentence what it learns from.
func learns(s State) string {
	labelled := s.Overview.Rows - s.Overview.Splits[dataset.Unlabelled]
	switch {
	case s.Overview.Rows == 0 && s.Reading:
		return "The rows are being read."
	case s.Overview.Rows == 0:
		return "There are no rows yet: import a file."
	case labelled == 0:
		return "No row tells what is right: import a file that does, or choose something else to learn."
	}
	text := "It learns from " + parts.Counted(labelled, "row", "rows")
	if train := s.Overview.Splits[dataset.Train]; train > 0 && train < labelled {
		text = "It learns from " + parts.Count(train) + " of " + parts.Counted(labelled, "row", "rows")
	}
	if len(s.Overview.Labels) > 0 {
		text += " with " + parts.Counted(len(s.Overview.Labels), "label", "labels")
	}
	return text + "."
}
