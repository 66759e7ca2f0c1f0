package technique

import (
	"context"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"attune/engine/dataset"
	"attune/engine/setting"
	"attune/gui/parts"
	"attune/projects"
)

type desk struct {
	search                  bool
	preset, base, technique string
	task                    string
	on                      bool
	way                     projects.Way
}

func (d *desk) ChooseTask(name string)      { d.task = name }
func (d *desk) ChooseBase(name string)      { d.base = name }
func (d *desk) ChooseTechnique(name string) { d.technique = name }
func (d *desk) ChoosePreset(name string)    { d.preset = name }
func (d *desk) TakeWay(w projects.Way)      { d.way = w }
func (d *desk) ShowTraining()               { d.on = true }
func (d *desk) ShowModels()                 {}
func (d *desk) ShowSearch()                 { d.search = true }

func TestPresetsAndSettings(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(parts.Theme{Appearance: parts.Light})
	d := &desk{}
	p := New(&trier{}, d, parts.Background{})
	w := test.NewTempWindow(t, p.Content())
	w.Resize(fyne.NewSize(1100, 700))
	epochs := 3
	field := setting.Field{Label: "Passes", Value: &setting.Count{To: &epochs, Min: 1, Max: 9}}
	p.Show(State{Presets: []projects.Choice{{Name: "quick", Title: "Quick"}, {Name: "best", Title: "Best"}}, Preset: "quick", Fields: []setting.Field{field},
		Overview: projects.Overview{Rows: 600, Labels: make([]projects.LabelCount, 6)}})
	for _, o := range test.LaidOutObjects(p.Content()) {
		if c, ok := o.(*parts.Choices); ok && c.Selected() == "quick" {
			c.Select("best")
		}
	}
	if d.preset != "best" {
		t.Errorf("the preset is %q", d.preset)
	}
	p.next()
	if !d.on {
		t.Error("the way to the training is barred")
	}
}

func TestLearns(t *testing.T) {
	unlabelled := map[dataset.Split]int{dataset.Unlabelled: 600}
	for want, o := range map[string]projects.Overview{
		"It learns from 600 rows with 6 labels.": {Rows: 600, Labels: make([]projects.LabelCount, 6)},
		"It learns from 600 rows.":               {Rows: 600},
		"It learns from 420 of 600 rows.":        {Rows: 700, Splits: map[dataset.Split]int{dataset.Train: 420, dataset.Test: 180, dataset.Unlabelled: 100}},
		"There are no rows yet: import a file.":  {},
		"No row tells what is right: import a file that does, or choose something else to learn.": {Rows: 600, Splits: unlabelled},
	} {
		if got := learns(State{Overview: o}); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestTaskCanBeChosen as long as there is no training.
func TestTaskCanBeChosen(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(parts.Theme{Appearance: parts.Light})
	d := &desk{}
	p := New(&trier{}, d, parts.Background{})
	w := test.NewTempWindow(t, p.Content())
	w.Resize(fyne.NewSize(1100, 700))
	state := State{Tasks: projects.Tasks(), Task: "classification"}
	choice := func() *widget.Select {
		p.Show(state)
		for _, o := range test.LaidOutObjects(p.Content()) {
			if s, ok := o.(*widget.Select); ok {
				return s
			}
		}
		return nil
	}
	if s := choice(); s == nil {
		t.Fatal("what is to be learned cannot be chosen")
	} else {
		s.SetSelectedIndex(len(state.Tasks) - 1)
	}
	if want := state.Tasks[len(state.Tasks)-1].Name; d.task != want {
		t.Errorf("%q was chosen, want %q", d.task, want)
	}
	state.Overview.Runs = 1
	if choice() != nil {
		t.Error("it can be changed although there is a training")
	}
}

func TestTooLittleMemoryOffersWaysOut(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(parts.Theme{Appearance: parts.Light})
	d := &desk{}
	p := New(&trier{}, d, parts.Background{})
	w := test.NewTempWindow(t, p.Content())
	w.Resize(fyne.NewSize(1100, 700))
	p.Show(State{})
	p.ShowMemory(projects.MemoryForecast{Need: 1 << 30, Free: 4 << 30})
	if !p.memory.Visible() || p.narrow.Visible() {
		t.Error("a training that fits is warned of")
	}
	p.ShowMemory(projects.MemoryForecast{Need: 9 << 30, Free: 4 << 30, Ways: []projects.Way{{Choice: projects.Choice{Name: "parts", Title: "Smaller parts"}}}})
	if p.memory.Visible() || p.narrow.Said().What != "The training will need about 9.0 GB of memory, but only 4.0 GB are free: the system may end it." {
		t.Errorf("it says %q", p.narrow.Said().What)
	}
	for _, o := range test.LaidOutObjects(p.ways) {
		if b, ok := o.(*widget.Button); ok {
			test.Tap(b)
		}
	}
	if d.way.Name != "parts" {
		t.Errorf("the way taken is %q", d.way.Name)
	}
}

// trier finds that the texts have a language of their own, or fails.
type trier struct{ err error }

func (t *trier) TestDomain() parts.Work[projects.Progress, projects.DomainTest] {
	return func(_ context.Context, progress func(projects.Progress)) (projects.DomainTest, error) {
		progress(projects.Progress{Verb: "Reading texts", Done: 1, Total: 2})
		return projects.DomainTest{Texts: 2000, Words: 0.7, Before: 40, After: 20}, t.err
	}
}

func TestWhoIsUnsureCanTry(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(parts.Theme{Appearance: parts.Light})
	d, project := &desk{}, &trier{}
	p := New(project, d, parts.Background{})
	test.NewTempWindow(t, p.Content())
	s := State{Base: "bert", Domain: true}
	p.Show(s)
	test.Tap(p.unsure.try)
	if said := p.unsure.told.Said().What; !strings.Contains(said, "a language of their own") {
		t.Errorf("the try tells %q", said)
	}
	if p.Show(s); !p.unsure.told.Visible() {
		t.Error("what was found is forgotten though nothing has changed")
	}
	s.Base = "distilbert"
	if p.Show(s); p.unsure.told.Visible() {
		t.Error("what was found of another model is still told")
	}
	project.err = context.Canceled
	if test.Tap(p.unsure.try); p.unsure.told.Visible() || p.unsure.try.Disabled() {
		t.Error("cancelled, the try cannot be made again")
	}
	s.Domain = false
	if p.Show(s); p.unsure.line.Visible() {
		t.Error("a try is offered that cannot be made")
	}
}
