package evaluation

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"attune/engine/dataset"
	"attune/gui/parts"
	"attune/projects"
	"attune/projects/run"
)

type project struct {
	runs    []projects.RunInfo
	report  *projects.Report // nil for the usual one
	asked   []dataset.Split
	numbers []int
	steady  projects.CrossValidation
	fails   error
	wish    string // asked of the window
}

func (p *project) Runs(context.Context) ([]projects.RunInfo, error) { return p.runs, nil }

func (p *project) Evaluate(_ context.Context, number int, split dataset.Split, _ func(projects.Progress)) (projects.Report, error) {
	p.asked, p.numbers = append(p.asked, split), append(p.numbers, number)
	if p.report != nil {
		return *p.report, p.fails
	}
	return report(), p.fails
}

func (p *project) LastCrossValidation(context.Context) (projects.CrossValidation, bool, error) {
	return p.steady, len(p.steady.Folds) > 0, nil
}

// desk remembers what was asked of it.
type desk struct{ asked *string }

func (d desk) Compare(n int, split dataset.Split) {
	*d.asked = fmt.Sprint("compare ", n, " on ", split)
}

func (desk) ShowTraining()  {}
func (d desk) ShowDoctor()  { *d.asked = "doctor" }
func (d desk) Remedy(n int) { *d.asked = fmt.Sprint("remedy of ", n) }
func (desk) Shrink(int)     {}
func (d desk) Use(n int)    { *d.asked = fmt.Sprint("use of ", n) }

func report() projects.Report {
	return projects.Report{Run: 2, Rows: 20, Right: 18, Main: "macro_f1", Metrics: map[string]float64{"macro_f1": 0.91, "accuracy": 0.9}, Baseline: map[string]float64{"macro_f1": 0.87},
		Confusion: projects.Confusion{Labels: []string{"ham", "spam"}, Counts: [][]int{{14, 1}, {1, 4}}},
		PerClass:  projects.PerClass{{Label: "ham", Precision: 0.93, F1: 0.95, Support: 15}, {Label: "spam", Precision: 0.8, F1: 0.8, Support: 5}},
		Mistakes:  []projects.Mistake{{Text: "win", Want: "spam", Got: "ham", Score: 0.99}, {Text: "hello", Want: "ham", Got: "spam", Score: 0.6}}}
}

func newPanel(t *testing.T, p *project) *Panel {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(parts.Theme{Appearance: parts.Light})
	panel := New(p, desk{&p.wish}, parts.Background{})
	w := test.NewTempWindow(t, panel.Content())
	w.Resize(fyne.NewSize(1100, 700))
	panel.Reload()
	return panel
}

func kept() []projects.RunInfo {
	return []projects.RunInfo{{Number: 3, Preset: "best"}, {Number: 2, Preset: "balanced", Main: "macro_f1", Model: "runs/2"}, {Number: 1, Preset: "quick", Main: "macro_f1", Model: "runs/1"}}
}

// What went wrong is said, with a button for what may be done about it.
func TestAVerdictHasARemedy(t *testing.T) {
	for _, c := range []struct {
		verdict run.Verdict
		button  string
		wish    string
	}{
		{run.Underfitting, "Train longer", "remedy of 2"},
		{run.NoisyLabels, "Look for wrong labels", "doctor"},
		{run.AboutRight, "", ""},
	} {
		p := &project{runs: []projects.RunInfo{{Number: 2, Main: "macro_f1", Model: "runs/2", Judged: c.verdict, Verdict: c.verdict.Sentence()}}}
		panel := newPanel(t, p)
		if panel.verdict.Text != c.verdict.Sentence() || panel.verdict.Hidden {
			t.Errorf("%s: it says %q", c.verdict, panel.verdict.Text)
		}
		if c.button == "" {
			if !panel.remedy.Hidden {
				t.Errorf("%s: it offers %q", c.verdict, panel.remedy.Text)
			}
			continue
		}
		test.Tap(panel.remedy)
		if panel.remedy.Text != c.button || p.wish != c.wish {
			t.Errorf("%s: %q did %q", c.verdict, panel.remedy.Text, p.wish)
		}
	}
}

func TestResults(t *testing.T) {
	p := &project{runs: kept()}
	panel := newPanel(t, p)
	if panel.State().Run != 2 || len(panel.runs.Options) != 2 {
		t.Errorf("training %d is shown of %q, want the newest that kept a model", panel.State().Run, panel.runs.Options)
	}
	if got := panel.headline.Text; got != "Right on 18 of 20 rows (90 %)" {
		t.Errorf("the headline reads %q", got)
	}
	if got := panel.labels.cell(0, 0); got != "spam" {
		t.Errorf("the hardest label comes first, not %q", got)
	}
	panel.labels.table.Title(1)
	panel.labels.table.Title(1)
	if got := panel.labels.cell(0, 1); got != "15" {
		t.Errorf("sorted by rows, the most first: %q", got)
	}
	panel.confusion.Tap(1, 0)
	if panel.mistakes.cell(0, 0) != "win" || len(panel.mistakes.shown) != 1 || panel.mistakes.whole.Drawn()[0].Text != "win" {
		t.Errorf("the cell shows %+v", panel.mistakes.shown)
	}
	test.Tap(panel.mistakes.all)
	if len(panel.mistakes.shown) != 2 {
		t.Errorf("all mistakes are %d", len(panel.mistakes.shown))
	}
}

func TestOtherRunOtherRows(t *testing.T) {
	p := &project{runs: kept()}
	panel := newPanel(t, p)
	panel.split.SetSelected("on the validation rows")
	panel.runs.SetSelectedIndex(1)
	if p.asked[len(p.asked)-1] != dataset.Validation || p.numbers[len(p.numbers)-1] != 1 || len(p.asked) != 3 {
		t.Errorf("asked for runs %v on %q", p.numbers, p.asked)
	}
}

func TestNoResults(t *testing.T) {
	panel := newPanel(t, &project{runs: kept()[:1]})
	if panel.body.Visible() || panel.notice.Said().What == "" {
		t.Error("a project without a model shows results, or says nothing")
	}
	panel = newPanel(t, &project{runs: kept(), fails: errors.New("there are no rows for test")})
	if panel.body.Visible() || panel.notice.Said().Tone != parts.Trouble {
		t.Error("results that failed are shown, or not told")
	}
}

func TestComparison(t *testing.T) {
	for name, c := range map[string]struct {
		score, baseline float64
		want            string
	}{
		"better": {0.91, 0.87, "gains 4 points"}, "worse": {0.65, 0.87, "better by 22 points"}, "alike": {0.871, 0.87, "does as well"},
		"as it is written": {0.7051, 0.8149, "reaches 0.81 and is better by 10 points"},
	} {
		t.Run(name, func(t *testing.T) {
			r := projects.Report{Main: "macro_f1", PerClass: report().PerClass, Metrics: map[string]float64{"macro_f1": c.score, "accuracy": 0.9}, Baseline: map[string]float64{"macro_f1": c.baseline}}
			if got := Comparison(r); !strings.Contains(got, c.want) || !strings.Contains(got, "accuracy 0.90") {
				t.Errorf("%q does not say %q", got, c.want)
			}
		})
	}
}

// TestResultsOfEveryShape shows the results of other tasks than classification.
func TestResultsOfEveryShape(t *testing.T) {
	labels := projects.PerClass{{Label: "person", F1: 0.8, Support: 3}}
	for name, c := range map[string]struct {
		report   projects.Report
		headline string
		upper    bool // scores of the labels
		list     string
		parts    []string // texts shown of the first mistake, with their marks
	}{
		"entities": {projects.Report{Rows: 4, Right: 3, Main: "f1", Metrics: map[string]float64{"f1": 0.8, "precision": 1, "recall": 2. / 3}, PerClass: labels, Mistakes: []projects.Mistake{
			{Text: "Monet in Paris", Want: "Monet (person)", Got: "nothing", WantSpans: []dataset.Span{{End: 5, Label: "person"}}, GotSpans: []dataset.Span{}}}},
			"Finds 67 % of what is marked; 100 % of what it finds is right", true, "Mistakes", []string{"Right: Monet (person)", "Answer: "}},
		"answering": {projects.Report{Rows: 4, Right: 3, Main: "f1", Metrics: map[string]float64{"f1": 0.8, "exact_match": 0.7}, Mistakes: []projects.Mistake{
			{Text: "Monet in Paris", Pair: "Where?", Want: "Paris", Got: "Monet", Score: 0.4, WantSpans: []dataset.Span{{Start: 9, End: 14}}, GotSpans: []dataset.Span{{End: 5}, {End: 8}}}}},
			"Right on 3 of 4 rows (75 %)", false, "Mistakes, the surest first", []string{"Question: ", "Passage: Paris (the right answer), Monet (what the model answers)"}},
		"writing": {projects.Report{Rows: 4, Main: "bleu", Metrics: map[string]float64{"bleu": 23.42, "chrf": 48}, Mistakes: []projects.Mistake{{Text: "Hello.", Want: "Bonjour.", Got: "Salut."}}},
			"BLEU 23.4 on 4 rows", false, "What it wrote", []string{": ", "Right: ", "Answer: "}},
		"writing, judged by what is best when low": {projects.Report{Rows: 4, Main: "loss", Metrics: map[string]float64{"loss": 1.5}, Mistakes: []projects.Mistake{{Text: "Hello.", Want: "a", Got: "b"}}},
			"Loss 1.50 on 4 rows", false, "What it wrote", []string{": ", "Right: ", "Answer: "}},
	} {
		t.Run(name, func(t *testing.T) {
			panel := newPanel(t, &project{runs: kept(), report: &c.report})
			if got := panel.headline.Text; got != c.headline {
				t.Errorf("the headline is %q, want %q", got, c.headline)
			}
			if shown := panel.below.Objects[0] == panel.halves; shown != c.upper {
				t.Errorf("scores of labels are shown: %t", shown)
			}
			if got := panel.labels.columns()[1].Title; c.upper && got != "Marked" {
				t.Errorf("what was counted of a label is called %q", got)
			}
			if c.upper && (panel.confusionCard.Visible() || !panel.strengthsCard.Visible()) {
				t.Error("an empty matrix is shown")
			}
			if got := panel.mistakes.title.Text; got != c.list {
				t.Errorf("the list is called %q, want %q", got, c.list)
			}
			var got []string
			for _, p := range panel.mistakes.whole.Drawn() {
				got = append(got, p.Name+": "+parts.Places(p.Text, p.Spans))
			}
			if strings.Join(got, "|") != strings.Join(c.parts, "|") {
				t.Errorf("of the first is shown %q, want %q", got, c.parts)
			}
		})
	}
	none := projects.Report{Rows: 4, Right: 3, Main: "f1", Metrics: map[string]float64{"f1": 0, "precision": 0, "recall": 0}, PerClass: labels}
	if got, want := Headline(none)+". "+Comparison(none), "Finds nothing of what is marked. F1 0.00. All is right in 3 of 4 rows."; got != want {
		t.Errorf("it says %q, want %q", got, want)
	}
	if got := Comparison(projects.Report{Main: "loss", Metrics: map[string]float64{"loss": 1.5}}); !strings.Contains(got, "lower is better") {
		t.Errorf("%q does not say that lower is better", got)
	}
}

// Texts that were only read along are shown once, with how well each was foreseen.
func TestTextsReadAlong(t *testing.T) {
	r := projects.Report{Main: "perplexity", Rows: 2, Metrics: map[string]float64{"perplexity": 20}, Mistakes: []projects.Mistake{
		{Text: "Once upon", Want: "Once upon", Got: "perplexity 40 over 3 pieces", Score: 1}}}
	if got := Comparison(r); got != "Of this score, lower is better." {
		t.Errorf("it says %q", got)
	}
	test.NewTempApp(t).Settings().SetTheme(parts.Theme{Appearance: parts.Light})
	m := newMistakes()
	m.show(r)
	if all := m.columns(); !all[columnWant].Hidden || !all[columnSure].Hidden || all[columnText].Hidden {
		t.Errorf("the columns are %+v", all)
	}
	if whole := m.whole.Drawn(); len(whole) != 2 || whole[1].Name != "How well it is foreseen" || m.columns()[columnGot].Title != whole[1].Name {
		t.Errorf("it is shown as %+v", whole)
	}
	r.Mistakes[0].Want = "Es war"
	if m.show(r); m.columns()[columnWant].Hidden || m.columns()[columnSure].Hidden {
		t.Error("what should have been written is not shown")
	}
}

func TestHowMuchItMayDecideAlone(t *testing.T) {
	var counted projects.Sureness
	for i := range 100 {
		switch {
		case i < 60:
			counted.Add(0.97, true)
		case i < 80:
			counted.Add(0.92, i%2 == 0)
		default:
			counted.Add(0.4, false)
		}
	}
	r := report()
	r.Sureness = counted
	panel := newPanel(t, &project{runs: []projects.RunInfo{{Number: 2, Model: "runs/2"}}, report: &r})
	for _, c := range []struct {
		least float64
		want  string
	}{
		{90, "It is at least 90 % sure of 80 % of the rows, and right on 88 % of those. A person might look at the other 20 %."},
		{95, "It is at least 95 % sure of 60 % of the rows, and right on 100 % of those. A person might look at the other 40 %."},
		{99, "It is never 99 % sure."},
	} {
		panel.sureness.least.SetValue(c.least)
		if got := panel.sureness.says.Text; got != c.want {
			t.Errorf("%g: %s", c.least, got)
		}
	}
	r.Sureness = nil
	panel.Show(State{Report: &r})
	if panel.sureness.content.Visible() {
		t.Error("a model that does not say how sure it is is asked for it")
	}
}

// Whoever comes back finds the training that was chosen, until there is a newer one.
func TestTheChosenTrainingStays(t *testing.T) {
	p := &project{runs: kept()}
	panel := newPanel(t, p)
	panel.runs.SetSelectedIndex(1)
	p.runs = kept()
	panel.Reload()
	if got := panel.State().Run; got != 1 {
		t.Errorf("training %d is shown, though 1 was chosen", got)
	}
	test.Tap(panel.use)
	if p.wish != "use of 1" {
		t.Errorf("asked for the %s", p.wish)
	}
	p.runs = append([]projects.RunInfo{{Number: 4, Main: "macro_f1", Model: "runs/4"}}, kept()...)
	panel.Reload()
	if got := panel.State().Run; got != 4 {
		t.Errorf("training %d is shown, though 4 is new", got)
	}
}
