package training

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"attune/gui/parts"
	"attune/projects/run"
)

// lesson is a training that shows its states, one after another.
type lesson struct {
	states []run.State
	told   []string
}

func (l *lesson) Watch(_ context.Context, show func(run.State)) {
	for _, s := range l.states {
		show(s)
	}
}
func (l *lesson) Pause()    { l.told = append(l.told, "pause") }
func (l *lesson) Continue() { l.told = append(l.told, "continue") }
func (l *lesson) Stop()     { l.told = append(l.told, "stop") }

type project struct {
	reason string
	lesson *lesson
	fails  error
	split  bool
	last   *run.State
}

func (p *project) Ready(context.Context) (string, error)            { return p.reason, nil }
func (p *project) Unfinished(context.Context) (int, bool)           { return 2, true }
func (p *project) LastTraining(context.Context) (*run.State, error) { return p.last, nil }
func (p *project) Start() func(context.Context) (Run, error) {
	return func(context.Context) (Run, error) { return p.lesson, p.fails }
}
func (p *project) Resume(context.Context, int) (Run, error) { return p.lesson, p.fails }
func (p *project) Split(context.Context) error              { p.split = true; return p.fails }

type desk struct{ seen []run.Status }

func (d *desk) RunChanged(s run.State) { d.seen = append(d.seen, s.Status) }
func (*desk) DataChanged()             {}
func (*desk) ShowImport()              {}
func (*desk) ShowResults()             {}
func (*desk) ShowTryout()              {}
func (*desk) ShowFolds()               {}

func newPanel(t *testing.T, p *project) (*Panel, *desk) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(parts.Theme{Appearance: parts.Light})
	d := &desk{}
	panel := New(p, d, parts.Background{})
	w := test.NewTempWindow(t, panel.Content())
	w.Resize(fyne.NewSize(1100, 700))
	panel.Reload("a plan", false)
	return panel, d
}

func state(status run.Status, steps int) run.State {
	s := run.State{Number: 1, Status: status, Step: steps, Steps: 100, Main: "macro_f1", Baseline: map[string]float64{"macro_f1": 0.87}}
	for i := 1; i <= steps; i++ {
		s.Curve.Losses = append(s.Curve.Losses, run.Point{Step: i, Value: 1 / float64(i)})
	}
	if steps > 0 {
		e := run.Evaluation{Step: steps, Loss: 0.4, Scores: map[string]float64{"macro_f1": 0.91}}
		s.Curve.Evaluations, s.Best = []run.Evaluation{e}, &e
	}
	return s
}

func TestTheCurveGrows(t *testing.T) {
	p := &project{lesson: &lesson{states: []run.State{state(run.Preparing, 0), state(run.Training, 5), state(run.Training, 9), state(run.Finished, 9)}}}
	panel, d := newPanel(t, p)
	test.Tap(panel.start)
	if want := []run.Status{run.Preparing, run.Training, run.Training, run.Finished}; !slices.Equal(d.seen, want) {
		t.Errorf("the window was told %q", d.seen)
	}
	loss, score := panel.loss.Shown(), panel.score.Shown()
	if len(loss.Series[0].Points) != 9 || len(loss.Series[1].Points) != 1 || loss.Mark == nil || loss.Mark.X != 9 {
		t.Errorf("the loss chart shows %+v", loss)
	}
	if score.Series[0].Points[0].Y != 0.91 || score.Level == nil || score.Level.Y != 0.87 || score.Title != "Macro F1" {
		t.Errorf("the score chart shows %+v", score)
	}
	if got := panel.figures.score.Told(); got != "0.91" {
		t.Errorf("the best score reads %q", got)
	}
	said := panel.notice.Said()
	if !strings.Contains(said.What, "macro F1 0.91") || !strings.Contains(said.What, "baseline reaches 0.87") {
		t.Errorf("the end is told by %q", said.What)
	}
	if panel.start.Hidden || !panel.end.Hidden {
		t.Error("after the end one cannot train again, or can still stop")
	}
}

func TestANewHeadIsTold(t *testing.T) {
	panel, _ := newPanel(t, &project{})
	now := state(run.Training, 5)
	panel.Show(State{Run: &now})
	if !panel.head.Hidden {
		t.Errorf("of a model with its head it says %q", panel.head.Text)
	}
	now.NewHead = run.NewHead{Tensors: []string{"classifier.weight", "classifier.bias"}, Labels: 77}
	panel.Show(State{Run: &now})
	if panel.head.Hidden || !strings.Contains(panel.head.Text, "your labels is new") {
		t.Errorf("hidden is %t, it says %q", panel.head.Hidden, panel.head.Text)
	}
}

func TestPauseContinueStop(t *testing.T) {
	p := &project{lesson: &lesson{}}
	panel, _ := newPanel(t, p)
	panel.Start()
	show := func(status run.Status) {
		now := state(status, 5)
		panel.Show(State{Run: &now})
	}
	show(run.Training)
	if panel.pause.Hidden || !panel.carryOn.Hidden || !panel.start.Hidden {
		t.Error("a training under way does not offer to pause alone")
	}
	test.Tap(panel.pause)
	show(run.Paused)
	test.Tap(panel.carryOn)
	show(run.Training)
	test.Tap(panel.end)
	if want := []string{"pause", "continue", "stop"}; !slices.Equal(p.lesson.told, want) {
		t.Errorf("the training was told %q", p.lesson.told)
	}
	if !panel.end.Disabled() {
		t.Error("one can stop twice")
	}
}

func TestNotReady(t *testing.T) {
	p := &project{reason: "The rows are not split yet."}
	panel, _ := newPanel(t, p)
	panel.Reload("a plan", true)
	if !panel.start.Disabled() || panel.notice.Said().What != p.reason {
		t.Errorf("it can start: %t, says %q", !panel.start.Disabled(), panel.notice.Said().What)
	}
	panel.split()
	if !p.split {
		t.Error("the rows were not split")
	}
}

func TestFailures(t *testing.T) {
	p := &project{lesson: &lesson{}, fails: errors.New("another training has the project")}
	panel, _ := newPanel(t, p)
	test.Tap(panel.start)
	if panel.State().Starting || panel.start.Hidden || panel.notice.Said().Tone != parts.Trouble {
		t.Errorf("after a start that failed: %+v", panel.State())
	}
	failed := state(run.Failed, 3)
	failed.Err = errors.New("the disk is full")
	panel.Show(State{Run: &failed})
	if said := panel.notice.Said(); said.What != "The disk is full." || said.Safe == "" {
		t.Errorf("a training that failed says %+v", said)
	}
	interrupted := state(run.Interrupted, 0)
	if got := Ended(interrupted); !strings.Contains(got, "no model") {
		t.Errorf("an end without a model is told by %q", got)
	}
}

// TestTwoPhases shows the curves of each phase by itself.
func TestTwoPhases(t *testing.T) {
	panel, _ := newPanel(t, &project{})
	s := run.State{Number: 1, Status: run.Training, Step: 30, Steps: 40, Main: "macro_f1"}
	s.Curve.Phases = []run.Phase{{Name: "getting to know the texts", First: 1}, {Name: "fine-tuning", First: 21}}
	for i := 1; i <= 30; i++ {
		s.Curve.Losses = append(s.Curve.Losses, run.Point{Step: i, Value: 9 - float64(i)/10})
	}
	best := run.Evaluation{Step: 30, Loss: 0.5, Scores: map[string]float64{"macro_f1": 0.8}}
	s.Curve.Evaluations, s.Best = []run.Evaluation{{Step: 20, Loss: 2}, best}, &best
	panel.Show(State{Run: &s})
	loss, score := panel.loss.Shown(), panel.score.Shown()
	if n := len(loss.Series[0].Points); n != 10 || loss.Series[0].Points[0].X != 1 || loss.Mark == nil || loss.Mark.X != 10 || score.Title != "Macro F1" {
		t.Errorf("the second phase is drawn with %d points, best at %+v, beside %q", n, loss.Mark, score.Title)
	}
	panel.phases.SetSelectedIndex(0)
	panel.Show(panel.State())
	loss, score = panel.loss.Shown(), panel.score.Shown()
	if n := len(loss.Series[0].Points); n != 20 || loss.Mark != nil || loss.Until != 20 || !strings.HasPrefix(score.Title, "Perplexity") || score.Series[0].Points[0].Y != math.Exp(2) {
		t.Errorf("the first phase is drawn with %d points until %g, best at %+v, beside %q", n, loss.Until, loss.Mark, score.Title)
	}
	panel.phases.SetSelectedIndex(1)
	if panel.phase != -1 {
		t.Error("the newest phase does not make way for the next")
	}
}

// TestTheLossDecides where no score does: the least is the best.
func TestTheLossDecides(t *testing.T) {
	s := run.State{Status: run.Finished, Step: 10, Steps: 10, Best: &run.Evaluation{Step: 10, Loss: 1.25}}
	panel, _ := newPanel(t, &project{})
	panel.Show(State{Run: &s})
	if got := panel.figures.score.Told(); got != "1.25" {
		t.Errorf("the best score is %q", got)
	}
	if got := Ended(s); !strings.Contains(got, "loss 1.25 on the validation rows") {
		t.Errorf("it says %q", got)
	}
}

func TestTheLastTrainingOfAnEarlierSessionIsShown(t *testing.T) {
	last := state(run.Finished, 9)
	p := &project{last: &last}
	panel, _ := newPanel(t, p)
	if got := panel.loss.Shown(); len(got.Series[0].Points) != 9 || panel.figures.score.Told() != "0.91" {
		t.Errorf("the loss chart shows %+v", got)
	}
	if said := panel.notice.Said(); !strings.Contains(said.What, "macro F1 0.91") {
		t.Errorf("it says %q", said.What)
	}
	p.reason = "The rows are not split yet."
	panel.Reload("a plan", true)
	if said := panel.notice.Said(); said.What != p.reason {
		t.Errorf("it says %q, and not what is missing", said.What)
	}
}
