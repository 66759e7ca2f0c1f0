package importing

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"attune/engine/dataset"
	"attune/gui/parts"
	"attune/projects"
)

// project answers previews by what it was asked, and imports.
type project struct {
	asked    []projects.ImportOptions
	imported []projects.Chosen
	fails    error
	sheets   []string
	task     string // "" for classification
	seems    string // what files look like
	during   func() // called while an import is under way
}

func (p *project) Task() string { return cmp.Or(p.task, "classification") }

func (p *project) Preview(_ context.Context, file string, o projects.ImportOptions, task string, progress func(projects.Progress)) (projects.Preview, error) {
	p.task = cmp.Or(task, p.task)
	p.asked = append(p.asked, o)
	progress(projects.Progress{Verb: "Reading", Done: 1, Total: 2})
	v := projects.Preview{File: file, Format: "CSV", Encoding: "utf-8", Delimiter: ",", Header: true, Columns: []string{"a", "b", "c"},
		Rows: 2, Sample: [][]string{{"x", "y", "z"}, {"short"}}, Roles: projects.Roles{Text: "a", Label: "b"}, Task: p.seems,
		Encodings: []string{"windows-1252"}, Delimiters: []string{",", ";"}}
	if o.Roles.Text != "" {
		v.Roles = o.Roles
		for _, role := range []*string{&v.Roles.Pair, &v.Roles.Label, &v.Roles.Target, &v.Roles.Split} {
			if *role == projects.NoColumn {
				*role = ""
			}
		}
	}
	if p.sheets != nil {
		v.Format, v.Encodings, v.Delimiters, v.Sheets, v.Sheet = "Excel", nil, nil, p.sheets, cmp.Or(o.Sheet, p.sheets[0])
	}
	if o.Encoding != "" {
		v.Encoding = o.Encoding
	}
	return v, p.fails
}

func (p *project) ImportEach(_ context.Context, chosen []projects.Chosen, _ func(projects.Progress)) (projects.Imported, error) {
	p.imported = chosen
	if p.during != nil {
		p.during()
	}
	return projects.Imported{Rows: 2, Imported: 1, ProblemCount: 1, Labels: map[string]int{"y": 1}, Problems: []projects.Problem{{Row: 2, Reason: "short"}}}, p.fails
}

type desk struct{ changed, tasks int }

func (d *desk) TaskChanged() { d.tasks++ }
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

// lie puts empty files of such names into a folder of the test's own, and goes there.
func lie(t *testing.T, names ...string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for _, name := range names {
		if err := os.WriteFile(name, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCorrectionsAreLookedAtAndImported(t *testing.T) {
	lie(t, "x.csv")
	panel, p, d := newPanel(t)
	panel.Load("x.csv")
	if len(p.asked) != 1 {
		t.Fatalf("one file was looked at %d times", len(p.asked))
	}
	r := panel.reading
	r.label.SetSelected("c")
	r.encoding.SetSelected("windows-1252")
	r.as.SetSelected("test")
	r.label.SetSelected(none)
	last := p.asked[len(p.asked)-1]
	if last.Encoding != "windows-1252" || last.As != dataset.Test || last.Roles.Label != projects.NoColumn || last.Roles.Text != "a" {
		t.Errorf("the last look was asked for with %+v", last)
	}
	if reshaped := p.asked[2]; reshaped.Roles != (projects.Roles{}) {
		t.Errorf("after another encoding the columns are still called %+v", reshaped.Roles)
	}
	test.Tap(panel.importIt)
	if len(p.imported) != 1 || p.imported[0].Options.Encoding != "windows-1252" || p.imported[0].Options.Roles.Text != "a" || p.imported[0].Options.Roles.Label != projects.NoColumn || d.changed != 1 {
		t.Errorf("imported with %+v, changes told: %d", p.imported, d.changed)
	}
	if s := panel.State(); s.Imported == nil || s.Preview != nil || panel.problems.cell(0, 1) != "short" {
		t.Errorf("after the import the page shows %+v", s)
	}
}

func TestTheWholeOfAProblemIsTold(t *testing.T) {
	panel, _, _ := newPanel(t)
	panel.Show(State{Imported: &projects.Imported{ProblemCount: 2, Problems: []projects.Problem{
		{File: "x.csv", Row: 7, Reason: "it has 3 values where the table has 2 columns", Fix: "put quotes around a value that holds the delimiter; what was left over is not kept"},
		{File: "x.csv", Row: 1200, Reason: "it has no text"}}}})
	for row, want := range []string{
		"It has 3 values where the table has 2 columns. Put quotes around a value that holds the delimiter; what was left over is not kept.",
		"It has no text."} {
		if got := panel.problems.whole.Text; got != want {
			t.Errorf("of row %d is told %q, want %q", row, got, want)
		}
		panel.problems.table.Select(1)
	}
	if got := panel.problems.which.Text; got != "Row 1,200 of x.csv" {
		t.Errorf("the chosen row is called %q", got)
	}
	panel.Show(State{Imported: &projects.Imported{}})
	if text := panel.problems.which.Text + panel.problems.whole.Text; text != "" {
		t.Errorf("after an import without problems %q stays", text)
	}
}

func TestSpaceOnTheHiddenPauseDoesNothing(t *testing.T) {
	lie(t, "x.csv")
	panel, p, _ := newPanel(t)
	panel.Load("x.csv")
	canvas := fyne.CurrentApp().Driver().CanvasForObject(panel.Content())
	p.during = func() { canvas.Focus(panel.hold) }
	panel.Import()
	if canvas.Focused() != panel.hold {
		t.Fatal("the button lost the keyboard: this tests nothing")
	}
	canvas.Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	if panel.pause != nil || panel.hold.Visible() {
		t.Error("there is something to pause after the import")
	}
}

func TestAnImportIsNotLostToAnotherFile(t *testing.T) {
	lie(t, "x.csv", "other.csv")
	panel, p, _ := newPanel(t)
	panel.Load("x.csv")
	p.during = func() {
		panel.Load("other.csv")
		if !panel.Busy() || panel.notice.Said().Way == "" {
			t.Error("a file that is dropped during an import ends it, or is dropped without a word")
		}
	}
	panel.Import()
	if s := panel.State(); s.Imported == nil || len(p.asked) != 1 || panel.Busy() || panel.notice.Said().Tone != parts.Done {
		t.Errorf("after the import the page shows %+v", s)
	}
}

func TestImportIsHeldAndGoesOn(t *testing.T) {
	lie(t, "x.csv")
	panel, p, _ := newPanel(t)
	panel.Load("x.csv")
	if !panel.hold.Hidden {
		t.Error("nothing is imported and yet can be paused")
	}
	p.during = func() {
		var said []string
		for range 3 {
			said = append(said, fmt.Sprint(panel.hold.Text, " ", panel.hold.Visible(), " ", panel.pause.Held()))
			test.Tap(panel.hold)
		}
		if want := []string{"Pause true false", "Continue true true", "Pause true false"}; !slices.Equal(said, want) {
			t.Errorf("the button says %q, want %q", said, want)
		}
		panel.pause.Continue()
		for _, bound := range []bool{true, false} {
			panel.advance(projects.Progress{Verb: "Adding rows", Bound: bound})
			if panel.hold.Disabled() != bound || !panel.hold.Visible() {
				t.Errorf("others wait for it: %v; it cannot be paused: %v", bound, panel.hold.Disabled())
			}
		}
	}
	test.Tap(panel.importIt)
	if !panel.hold.Hidden || len(p.imported) != 1 {
		t.Error("after the import it can still be paused")
	}
}

func TestHeaderOrNot(t *testing.T) {
	lie(t, "x.csv")
	panel, p, _ := newPanel(t)
	panel.Load("x.csv")
	panel.reading.header.SetSelected("data")
	if h := p.asked[len(p.asked)-1].Header; h == nil || *h {
		t.Errorf("asked for a header: %v", h)
	}
}

func TestSheets(t *testing.T) {
	lie(t, "x.xlsx")
	panel, p, _ := newPanel(t)
	p.sheets = []string{"About", "Data"}
	panel.Load("x.xlsx")
	r := panel.reading
	if !r.lines[r.encoding].Hidden || !r.lines[r.delimiter].Hidden || r.lines[r.sheet].Hidden || !r.lines[r.table].Hidden {
		t.Error("a workbook is offered other choices than its sheets")
	}
	r.sheet.SetSelected("Data")
	if last := p.asked[len(p.asked)-1]; last.Sheet != "Data" || last.Roles != (projects.Roles{}) {
		t.Errorf("the last look was asked for with %+v", last)
	}
	test.Tap(panel.importIt)
	if len(p.imported) != 1 || p.imported[0].Options.Sheet != "Data" {
		t.Errorf("imported %+v", p.imported)
	}
}

// TestSeveralFiles looks at each of several files, corrects one and imports all.
func TestSeveralFiles(t *testing.T) {
	lie(t, "train.csv", "more.csv", "test.csv")
	panel, p, _ := newPanel(t)
	panel.Load("train.csv", "more.csv", "test.csv")
	r := panel.reading
	if r.lines[r.table].Hidden || len(r.table.Options) != 3 || r.as.Selected != "training" {
		t.Fatalf("it offers the files %q, the first for %s", r.table.Options, r.as.Selected)
	}
	r.as.SetSelected("validation")
	r.table.SetSelectedIndex(1)
	if s := panel.State(); s.Shown != 1 || s.Preview.File != "more.csv" || r.as.Selected != uses[0].title {
		t.Errorf("the second file is shown as %+v, for %s", s, r.as.Selected)
	}
	r.label.SetSelected("c")
	r.table.SetSelectedIndex(2)
	if r.as.Selected != "test" || r.label.Selected != "b" {
		t.Errorf("the third is for %s, with the label %s", r.as.Selected, r.label.Selected)
	}
	r.as.SetSelected(uses[0].title)
	r.table.SetSelectedIndex(0)
	test.Tap(panel.importIt)
	if len(p.imported) != 3 {
		t.Fatalf("imported %+v", p.imported)
	}
	first, second, third := p.imported[0], p.imported[1], p.imported[2]
	if first.Options.As != dataset.Validation || second.Options.Roles.Label != "c" || third.Named != dataset.Unassigned || third.Options.As != dataset.Unassigned {
		t.Errorf("imported %+v", p.imported)
	}
}

// TestChoiceOfTheTask changes what is to be learned, and with it the columns that are offered.
func TestChoiceOfTheTask(t *testing.T) {
	lie(t, "x.csv")
	panel, p, d := newPanel(t)
	panel.Load("x.csv")
	r := panel.reading
	offered := func() (names []string) {
		for _, s := range []*widget.Select{r.text, r.label, r.spans, r.pair} {
			if !r.lines[s].Hidden {
				names = append(names, r.names[s].Text)
			}
		}
		return names
	}
	if got := offered(); !slices.Equal(got, []string{"Text", "Label", "Second text"}) || d.tasks != 0 {
		t.Errorf("for %s the columns %q are offered", r.task.Selected, got)
	}
	r.label.SetSelected("c")
	r.task.SetSelected(title("entities"))
	if p.task != "entities" || panel.State().Task != "entities" || d.tasks != 1 || !panel.State().Decided {
		t.Errorf("the task is %q; %d changes were told", p.task, d.tasks)
	}
	if last := p.asked[len(p.asked)-1]; last.Roles != (projects.Roles{}) {
		t.Errorf("the columns are still those of the task before: %+v", last.Roles)
	}
	if got := offered(); !slices.Equal(got, []string{"Text", "Marked in the text"}) {
		t.Errorf("for %s the columns %q are offered", r.task.Selected, got)
	}
	r.spans.SetSelected("c")
	if last := p.asked[len(p.asked)-1]; last.Roles.Spans != "c" {
		t.Errorf("asked with %+v", last.Roles)
	}
	r.task.SetSelected(title("answering"))
	if got := offered(); !slices.Equal(got, []string{"Passage", "Answer", "Question"}) {
		t.Errorf("for %s the columns %q are offered", r.task.Selected, got)
	}
}

// TestAnotherTasksFile drops a file for another task on a project that has rows.
func TestAnotherTasksFile(t *testing.T) {
	lie(t, "x.conll")
	panel, p, _ := newPanel(t)
	p.seems = "entities"
	panel.Load("x.conll")
	if said := panel.notice.Said(); said.Tone != parts.Warning || !strings.Contains(said.What, title("entities")) {
		t.Errorf("it says %+v", said)
	}
	panel.reading.task.SetSelected(title("multilabel"))
	if panel.notice.Visible() {
		t.Errorf("what was chosen is contradicted: %+v", panel.notice.Said())
	}
}

func TestFailuresLeaveTheWayOpen(t *testing.T) {
	lie(t, "x.csv", "y.csv")
	panel, p, d := newPanel(t)
	panel.Load("x.csv")
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
	panel.Load("y.csv")
	if s := panel.State(); s.Preview != nil || !panel.importIt.Hidden || !slices.Equal(s.Files, []string{"y.csv"}) {
		t.Errorf("after a preview that failed the page shows %+v", s)
	}
}
