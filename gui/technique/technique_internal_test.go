package technique

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"attune/engine/setting"
	"attune/gui/parts"
	"attune/projects"
)

type desk struct {
	preset, base, technique string
	on                      bool
}

func (d *desk) ChooseBase(name string)      { d.base = name }
func (d *desk) ChooseTechnique(name string) { d.technique = name }
func (d *desk) ChoosePreset(name string)    { d.preset = name }
func (d *desk) ShowTraining()               { d.on = true }

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
