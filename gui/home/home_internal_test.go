package home

import (
	"errors"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"attune/gui/parts"
	"attune/projects"
)

// desk notes what it is asked for.
type desk struct{ asked []string }

func (d *desk) OpenProject(dir string)   { d.asked = append(d.asked, "open "+dir) }
func (d *desk) NewProject(name string)   { d.asked = append(d.asked, "new "+name) }
func (d *desk) OpenSample()              { d.asked = append(d.asked, "sample") }
func (d *desk) ForgetProject(dir string) { d.asked = append(d.asked, "forget "+dir) }
func (d *desk) BrowseStart()             { d.asked = append(d.asked, "browse") }
func (d *desk) ShowModels()              { d.asked = append(d.asked, "models") }
func (d *desk) StartFrom(file string)    { d.asked = append(d.asked, "start "+file) }

func newPanel(t *testing.T) (*Panel, *desk) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(parts.Theme{Appearance: parts.Light})
	d := &desk{}
	p := New(d)
	w := test.NewTempWindow(t, p.Content())
	w.Resize(fyne.NewSize(1000, 700))
	return p, d
}

func TestRecentProjects(t *testing.T) {
	p, d := newPanel(t)
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	p.Show(State{Now: now, Recent: []projects.Summary{
		{Path: "/a", Name: "A", Rows: 1200, Labels: 6, Runs: 2, Score: 0.913, Opened: now.Add(-3 * time.Hour)},
		{Path: "/b", Name: "B", Missing: true},
	}})
	if got := []string{p.cell(0, 1), p.cell(0, 4), p.cell(0, 5), p.cell(1, 4), p.cell(1, 5)}; !slices.Equal(got, []string{"1,200", "0.91", "3 hours ago", "-", "Its folder is not there"}) {
		t.Errorf("cells: %q", got)
	}
	if !p.open.Disabled() {
		t.Error("Open can be pressed before a project is chosen")
	}
	p.recent.Select(0)
	test.Tap(p.open)
	p.recent.Select(1)
	if !p.open.Disabled() {
		t.Error("a project whose folder is gone can be opened")
	}
	test.Tap(p.forget)
	if !slices.Equal(d.asked, []string{"open /a", "forget /b"}) {
		t.Errorf("asked for %q", d.asked)
	}
}

func TestNewProjectNeedsAName(t *testing.T) {
	p, d := newPanel(t)
	for _, name := range []string{"", "  "} {
		p.name.SetText(name)
		p.name.OnSubmitted(name)
		if !p.make.Disabled() {
			t.Errorf("a project named %q can be made", name)
		}
	}
	p.name.SetText(" Tickets")
	test.Tap(p.make)
	if !slices.Equal(d.asked, []string{"new Tickets"}) {
		t.Errorf("asked for %q", d.asked)
	}
}

func TestTroubleIsToldAndGoes(t *testing.T) {
	p, _ := newPanel(t)
	p.Show(State{Trouble: errors.New("the disk is gone")})
	if said := p.notice.Said(); said.What != "The disk is gone." || said.Safe == "" {
		t.Errorf("said %+v", said)
	}
	p.Show(State{})
	if p.notice.Visible() {
		t.Error("the trouble is still told")
	}
}

func TestAgo(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for want, d := range map[string]time.Duration{
		"just now": time.Second, "1 minute ago": 61 * time.Second, "59 minutes ago": 59 * time.Minute,
		"1 hour ago": time.Hour, "2 days ago": 50 * time.Hour, "1 November 2026": 19 * 24 * time.Hour,
	} {
		if got := ago(now, now.Add(-d)); got != want {
			t.Errorf("%v ago: %q, want %q", d, got, want)
		}
	}
}
