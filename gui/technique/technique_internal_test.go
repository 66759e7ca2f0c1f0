package technique

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"attune/engine/setting"
	"attune/gui/parts"
	"attune/projects"
)

type desk struct {
	preset, base, technique string
	on                      bool
	way                     projects.Way
}

func (d *desk) ChooseBase(name string)      { d.base = name }
func (d *desk) ChooseTechnique(name string) { d.technique = name }
func (d *desk) ChoosePreset(name string)    { d.preset = name }
func (d *desk) TakeWay(w projects.Way)      { d.way = w }
func (d *desk) ShowTraining()               { d.on = true }
func (d *desk) ShowModels()                 {}

func TestPresetsAndSettings(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(parts.Theme{Appearance: parts.Light})
	d := &desk{}
	p := New(d)
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
	if got := learns(State{Overview: projects.Overview{Rows: 600, Labels: make([]projects.LabelCount, 6)}}); got != "To say which of 6 labels a text has, from 600 rows." {
		t.Errorf("got %q", got)
	}
}

func TestTooLittleMemoryOffersWaysOut(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(parts.Theme{Appearance: parts.Light})
	d := &desk{}
	p := New(d)
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
