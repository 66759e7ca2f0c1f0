// Package evaluation is the page of results: how good a model is, beside the
// baseline; label by label; and the rows it gets wrong. It scores nothing
// itself.
package evaluation

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"attune/engine/dataset"
	"attune/gui/parts"
	"attune/projects"
)

// Project is what the page needs of a project.
type Project interface {
	Runs(ctx context.Context) ([]projects.RunInfo, error)
	Evaluate(ctx context.Context, number int, split dataset.Split, progress func(projects.Progress)) (projects.Report, error)
	LastCrossValidation(ctx context.Context) (c projects.CrossValidation, ok bool, err error)
}

// Desk is what the page asks of the window.
type Desk interface {
	ShowTraining()
	ShowDoctor()
	Compare(run int, split dataset.Split) // with another training, on these rows
	Shrink(run int)                       // into smaller students; of a student its teacher
	Use(run int)                          // its model: answer files with it, or export it
	Remedy(run int)                       // plans the next training as the verdict on this one advises
}

// State is all that the page shows.
type State struct {
	Runs     []projects.RunInfo // newest first
	Run      int                // the chosen one
	Split    dataset.Split      // the rows it is judged on
	Report   *projects.Report
	Steady   *projects.CrossValidation // how far such a score scatters; nil where nobody found out
	Progress *parts.Progress           // while the rows are scored
	Trouble  error
}

// Panel is the page.
type Panel struct {
	project Project
	desk    Desk
	worker  *parts.Worker
	state   State
	showing bool

	title         *parts.Title
	runs          *widget.Select
	split         *parts.SplitChoice
	compare       *widget.Button
	shrink, use   *widget.Button
	notice        *parts.Notice
	progress      *parts.ProgressLine
	headline      *widget.Label
	comparison    *widget.Label
	verdict       *widget.Label
	remedy        *widget.Button
	sureness      *sureness
	labels        *labels
	confusion     *parts.Confusion
	confusionCard *parts.Card
	strengths     *parts.Bars // of the labels, where there is no matrix
	strengthsCard *parts.Card
	mistakes      *mistakes
	upper, lower  *fyne.Container // scores of the labels, and mistakes
	halves        *container.Split
	below         *fyne.Container // the halves, or the mistakes alone
	body          *fyne.Container
	page          fyne.CanvasObject
}

// How high the upper half is at first: less where mistakes have more to show.
const (
	halfForLabels = 0.6
	halfForPlaces = 0.45
)

// New makes the page; Reload fills it.
func New(project Project, desk Desk, place parts.Background) *Panel {
	p := &Panel{project: project, desk: desk, worker: parts.NewWorker(place), notice: parts.NewNotice(),
		title: parts.NewTitle("Results", ""), headline: parts.Heading(""), comparison: parts.Sentence(""), sureness: newSureness(), labels: newLabels(),
		confusion: parts.NewConfusion(), strengths: parts.NewBars(false, nil), mistakes: newMistakes()}
	p.verdict, p.remedy = parts.Sentence(""), widget.NewButton("", p.mend)
	p.shrink = widget.NewButton("Make it smaller", func() { desk.Shrink(cmp.Or(p.state.chosen().Teacher(), p.state.Run)) })
	p.use = widget.NewButton("Use it", func() { desk.Use(p.state.Run) })
	p.compare = widget.NewButton("Compare", func() { desk.Compare(p.state.Run, p.state.Split) })
	p.progress = parts.NewProgressLine(p.worker.Cancel)
	p.runs = widget.NewSelect(nil, func(string) { p.chosen() })
	p.split = parts.NewSplitChoice(p.chosen)
	p.headline.Wrapping = fyne.TextWrapWord
	p.confusion.OnTapped = func(want, got string) { p.mistakes.only(want, got) }
	p.page = p.layout()
	p.Show(State{Split: dataset.Test})
	return p
}

// Leave cancels the scoring.
func (p *Panel) Leave() { p.worker.Drop() }

// Content gives what the window shows.
func (p *Panel) Content() fyne.CanvasObject { return p.page }

// State gives what is shown now.
func (p *Panel) State() State { return p.state }

func (p *Panel) layout() fyne.CanvasObject {
	perLabel := parts.NewCard(container.NewBorder(parts.Strong("Label by label"), nil, nil, nil, p.labels.table))
	p.confusionCard = parts.NewCard(container.NewBorder(parts.Column(-parts.Grid, parts.Strong("What is taken for what"),
		parts.QuietSentence("A row for each right label, a column for each answer. Tap a cell to see its mistakes.")), nil, nil, nil, p.confusion))
	p.strengthsCard = parts.NewCard(container.NewBorder(parts.Column(-parts.Grid, parts.Strong("How well each label is told"),
		parts.QuietSentence("F1: high when few are missed and few are answered wrongly.")), nil, nil, nil,
		container.NewVScroll(parts.Inset(parts.Grid, p.strengths))))
	p.upper = parts.Evenly(parts.Grid*2, perLabel, p.confusionCard, p.strengthsCard)
	p.lower = container.New(layout.NewCustomPaddedLayout(parts.Grid, 0, 0, 0), p.mistakes.content)
	p.halves = container.NewVSplit(p.upper, p.lower)
	p.halves.Offset = halfForLabels
	p.below = container.NewStack(p.halves)
	onwards := container.NewCenter(container.NewHBox(p.use, p.shrink, p.compare))
	head := parts.Column(-parts.Grid, container.NewBorder(nil, nil, nil, onwards, p.headline), p.comparison, p.sureness.content, container.NewBorder(nil, nil, nil, container.NewCenter(p.remedy), p.verdict))
	p.body = container.New(layout.NewBorderLayout(head, nil, nil, nil), head,
		container.New(layout.NewCustomPaddedLayout(parts.Grid, 0, 0, 0), p.below))
	choices := container.NewHBox(parts.AtLeast(fyne.NewSize(parts.Grid*32, 0), p.runs), parts.AtLeast(fyne.NewSize(parts.Grid*24, 0), p.split))
	return parts.Page(p.title, choices, container.NewBorder(parts.Over(parts.Grid, p.notice, p.progress), nil, nil, nil, p.body))
}

// Reload shows the newest training that kept a model, or the one that was chosen when none
// is newer than before.
func (p *Panel) Reload() {
	type found struct {
		runs   []projects.RunInfo
		steady *projects.CrossValidation
	}
	parts.Start(p.worker, func(ctx context.Context) (f found, err error) {
		if f.runs, err = p.project.Runs(ctx); err != nil {
			return f, err
		}
		c, ok, err := p.project.LastCrossValidation(ctx)
		if ok {
			f.steady = &c
		}
		return f, err
	}, func(f found, err error) {
		kept := slices.DeleteFunc(f.runs, func(r projects.RunInfo) bool { return r.Model == "" })
		s := State{Runs: kept, Split: p.state.Split, Steady: f.steady, Trouble: err}
		if len(kept) > 0 {
			s.Run = kept[0].Number
			if seen := p.state.Runs; len(seen) > 0 && seen[0].Number == s.Run {
				s.Run = p.state.Run
			}
		}
		p.evaluate(s)
	})
}

// evaluate scores the chosen model on the chosen rows.
func (p *Panel) evaluate(s State) {
	if s.Run == 0 {
		p.Show(s)
		return
	}
	s.Report, s.Trouble = nil, nil
	s.Progress = &parts.Progress{Verb: "Scoring the rows"}
	p.Show(s)
	parts.StartWith(p.worker, func(ctx context.Context, progress func(projects.Progress)) (projects.Report, error) {
		return p.project.Evaluate(ctx, s.Run, s.Split, progress)
	}, func(at projects.Progress) {
		p.progress.Tell(parts.Progress{Verb: at.Verb, Done: at.Done, Total: at.Total, Left: at.Left})
	}, func(report projects.Report, err error) {
		s.Progress, s.Report, s.Trouble = nil, &report, err
		if err != nil {
			s.Report = nil
		}
		p.Show(s)
	})
}

// chosen evaluates what the choices say.
func (p *Panel) chosen() {
	if p.showing {
		return
	}
	s := p.state
	for _, r := range s.Runs {
		if parts.RunTitle(r) == p.runs.Selected {
			s.Run = r.Number
		}
	}
	s.Split = p.split.Split()
	p.evaluate(s)
}

// Show draws a state.
func (p *Panel) Show(s State) {
	p.showing = true
	defer func() { p.showing = false }()
	p.state = s
	p.title.Say("How good the model is, on rows that it has not learned from." + looks(s.Report))
	p.showChoices(s)
	p.progress.Rest()
	if s.Progress != nil {
		p.progress.Tell(*s.Progress)
	}
	p.say(s)
	p.body.Hidden = s.Report == nil
	if s.Report != nil {
		p.headline.SetText(Headline(*s.Report))
		p.comparison.SetText(strings.TrimSpace(Comparison(*s.Report) + " " + steadiness(*s.Report, s.Steady)))
		p.sureness.show(s.Report.Sureness)
		p.advise(s.chosen())
		p.showLabels(*s.Report)
		p.mistakes.show(*s.Report)
	}
	p.page.Refresh()
}

// showLabels shows what there is label by label; a task without labels leaves its room to
// the mistakes.
func (p *Panel) showLabels(r projects.Report) {
	if len(r.PerClass) == 0 {
		p.below.Objects = []fyne.CanvasObject{p.lower}
		return
	}
	p.below.Objects = []fyne.CanvasObject{p.halves}
	p.labels.show(r)
	p.confusion.Draw(parts.Matrix(r.Confusion))
	if matrix := len(r.Confusion.Labels) > 0; matrix == p.confusionCard.Hidden { // another task than before
		p.halves.Offset = halfForPlaces
		if matrix {
			p.halves.Offset = halfForLabels
		}
	}
	p.confusionCard.Hidden = len(r.Confusion.Labels) == 0
	p.strengthsCard.Hidden = !p.confusionCard.Hidden
	var bars []parts.Bar
	for _, c := range p.labels.scores {
		bars = append(bars, parts.Bar{Name: c.Label, Share: c.F1, Words: parts.Score(c.F1)})
	}
	p.strengths.Draw(bars)
}

func (p *Panel) showChoices(s State) {
	none := len(s.Runs) == 0
	p.runs.Hidden, p.split.Hidden, p.compare.Hidden = none, none, len(s.Runs) < 2
	p.runs.Options = nil
	for _, r := range s.Runs {
		p.runs.Options = append(p.runs.Options, parts.RunTitle(r))
		if r.Number == s.Run {
			p.runs.SetSelected(parts.RunTitle(r))
		}
	}
	p.split.Choose(s.Split)
}

func (p *Panel) say(s State) {
	switch {
	case errors.Is(s.Trouble, context.Canceled):
		p.notice.Say(parts.Message{What: "Cancelled."}, widget.NewButton("Score the rows", func() { p.evaluate(p.state) }))
	case s.Trouble != nil:
		p.notice.Say(parts.MessageOf(s.Trouble, "The model is safe."))
	case len(s.Runs) == 0 && s.Progress == nil:
		p.notice.Say(parts.Message{What: "There are no results yet."}, parts.Primary("Go to the training", p.desk.ShowTraining))
	default:
		p.notice.Hush()
	}
}

// chosen is the training that is shown.
func (s State) chosen() projects.RunInfo {
	for _, r := range s.Runs {
		if r.Number == s.Run {
			return r
		}
	}
	return projects.RunInfo{}
}

// advise says how the training went, and what may be done about it.
func (p *Panel) advise(r projects.RunInfo) {
	p.verdict.SetText(r.Verdict)
	p.verdict.Hidden = r.Verdict == ""
	remedy, ok := r.Remedy()
	p.remedy.SetText(remedy.Title)
	p.remedy.Hidden = !ok
}

// mend does what the verdict advises.
func (p *Panel) mend() {
	r := p.state.chosen()
	switch remedy, ok := r.Remedy(); {
	case !ok:
	case remedy.Doctor:
		p.desk.ShowDoctor()
	default:
		p.desk.Remedy(r.Number)
	}
}

// Headline says in a sentence how often a model is right. Where places are marked that is
// how many of them it finds, for most rows may have none; where texts are written and many
// are as good as the one that is there, what it scores.
func Headline(r projects.Report) string {
	rows := parts.Counted(r.Rows, "row", "rows")
	if written(r) {
		return fmt.Sprintf("%s %s on %s", parts.Capital(parts.MetricName(r.Main)), parts.Score(r.Metrics[r.Main]), rows)
	}
	if precision, recall, ok := marked(r); ok && recall > 0 {
		return fmt.Sprintf("Finds %s of what is marked; %s of what it finds is right", parts.Percent(recall), parts.Percent(precision))
	} else if ok {
		return "Finds nothing of what is marked"
	}
	return fmt.Sprintf("Right on %s of %s (%s)", parts.Count(r.Right), rows, parts.Percent(float64(r.Right)/float64(max(r.Rows, 1))))
}

// marked gives which share of its marks are right, and which share of the right marks it
// finds, for a task that marks places with labels.
func marked(r projects.Report) (precision, recall float64, ok bool) {
	precision, ok = r.Metrics["precision"]
	recall, both := r.Metrics["recall"]
	return precision, recall, ok && both
}

// written tells whether texts were written: there are no labels, and no places.
func written(r projects.Report) bool {
	return len(r.PerClass) == 0 && !slices.ContainsFunc(r.Mistakes, func(m projects.Mistake) bool { return m.WantSpans != nil || m.GotSpans != nil })
}

// Comparison sets the deciding score beside the baseline's, and names the other
// scores.
func Comparison(r projects.Report) string {
	score, ok := r.Metrics[r.Main]
	baseline, beside := r.Baseline[r.Main]
	text := fmt.Sprintf("%s %s", parts.Capital(parts.MetricName(r.Main)), parts.Score(score))
	points := math.Round(100*score) - math.Round(100*baseline) // as they are written
	if projects.LowerIsBetter(r.Main) {
		text += " (lower is better)"
		points = -points
	}
	switch {
	case !ok:
		text = ""
	case written(r): // as the headline says
		text = ""
		if projects.LowerIsBetter(r.Main) {
			text = "Of this score, lower is better."
		}
	case !beside:
		text += "."
	case points > 0:
		text += fmt.Sprintf("; the baseline, which looks at words alone, reaches %s: the model gains %s.", parts.Score(baseline), pointsOf(points))
	case points < 0:
		text += fmt.Sprintf("; the baseline, which looks at words alone, reaches %s and is better by %s: more rows or a more thorough training may help.", parts.Score(baseline), pointsOf(-points))
	default:
		text += "; the baseline, which looks at words alone, does as well."
	}
	_, _, places := marked(r)
	if places {
		text += fmt.Sprintf(" All is right in %s of %s.", parts.Count(r.Right), parts.Counted(r.Rows, "row", "rows"))
	}
	var others []string
	for name, x := range r.Metrics {
		if name != r.Main && name != projects.Loss && (!places || name != "precision" && name != "recall") {
			others = append(others, parts.MetricName(name)+" "+parts.Score(x))
		}
	}
	slices.Sort(others)
	if len(others) == 0 {
		return text
	}
	return strings.TrimSpace(text + " Also: " + strings.Join(others, ", ") + ".")
}

// steadiness says what the same score was where parts of the rows took turns.
func steadiness(r projects.Report, c *projects.CrossValidation) string {
	if c == nil {
		return ""
	}
	score, ok := c.Scores[r.Main]
	if !ok {
		return ""
	}
	return fmt.Sprintf("In %d trainings (%s, %s) checked on parts that took turns, %s was %s, give or take %s.",
		len(c.Folds), filepath.Base(c.Base), c.Preset, parts.MetricName(r.Main), parts.Fine(score.Mean), parts.Fine(score.Spread))
}

func pointsOf(points float64) string {
	return parts.Counted(int(points), "point", "points")
}

// looks tells how often test rows were looked at.
func looks(r *projects.Report) string {
	if r == nil || r.TestSet == nil {
		return ""
	}
	return " " + r.TestSet.Sentence()
}
