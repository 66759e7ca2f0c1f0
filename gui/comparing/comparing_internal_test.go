package comparing

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"attune/engine/dataset"
	"attune/gui/parts"
	"attune/projects"
)

type project struct {
	runs  []projects.RunInfo
	found projects.RunsCompared
	asked []string
	err   error
}

func (p *project) Runs(context.Context) ([]projects.RunInfo, error) { return p.runs, nil }

func (p *project) CompareRuns(_ context.Context, a, b int, split dataset.Split, _ func(projects.Progress)) (projects.RunsCompared, error) {
	p.asked = append(p.asked, fmt.Sprint(a, " ", b, " ", split))
	p.found.A, p.found.B, p.found.Split = a, b, split
	return p.found, p.err
}

type desk struct{}

func (desk) ShowResults() {}

func newPanel(t *testing.T) (*Panel, *project) {
	test.NewTempApp(t).Settings().SetTheme(parts.Theme{Appearance: parts.Light})
	p := &project{
		runs: []projects.RunInfo{{Number: 4, Preset: "best", Model: "runs/4"}, {Number: 3, Preset: "quick"}, {Number: 2, Preset: "quick", Model: "runs/2"}, {Number: 1, Preset: "quick", Model: "runs/1"}},
		found: projects.RunsCompared{Rows: 50, Main: "macro_f1", Turned: projects.Turned{Better: 12, Worse: 1, Chance: 0.003},
			Scores: []projects.ScoreChange{{Name: "accuracy", A: 0.7, B: 0.8}, {Name: "macro_f1", A: 0.6, B: 0.75}},
			Labels: []projects.LabelChange{
				{Label: "bill", Support: 30, A: 0.5, B: 0.9, Turned: projects.Turned{Better: 10, Chance: 0.004}},
				{Label: "login", Support: 12, A: 0.8, B: 0.7, Turned: projects.Turned{Better: 1, Worse: 2, Chance: 1}}}},
	}
	panel := New(p, desk{}, parts.Background{})
	test.NewTempWindow(t, panel.Content()).Resize(fyne.NewSize(1100, 700))
	return panel, p
}

func TestTwoTrainingsAreCompared(t *testing.T) {
	panel, p := newPanel(t)
	panel.Reload(4, dataset.Validation)
	if got := strings.Join(p.asked, ", "); got != "2 4 validation" {
		t.Errorf("compared were %s: want the one before that kept a model", got)
	}
	if want := "Training 4 is better than training 2: sure"; panel.says.Text != want {
		t.Errorf("it says %q, want %q", panel.says.Text, want)
	}
	if want := "Of 50 rows, 12 are right only after and 1 is right only before."; panel.rows.Text != want {
		t.Errorf("it says %q, want %q", panel.rows.Text, want)
	}
	var cells []string
	for column := range 8 {
		cells = append(cells, panel.cell(0, column))
	}
	if got, want := strings.Join(cells, "|"), "bill|30|0.50|0.90|+0.40|10|0|sure"; got != want {
		t.Errorf("the first line is %q, want %q", got, want)
	}
	if panel.sort("change", false); panel.labels[0].Label != "login" || panel.cell(0, 4) != "-0.10" || panel.cell(0, 7) != "may be chance" {
		t.Errorf("sorted by change, %q comes first with %q, %q", panel.labels[0].Label, panel.cell(0, 4), panel.cell(0, 7))
	}
	panel.before.SetSelected(panel.before.Options[2])
	panel.split.SetSelectedIndex(0)
	if got := p.asked[len(p.asked)-1]; got != "1 4 test" {
		t.Errorf("after the choices, compared was %s", got)
	}
	panel.after.SetSelected(panel.after.Options[2])
	if panel.notice.Said().What == "" || !panel.body.Hidden {
		t.Error("a training is compared with itself")
	}
}

func TestWhatCannotBeCompared(t *testing.T) {
	panel, p := newPanel(t)
	p.err = context.Canceled
	if panel.Reload(4, dataset.Test); panel.notice.Said().What != "Cancelled." {
		t.Errorf("cancelled, it says %q", panel.notice.Said().What)
	}
	p.runs = []projects.RunInfo{{Number: 4, Preset: "best", Model: "runs/4"}, {Number: 3, Preset: "quick"}}
	if panel.Reload(4, dataset.Test); !strings.HasPrefix(panel.notice.Said().What, "It takes two") || !panel.choices.Hidden {
		t.Errorf("with one model it says %q", panel.notice.Said().What)
	}
}

func TestHeadline(t *testing.T) {
	two := func(main string, a, b float64, turned projects.Turned) projects.RunsCompared {
		return projects.RunsCompared{A: 1, B: 2, Main: main, Turned: turned, Scores: []projects.ScoreChange{{Name: main, A: a, B: b}}}
	}
	for want, c := range map[string]projects.RunsCompared{
		"Training 2 is worse than training 1, which may be chance": two("macro_f1", 0.8, 0.7, projects.Turned{Better: 1, Worse: 3, Chance: 0.6}),
		"Training 2 is as good as training 1":                      two("macro_f1", 0.8, 0.8, projects.Turned{Better: 2, Worse: 2, Chance: 1}),
		"Training 2 is better than training 1":                     two("perplexity", 30, 20, projects.Turned{Chance: 1}),
		"Training 2 is better than training 1: likely":             two("macro_f1", 0.7, 0.8, projects.Turned{Better: 9, Worse: 1, Chance: 0.02}),
		"The two trainings have no score in common":                {Main: "macro_f1"},
	} {
		if got := headline(c); got != want {
			t.Errorf("it says %q, want %q", got, want)
		}
	}
}
