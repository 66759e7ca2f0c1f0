package using

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"attune/gui/parts"
	"attune/projects"
)

// project notes what it is asked for.
type project struct {
	asked  string
	fails  error
	during func()
}

func (p *project) AnswerFile(_ context.Context, run int, in, out string, progress func(projects.Progress)) (int, error) {
	p.asked = fmt.Sprintf("answers of %d to %s in %s", run, in, out)
	progress(projects.Progress{Verb: "Reading", Done: 1, Total: 2})
	if p.during != nil {
		p.during()
	}
	return 1200, p.fails
}

func (p *project) Export(_ context.Context, run int, to, format string, _ func(projects.Progress)) (projects.Exported, error) {
	p.asked = fmt.Sprintf("%d as %s to %s", run, format, to)
	return projects.Exported{Run: run, Path: to, Bytes: 2_000_000}, p.fails
}

func (*project) Place(run int) string { return fmt.Sprintf("/models/tickets, model %d", run) }

// desk chooses at once.
type desk struct{}

func (desk) ShowResults()                      {}
func (desk) BrowseFile(then func(string))      { then("/data/new.xlsx") }
func (desk) BrowseFolder(then func(to string)) { then("/elsewhere") }

func newPanel(t *testing.T, p *project) *Panel {
	test.NewTempApp(t).Settings().SetTheme(parts.Theme{Appearance: parts.Light})
	panel := New(p, desk{}, parts.Background{})
	test.NewTempWindow(t, panel.Content()).Resize(fyne.NewSize(1000, 700))
	panel.Reload(3)
	return panel
}

func TestAFileIsAnswered(t *testing.T) {
	p := &project{}
	panel := newPanel(t, p)
	if !panel.answer.Disabled() {
		t.Error("no file can be answered")
	}
	panel.in.SetText("/data/mail of May.csv ")
	p.during = func() {
		if !panel.Busy() || !panel.answer.Disabled() || !panel.export.Disabled() {
			t.Error("it can be begun twice")
		}
		panel.Reload(4)
		panel.Export()
	}
	test.Tap(panel.answer)
	if want := "answers of 3 to /data/mail of May.csv in /data/mail of May answered.csv"; p.asked != want {
		t.Errorf("asked for %s, want %s", p.asked, want)
	}
	if got, want := panel.notice.Said().What, "1,200 rows are written with the answers: /data/mail of May answered.csv."; got != want {
		t.Errorf("it says %q, want %q", got, want)
	}
	if s := panel.State(); s.Run != 3 || panel.Busy() || panel.answer.Disabled() {
		t.Errorf("afterwards it shows %+v", s)
	}
}

func TestAModelIsExported(t *testing.T) {
	p := &project{}
	panel := newPanel(t, p)
	for _, c := range []struct{ format, want string }{
		{"hf", "3 as hf to /models/tickets, model 3"},
		{"one-file", "3 as one-file to /models/tickets, model 3.zip"},
		{"hf", "3 as hf to /models/tickets, model 3"},
	} {
		panel.formats.Select(c.format)
		panel.to.SetText(placeAs(panel.to.Text, c.format))
		test.Tap(panel.export)
		if p.asked != c.want || panel.notice.Said().Tone != parts.Done {
			t.Errorf("asked for %q, want %q", p.asked, c.want)
		}
	}
	panel.to.SetText(" ")
	if !panel.export.Disabled() {
		t.Error("a model can be exported to nowhere")
	}
}

func TestWhatIsNotWritten(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		tone parts.Tone
	}{"cancelled": {context.Canceled, parts.Telling}, "a full disk": {errors.New("the disk is full"), parts.Trouble}} {
		t.Run(name, func(t *testing.T) {
			panel := newPanel(t, &project{fails: c.err})
			panel.Export()
			if said := panel.notice.Said(); said.Tone != c.tone || said.Safe == "" || panel.State().Done != "" || panel.Busy() {
				t.Errorf("it says %+v", said)
			}
			panel.Reload(4)
			if panel.notice.Visible() || panel.to.Text != "/models/tickets, model 4" {
				t.Error("what was said of another training stays")
			}
		})
	}
}
