package importing

import (
	"context"
	"errors"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"attune/engine/dataset"
	"attune/gui/parts"
	"attune/projects"
)

// project answers previews by what it was asked, and imports.
type project struct {
	asked    []projects.ImportOptions
	imported *projects.ImportOptions
	fails    error
}

func (p *project) Preview(_ context.Context, file string, o projects.ImportOptions, progress func(projects.Progress)) (projects.Preview, error) {
	p.asked = append(p.asked, o)
	progress(projects.Progress{Verb: "Reading", Done: 1, Total: 2})
	v := projects.Preview{File: file, Format: "CSV", Encoding: "utf-8", Delimiter: ",", Header: true, Columns: []string{"a", "b", "c"},
		Rows: 2, Sample: [][]string{{"x", "y", "z"}, {"short"}}, Roles: projects.Roles{Text: "a", Label: "b"},
		Encodings: []string{"windows-1252"}, Delimiters: []string{",", ";"}}
	if o.Roles.Text != "" {
		v.Roles = o.Roles
	}
	if o.Encoding != "" {
		v.Encoding = o.Encoding
	}
	return v, p.fails
}

func (p *project) Import(_ context.Context, _ []string, o projects.ImportOptions, _ func(projects.Progress)) (projects.Imported, error) {
	p.imported = &o
	return projects.Imported{Rows: 2, Imported: 1, ProblemCount: 1, Labels: map[string]int{"y": 1}, Problems: []projects.Problem{{Row: 2, Reason: "short"}}}, p.fails
}

type desk struct{ changed int }

func (*desk) BrowseImport()  {}
func (d *desk) DataChanged() { d.changed++ }
func (*desk) ShowExamples()  {}
func (*desk) ShowTechnique() {}

func newPanel(t *testing.T) (*Panel, *project, *desk) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(parts.Theme{Appearance: parts.Light})
	p, d := &project{}, &desk{}
	panel := New(p, d, parts.Background{})
	w := test.NewTempWindow(t, panel.Content())
	w.Resize(fyne.NewSize(1000, 700))
	return panel, p, d
}

func TestCorrectionsAreLookedAtAndImported(t *testing.T) {
	panel, p, d := newPanel(t)
	panel.Load("/tmp/x.csv")
	if len(p.asked) != 1 {
		t.Fatalf("one file was looked at %d times", len(p.asked))
	}
	r := panel.reading
	r.label.SetSelected("c")
	r.encoding.SetSelected("windows-1252")
	r.as.SetSelected("test")
	r.label.SetSelected(none)
	last := p.asked[len(p.asked)-1]
	if last.Encoding != "windows-1252" || last.As != dataset.Test || last.Roles.Label != "" || last.Roles.Text != "a" {
		t.Errorf("the last look was asked for with %+v", last)
	}
	if reshaped := p.asked[2]; reshaped.Roles != (projects.Roles{}) {
		t.Errorf("after another encoding the columns are still called %+v", reshaped.Roles)
	}
	test.Tap(panel.importIt)
	if p.imported == nil || p.imported.Encoding != "windows-1252" || p.imported.Roles.Text != "a" || d.changed != 1 {
		t.Errorf("imported with %+v, changes told: %d", p.imported, d.changed)
	}
	if s := panel.State(); s.Imported == nil || s.Preview != nil || panel.problems.cell(0, 1) != "short" {
		t.Errorf("after the import the page shows %+v", s)
	}
}

func TestHeaderOrNot(t *testing.T) {
	panel, p, _ := newPanel(t)
	panel.Load("/tmp/x.csv")
	panel.reading.header.SetSelected("data")
	if h := p.asked[len(p.asked)-1].Header; h == nil || *h {
		t.Errorf("asked for a header: %v", h)
	}
}

func TestFailuresLeaveTheWayOpen(t *testing.T) {
	panel, p, d := newPanel(t)
	panel.Load("/tmp/x.csv")
	p.fails = errors.New("the disk is full")
	test.Tap(panel.importIt)
	if s := panel.State(); s.Preview == nil || s.Trouble == nil || panel.notice.Said().Safe == "" || panel.importIt.Disabled() || d.changed != 0 {
		t.Errorf("after a failure the page shows %+v", s)
	}
	p.fails = context.Canceled
	test.Tap(panel.importIt)
	if said := panel.notice.Said(); said.What != "Cancelled." || said.Tone == parts.Trouble {
		t.Errorf("a cancelled import says %+v", said)
	}
	panel.Load("/tmp/y.csv")
	if s := panel.State(); s.Preview != nil || !panel.importIt.Hidden || !slices.Equal(s.Files, []string{"/tmp/y.csv"}) {
		t.Errorf("after a preview that failed the page shows %+v", s)
	}
}
