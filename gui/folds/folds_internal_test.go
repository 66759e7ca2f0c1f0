package folds

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"attune/gui/parts"
	"attune/projects"
)

type project struct {
	last  *projects.CrossValidation
	folds int
	group string
	err   error
	shown func(over int) // called when so many trainings were told to be over; or nil
}

func (p *project) CrossValidate(folds int, group string) parts.Work[projects.CrossValidating, projects.CrossValidation] {
	p.folds, p.group = folds, group
	return func(_ context.Context, show func(projects.CrossValidating)) (projects.CrossValidation, error) {
		at := projects.CrossValidating{Progress: projects.Progress{Verb: "Part 1 of 3", Total: 3}, Parts: 3}
		show(at)
		for over := 1; over <= 2; over++ {
			at.Done, at.Found = int64(over), found()
			at.Found.Folds = at.Found.Folds[:over]
			show(at)
			if p.shown != nil {
				p.shown(over)
			}
		}
		return found(), p.err
	}
}

func (p *project) LastCrossValidation(context.Context) (projects.CrossValidation, bool, error) {
	if p.last == nil {
		return projects.CrossValidation{}, false, nil
	}
	return *p.last, true, nil
}

func (*project) Columns() []string { return []string{"customer"} }
func (*project) Start() string     { return "Starter, Quick" }

func found() projects.CrossValidation {
	return projects.CrossValidation{Main: "macro_f1", Folds: []projects.Fold{
		{Learned: 20, Checked: 10, Loss: 0.5, Scores: map[string]float64{"accuracy": 0.8, "macro_f1": 0.7}},
		{Learned: 20, Checked: 10, Loss: 0.4, Scores: map[string]float64{"accuracy": 0.9, "macro_f1": 0.8}},
	}, Scores: map[string]projects.Range{"accuracy": {Mean: 0.85, Spread: 0.071}, "macro_f1": {Mean: 0.75, Spread: 0.071}}}
}

type desk struct{ on []bool }

func (d *desk) FoldsChanged(on bool) { d.on = append(d.on, on) }
func (*desk) ShowTraining()          {}

func newPanel(t *testing.T, p *project) (*Panel, *desk) {
	test.NewTempApp(t).Settings().SetTheme(parts.Theme{Appearance: parts.Light})
	d := &desk{}
	panel := New(p, d, parts.Background{})
	test.NewTempWindow(t, panel.Content()).Resize(fyne.NewSize(1100, 700))
	return panel, d
}

func TestPartsTakeTurns(t *testing.T) {
	p := &project{}
	panel, d := newPanel(t, p)
	if panel.Reload(); !panel.body.Hidden || !panel.groupLine.Visible() || !strings.Contains(panel.from.Text, "Starter, Quick") {
		t.Errorf("before the first it shows a result, no column or %q", panel.from.Text)
	}
	panel.folds.SetSelectedIndex(0)
	panel.group.SetSelected("customer")
	test.Tap(panel.begin)
	if p.folds != 3 || p.group != "customer" {
		t.Errorf("it trained on %d parts by %q", p.folds, p.group)
	}
	if want := "Macro F1 0.750, give or take 0.071"; panel.says.Text != want {
		t.Errorf("it says %q, want %q", panel.says.Text, want)
	}
	if want := "From part to part it was between 0.700 and 0.800."; !strings.HasPrefix(panel.means.Text, want) {
		t.Errorf("it says %q", panel.means.Text)
	}
	var cells []string
	for _, at := range [][2]int{{0, columnPart}, {1, columnLearned}, {1, firstScore}, {1, firstScore + 1}, {2, columnPart}, {2, columnLoss}, {2, firstScore}, {3, firstScore + 1}} {
		cells = append(cells, panel.cell(at[0], at[1]))
	}
	if got, want := strings.Join(cells, "|"), "1 of 2|20|0.800|0.900|Mean||0.750|0.071"; got != want || panel.rows() != 4 {
		t.Errorf("the table has %d rows with %q, want %q", panel.rows(), got, want)
	}
	if len(d.on) != 2 || !d.on[0] || d.on[1] {
		t.Errorf("the window was told %v", d.on)
	}
}

// TestThePartsComeOneByOne looks at the page while it trains.
func TestThePartsComeOneByOne(t *testing.T) {
	p := &project{}
	panel, _ := newPanel(t, p)
	panel.Reload()
	panel.folds.SetSelectedIndex(0)
	var seen []string
	p.shown = func(over int) {
		if !panel.progress.Visible() || panel.begin.Visible() || panel.body.Hidden {
			t.Errorf("after %d parts it shows no progress or no table, or another training could be begun", over)
		}
		seen = append(seen, strings.Join([]string{panel.cell(over-1, columnPart), panel.says.Text, panel.means.Text, fmt.Sprint(panel.rows())}, "|"))
	}
	test.Tap(panel.begin)
	want := []string{"1 of 3|Macro F1 0.750|So far, after 1 of 3 parts.|1", "2 of 3|Macro F1 0.750, give or take 0.071|So far, after 2 of 3 parts.|4"}
	if !slices.Equal(seen, want) {
		t.Errorf("it shows %q, want %q", seen, want)
	}
	if panel.progress.Visible() || strings.HasPrefix(panel.means.Text, "So far") {
		t.Errorf("when all is over it says %q", panel.means.Text)
	}
}

func TestWhatWasFoundLastIsShown(t *testing.T) {
	last := found()
	p := &project{last: &last}
	panel, d := newPanel(t, p)
	if panel.Reload(); panel.body.Hidden || panel.begin.Text != "Find out again" {
		t.Error("what was found last is not shown")
	}
	p.err = context.Canceled
	if test.Tap(panel.begin); panel.notice.Said().What != "Cancelled." || panel.begin.Hidden || d.on[len(d.on)-1] {
		t.Error("cancelled, it cannot be begun again")
	}
	p.err = errors.New("no room")
	if test.Tap(panel.begin); panel.notice.Said().What == "" || !panel.body.Hidden {
		t.Error("a failure is not told")
	}
}

func TestALossHasNoScore(t *testing.T) {
	panel, _ := newPanel(t, &project{})
	c := projects.CrossValidation{Folds: []projects.Fold{{Learned: 20, Checked: 10, Loss: 0.5}, {Loss: 0.4}}}
	if panel.Show(State{Found: &c}); panel.says.Text != "Trained 2 times" || panel.cell(2, columnPart) != "Mean" {
		t.Errorf("it says %q", panel.says.Text)
	}
}
