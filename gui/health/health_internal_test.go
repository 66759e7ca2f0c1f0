package health

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"attune/engine/dataset"
	"attune/gui/parts"
	"attune/projects"
)

// project has findings and notes what is done about them.
type project struct {
	health projects.Health
	found  projects.Health // by the next look
	fails  error
	done   []string
}

func (p *project) Overview(context.Context) (projects.Overview, error) {
	return projects.Overview{Rows: 100, CanUndo: "import of tickets.csv", CanRedo: "splitting"}, nil
}

func (p *project) Health(context.Context) (projects.Health, error) { return p.health, nil }

func (p *project) Examine(_ context.Context, progress func(projects.Progress)) (projects.Health, error) {
	progress(projects.Progress{Verb: "Looking for: repeated rows", Done: 1, Total: 2})
	if p.fails == nil {
		p.health = p.found
	}
	return p.health, p.fails
}

func (p *project) Treat(_ context.Context, f projects.Finding, ids []int64) (projects.Health, error) {
	p.done = append(p.done, fmt.Sprint("treat ", f.Check, " ", ids))
	p.health.Findings = slices.DeleteFunc(slices.Clone(p.health.Findings), func(g projects.Finding) bool { return ids == nil && g.Check == f.Check })
	p.health.Stale = true
	return p.health, p.fails
}

func (p *project) Unite(_ context.Context, f projects.Finding, ids []int64) (projects.Health, error) {
	p.done = append(p.done, fmt.Sprint("unite ", f.Check, " ", ids))
	return p.health, p.fails
}

func (p *project) Dismiss(_ context.Context, f projects.Finding, ids []int64) (projects.Health, error) {
	p.done = append(p.done, fmt.Sprint("dismiss ", f.Check, " ", ids))
	return p.health, p.fails
}

func (p *project) RowsOf(_ context.Context, ids []int64) ([]projects.Row, error) {
	rows := make([]projects.Row, len(ids))
	for i, id := range ids {
		if id != 3 { // was deleted meanwhile
			rows[i] = projects.Row{ID: id, Text: fmt.Sprint("text ", id), Labels: []string{"ham"}, SourceRow: int(id), File: "tickets.csv"}
		}
	}
	return rows, nil
}

func (p *project) Undo(context.Context) (string, error) {
	p.done = append(p.done, "undo")
	return "deletion", nil
}

func (p *project) Redo(context.Context) (string, error) {
	p.done = append(p.done, "redo")
	return "deletion", nil
}

type desk struct {
	changed int
	found   string
	imports int
}

func (d *desk) DataChanged()        { d.changed++ }
func (d *desk) FindRow(text string) { d.found = text }
func (d *desk) ShowImport()         { d.imports++ }

// item is a row of a finding, to be deleted or to get a label.
func item(id int64, group int, gone bool, label string) projects.FindingItem {
	i := projects.FindingItem{ID: id, Group: group}
	i.Change.Delete, i.Change.Label = gone, label
	return i
}

func finding(check, title, fix string, severity projects.Severity, items ...projects.FindingItem) projects.Finding {
	f := projects.Finding{}
	f.Title, f.Check, f.Fix, f.Severity, f.Summary, f.Items = title, check, fix, severity, "Something is wrong.", items
	return f
}

func illness() projects.Health {
	return projects.Health{Checked: time.Now(), Findings: []projects.Finding{
		finding("duplicates", "Repeated rows", "Delete 2 rows", projects.Grave, item(1, 1, false, ""), item(2, 1, true, ""), item(3, 1, true, "")),
		finding("wrong-labels", "Doubtful labels", "Relabel 2 rows", projects.Warning, item(4, 1, false, "spam"), item(5, 2, false, "spam")),
	}}
}

func newPanel(t *testing.T, h projects.Health) (*Panel, *project, *desk) {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(parts.Theme{Appearance: parts.Light})
	p, d := &project{health: h, found: illness()}, &desk{}
	panel := New(p, d, parts.Background{})
	test.NewTempWindow(t, panel.Content()).Resize(fyne.NewSize(1100, 700))
	panel.Reload()
	return panel, p, d
}

func TestLooksAndShows(t *testing.T) {
	panel, _, d := newPanel(t, projects.Health{})
	if panel.first.Hidden || !panel.body.Hidden || !panel.again.Hidden {
		t.Error("before the first look something else than the way to it is shown")
	}
	test.Tap(panel.begin)
	if got := len(panel.state.Health.Findings); got != 2 || panel.body.Hidden || !panel.first.Hidden || d.changed != 1 {
		t.Errorf("after the look %d findings are shown, and the window heard of it %d times", got, d.changed)
	}
	if len(panel.list.content.Objects) != 2 || panel.detail.fix.Text != "Mend 2 rows" || !panel.progress.Hidden {
		t.Errorf("%d lines, the button says %q", len(panel.list.content.Objects), panel.detail.fix.Text)
	}
}

func TestLookFails(t *testing.T) {
	for name, fails := range map[string]error{"cancelled": context.Canceled, "failed": errors.New("the disk is full")} {
		t.Run(name, func(t *testing.T) {
			panel, p, _ := newPanel(t, illness())
			p.fails = fails
			panel.Examine()
			if panel.state.Progress != nil || panel.notice.Said().What == "" || len(panel.state.Health.Findings) != 2 {
				t.Errorf("it says %q and shows %d findings", panel.notice.Said().What, len(panel.state.Health.Findings))
			}
		})
	}
}

func TestMendsAll(t *testing.T) {
	panel, p, d := newPanel(t, illness())
	test.Tap(panel.detail.fix)
	if !slices.Equal(p.done, []string{"treat duplicates []"}) || d.changed != 1 {
		t.Errorf("done: %v", p.done)
	}
	if said := panel.notice.Said(); said.Tone != parts.Done || panel.detail.title.Text != "Doubtful labels" {
		t.Errorf("it says %q and then shows %q", said.What, panel.detail.title.Text)
	}
	panel.Reload() // as the window does, when it hears of the change
	if panel.notice.Said().Tone != parts.Done {
		t.Error("what was done is told no more when the window reads the rows again")
	}
	panel.Undo()
	panel.Redo()
	if !slices.Equal(p.done[1:], []string{"undo", "redo"}) {
		t.Errorf("done: %v", p.done)
	}
}

func TestMovesInstead(t *testing.T) {
	h := illness()
	h.Findings[1].Items[0].Move, h.Findings[1].Move = dataset.Train, "Move 1 test row to training"
	panel, p, d := newPanel(t, h)
	if !panel.detail.move.Hidden {
		t.Error("what cannot be moved has a button for it")
	}
	panel.choose(1)
	if want := "Proposed: relabel 2 rows; or move 1 test row to training instead."; panel.detail.proposal.Text != want {
		t.Errorf("it says %q, want %q", panel.detail.proposal.Text, want)
	}
	test.Tap(panel.detail.move)
	if !slices.Equal(p.done, []string{"unite wrong-labels []"}) || d.changed != 1 {
		t.Errorf("done: %v", p.done)
	}
}

func TestRowByRow(t *testing.T) {
	panel, p, d := newPanel(t, illness())
	panel.choose(1)
	panel.ChooseRow(1)
	if panel.detail.text.Text != "text 5" || panel.detail.mend.Text != `Set label "spam"` {
		t.Errorf("the chosen row reads %q, its button %q", panel.detail.text.Text, panel.detail.mend.Text)
	}
	test.Tap(panel.detail.mend)
	panel.ChooseRow(0)
	test.Tap(panel.detail.leave)
	panel.ChooseRow(0)
	test.Tap(panel.detail.open)
	if want := []string{"treat wrong-labels [5]", "dismiss wrong-labels [4]"}; !slices.Equal(p.done, want) {
		t.Errorf("done: %v, want %v", p.done, want)
	}
	if d.found != "text 4" {
		t.Errorf("among all rows %q is looked for", d.found)
	}
}

func TestGroupIsLeft(t *testing.T) {
	panel, p, _ := newPanel(t, illness())
	panel.ChooseRow(0) // the one that is kept
	if !panel.detail.mend.Hidden {
		t.Error("a row for which nothing is proposed can be mended")
	}
	test.Tap(panel.detail.leave)
	if want := []string{"dismiss duplicates [1 2 3]"}; !slices.Equal(p.done, want) {
		t.Errorf("done: %v, want %v", p.done, want)
	}
	if got := panel.detail.cell(2, 1); got != "(deleted meanwhile)" {
		t.Errorf("a row that is gone reads %q", got)
	}
	panel.ChooseRow(2)
	if !panel.detail.whole.Hidden {
		t.Error("a row that is gone can be mended")
	}
}

func TestNoRows(t *testing.T) {
	panel, _, d := newPanel(t, projects.Health{})
	panel.Show(State{})
	test.Tap(panel.begin)
	if d.imports != 1 {
		t.Error("without rows the button does not lead to the import")
	}
}

func TestLinesByKey(t *testing.T) {
	panel, _, _ := newPanel(t, illness())
	panel.list.content.Objects[1].(*line).TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if panel.state.Chosen != 1 {
		t.Error("Enter does not choose a finding")
	}
}

func TestALongTitleIsReadInFull(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(parts.Theme{Appearance: parts.Light})
	l := newList(func(int) {})
	w := test.NewTempWindow(t, l.content)
	w.Resize(fyne.NewSize(parts.Grid*36, 400))
	findings := make([]projects.Finding, 2)
	findings[0].Title, findings[1].Title = "Short", "Words that give the label away in nearly all of the rows"
	l.show(findings, 0)
	short, long := l.content.Objects[0].Size().Height, l.content.Objects[1].Size().Height
	if long < short+parts.Grid*2 {
		t.Errorf("a long title has a line of %g, a short one of %g: it is cut off", long, short)
	}
}
