package growth

import (
	"context"
	"testing"

	"fyne.io/fyne/v2/test"

	"attune/gui/parts"
	"attune/projects"
)

type project struct{ err error }

func (p *project) LearningCurve() parts.Work[projects.Progress, projects.LearningCurve] {
	return func(_ context.Context, progress func(projects.Progress)) (projects.LearningCurve, error) {
		progress(projects.Progress{Verb: "Learning from 10 % of the rows", Done: 1, Total: 4})
		return projects.LearningCurve{Learner: "a linear model", Metric: "macro_f1", Checked: 60, Sentence: "More rows help.",
			Points:   []projects.CurvePoint{{Rows: 42, Score: 0.5}, {Rows: 42, Score: 0.6}, {Rows: 84, Score: 0.7}},
			Foretold: []projects.CurveFuture{{Rows: 420, Score: 0.8, Low: 0.7, High: 0.85}, {Rows: 840, Score: 0.9, Low: 0.75, High: 0.95}}}, p.err
	}
}

type desk struct{}

func (desk) ShowExamples() {}

func TestMoreRowsAreForetold(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(parts.Theme{Appearance: parts.Light})
	p := &project{}
	panel := New(p, desk{}, parts.Background{})
	test.NewTempWindow(t, panel.Content())
	test.Tap(panel.begin)
	if panel.says.Text != "More rows help." || panel.body.Hidden {
		t.Errorf("it says %q", panel.says.Text)
	}
	chart := panel.chart.Shown()
	if chart.Title != "Macro F1" || len(chart.Series) != 4 {
		t.Fatalf("the chart is %+v", chart)
	}
	if tried := chart.Series[0].Points; len(tried) != 2 || tried[0] != (parts.XY{X: 42, Y: 0.55}) {
		t.Errorf("tried: %v, want the mean of the draws first", tried)
	}
	if foretold := chart.Series[1].Points; len(foretold) != 3 || foretold[0].X != 84 || foretold[2].Y != 0.9 {
		t.Errorf("foretold: %v, want them from the last try on", foretold)
	}
	if panel.Forget(); panel.state.Curve != nil {
		t.Error("the curve of other rows is still shown")
	}
	p.err = context.Canceled
	if test.Tap(panel.begin); panel.notice.Said().What != "Cancelled." || panel.begin.Hidden {
		t.Error("cancelled, it cannot be found out again")
	}
}
