// Package comparing is the page that sets two trainings beside each other: which labels
// the one tells better than the other, and how sure that is. It scores nothing itself.
package comparing

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"attune/engine/dataset"
	"attune/gui/parts"
	"attune/projects"
)

// Project is what the page needs of a project.
type Project interface {
	Runs(ctx context.Context) ([]projects.RunInfo, error)
	CompareRuns(ctx context.Context, a, b int, split dataset.Split, progress func(projects.Progress)) (projects.RunsCompared, error)
}

// Desk is what the page asks of the window.
type Desk interface{ ShowResults() }

// State is all that the page shows.
type State struct {
	Runs     []projects.RunInfo // that kept a model, newest first
	Before   int                // the number of the one, and of the other
	After    int
	Split    dataset.Split // the rows both are judged on
	Found    *projects.RunsCompared
	Progress *parts.Progress // while the rows are scored
	Trouble  error
}

// Panel is the page.
type Panel struct {
	project Project
	worker  *parts.Worker
	state   State
	showing bool
	labels  []projects.LabelChange // in the order of the table

	title         *parts.Title
	before, after *widget.Select
	split         *parts.SplitChoice
	choices       *fyne.Container
	notice        *parts.Notice
	progress      *parts.ProgressLine
	says, rows    *widget.Label
	scores        *fyne.Container
	table         *parts.Table
	below         *fyne.Container // the labels, with what they are
	body          *fyne.Container
	page          fyne.CanvasObject
}

// New makes the page; Reload fills it.
func New(project Project, desk Desk, place parts.Background) *Panel {
	p := &Panel{project: project, worker: parts.NewWorker(place), notice: parts.NewNotice(), says: parts.Heading(""), rows: parts.Sentence(""), scores: container.NewStack(),
		title: parts.NewTitle("Compare two trainings", "Both models are scored anew on the rows as they are now, labels that were corrected since included.")}
	p.progress = parts.NewProgressLine(p.worker.Cancel)
	chosen := func(string) { p.chosen() }
	p.before, p.after, p.split = widget.NewSelect(nil, chosen), widget.NewSelect(nil, chosen), parts.NewSplitChoice(p.chosen)
	p.table = parts.NewTable([]parts.TableColumn{
		{Title: "Label", Parts: 1, Sort: "label"},
		{Title: "Rows", Width: 64, Right: true, Sort: "rows"},
		{Title: "F1 before", Width: 88, Right: true, Sort: "before"},
		{Title: "F1 after", Width: 80, Right: true, Sort: "after"},
		{Title: "Change", Width: 80, Right: true, Sort: "change"},
		{Title: "Right now", Width: 92, Right: true, Sort: "better"},
		{Title: "Wrong now", Width: 100, Right: true, Sort: "worse"},
		{Title: "How sure", Width: 120, Sort: "sure"},
	}, func() int { return len(p.labels) }, p.cell)
	p.table.OnSorted = p.sort
	p.page = p.layout(widget.NewButton("Back to the results", desk.ShowResults))
	p.Show(State{Split: dataset.Validation})
	return p
}

func (p *Panel) layout(back *widget.Button) fyne.CanvasObject {
	p.says.Wrapping = fyne.TextWrapWord
	choice := func(name string, s fyne.CanvasObject, width float32) fyne.CanvasObject {
		return parts.Column(-parts.Grid/2, widget.NewLabel(name), parts.AtLeast(fyne.NewSize(width, 0), s))
	}
	p.choices = container.NewHBox(choice("Before", p.before, parts.Grid*36), choice("After", p.after, parts.Grid*36), choice("Judged", p.split, parts.Grid*26))
	p.below = container.NewBorder(parts.Column(-parts.Grid, parts.Strong("Label by label"),
		parts.QuietSentence("Right now and wrong now count the rows in which only one of the two is right about the label. A change is sure when so lopsided a count would come by chance once in a hundred times or less often, and likely at one in twenty.")),
		nil, nil, nil, parts.Below(parts.Grid, p.table))
	p.body = container.NewBorder(parts.Column(parts.Grid, parts.Column(-parts.Grid, p.says, p.rows), p.scores), nil, nil, nil, parts.Below(parts.Grid, p.below))
	return parts.Page(p.title, back, container.NewBorder(parts.Column(parts.Grid, p.choices, p.notice, p.progress), nil, nil, nil, parts.Below(parts.Grid, p.body)))
}

// Content gives what the window shows.
func (p *Panel) Content() fyne.CanvasObject { return p.page }

// State gives what is shown now.
func (p *Panel) State() State { return p.state }

// Leave cancels the scoring.
func (p *Panel) Leave() { p.worker.Drop() }

// Reload compares the training with that number with the one before it that kept a
// model, on rows of a split.
func (p *Panel) Reload(after int, split dataset.Split) {
	parts.Start(p.worker, p.project.Runs, func(runs []projects.RunInfo, err error) {
		s := State{Runs: slices.DeleteFunc(runs, func(r projects.RunInfo) bool { return r.Model == "" }), Split: split, Trouble: err}
		if len(s.Runs) > 1 {
			at := min(max(slices.IndexFunc(s.Runs, func(r projects.RunInfo) bool { return r.Number == after }), 0), len(s.Runs)-2)
			s.After, s.Before = s.Runs[at].Number, s.Runs[at+1].Number
		}
		p.compare(s)
	})
}

func (p *Panel) compare(s State) {
	s.Found = nil
	if s.Before == 0 || s.Before == s.After {
		p.Show(s)
		return
	}
	s.Trouble, s.Progress = nil, &parts.Progress{Verb: "Scoring the rows"}
	p.Show(s)
	parts.StartWith(p.worker, func(ctx context.Context, progress func(projects.Progress)) (projects.RunsCompared, error) {
		return p.project.CompareRuns(ctx, s.Before, s.After, s.Split, progress)
	}, func(at projects.Progress) {
		p.progress.Tell(parts.Progress{Verb: at.Verb, Done: at.Done, Total: at.Total, Left: at.Left})
	}, func(found projects.RunsCompared, err error) {
		s.Progress, s.Trouble = nil, err
		if err == nil {
			s.Found = &found
		}
		p.Show(s)
	})
}

// chosen compares what the choices say.
func (p *Panel) chosen() {
	if p.showing {
		return
	}
	s := p.state
	for _, r := range s.Runs {
		title := parts.RunTitle(r)
		if title == p.before.Selected {
			s.Before = r.Number
		}
		if title == p.after.Selected {
			s.After = r.Number
		}
	}
	s.Split = p.split.Split()
	p.compare(s)
}

// Show draws a state.
func (p *Panel) Show(s State) {
	p.showing = true
	defer func() { p.showing = false }()
	p.state = s
	p.showChoices(s)
	p.progress.Rest()
	if s.Progress != nil {
		p.progress.Tell(*s.Progress)
	}
	p.say(s)
	p.body.Hidden = s.Found == nil
	if s.Found != nil {
		p.says.SetText(headline(*s.Found))
		p.rows.SetText(turned(*s.Found))
		p.rows.Hidden = p.rows.Text == ""
		p.scores.Objects = []fyne.CanvasObject{figures(*s.Found)}
		p.labels = slices.Clone(s.Found.Labels)
		p.below.Hidden = len(p.labels) == 0
		p.table.Sorted("", false)
		p.table.Reload()
	}
	p.page.Refresh()
}

func (p *Panel) showChoices(s State) {
	p.choices.Hidden = len(s.Runs) < 2
	p.before.Options, p.after.Options = nil, nil
	for _, r := range s.Runs {
		title := parts.RunTitle(r)
		p.before.Options, p.after.Options = append(p.before.Options, title), append(p.after.Options, title)
		if r.Number == s.Before {
			p.before.SetSelected(title)
		}
		if r.Number == s.After {
			p.after.SetSelected(title)
		}
	}
	p.split.Choose(s.Split)
}

func (p *Panel) say(s State) {
	switch {
	case errors.Is(s.Trouble, context.Canceled):
		p.notice.Say(parts.Message{What: "Cancelled."}, widget.NewButton("Compare them", func() { p.compare(p.state) }))
	case s.Trouble != nil:
		p.notice.Say(parts.MessageOf(s.Trouble, "The models are safe."))
	case len(s.Runs) < 2 && s.Progress == nil:
		p.notice.Say(parts.Message{What: "It takes two trainings to compare.", Way: "Train once more, with other settings or after labels were corrected."})
	case s.Before == s.After:
		p.notice.Say(parts.Message{What: "Both are the same training.", Way: "Choose another one to compare it with."})
	default:
		p.notice.Hush()
	}
}

// headline says which is better by the deciding score, and how sure that is where rows
// were counted.
func headline(c projects.RunsCompared) string {
	for _, s := range c.Scores {
		if s.Name != c.Main {
			continue
		}
		gain := s.B - s.A
		if projects.LowerIsBetter(s.Name) {
			gain = -gain
		}
		text := fmt.Sprintf("Training %d is better than training %d", c.B, c.A)
		switch {
		case gain < 0:
			text = fmt.Sprintf("Training %d is worse than training %d", c.B, c.A)
		case gain == 0:
			return fmt.Sprintf("Training %d is as good as training %d", c.B, c.A)
		}
		if c.Better+c.Worse == 0 {
			return text
		}
		return text + map[bool]string{true: ": " + c.Sure(), false: ", which may be chance"}[c.Believed()]
	}
	return "The two trainings have no score in common"
}

// turned says how many rows only one of them answers rightly.
func turned(c projects.RunsCompared) string {
	if c.Better+c.Worse == 0 {
		return ""
	}
	return fmt.Sprintf("Of %s, %s right only after and %s right only before.", parts.Counted(c.Rows, "row", "rows"), verb(c.Better), verb(c.Worse))
}

func verb(n int) string {
	if n == 1 {
		return "1 is"
	}
	return parts.Count(n) + " are"
}

// mostFigures bounds the scores that are shown beside each other.
const mostFigures = 4

// figures shows the scores of both, the deciding one first.
func figures(c projects.RunsCompared) fyne.CanvasObject {
	scores := slices.Clone(c.Scores)
	slices.SortStableFunc(scores, func(a, b projects.ScoreChange) int {
		return cmp.Compare(rank(b.Name, c.Main), rank(a.Name, c.Main))
	})
	line := parts.Evenly(parts.Grid)
	for _, s := range scores[:min(len(scores), mostFigures)] {
		f := parts.NewFigure(parts.Capital(parts.MetricName(s.Name)))
		f.Tell(parts.Fine(s.B), "before "+parts.Fine(s.A))
		line.Add(f)
	}
	return line
}

// rank puts the deciding score before all others, and the loss behind them.
func rank(name, main string) int {
	switch name {
	case main:
		return 1
	case projects.Loss:
		return -1
	}
	return 0
}

func (p *Panel) sort(column string, descending bool) {
	slices.SortStableFunc(p.labels, func(a, b projects.LabelChange) int {
		order := map[string]int{
			"label": cmp.Compare(a.Label, b.Label), "rows": cmp.Compare(a.Support, b.Support), "before": cmp.Compare(a.A, b.A), "after": cmp.Compare(a.B, b.B),
			"change": cmp.Compare(a.B-a.A, b.B-b.A), "better": cmp.Compare(a.Better, b.Better), "worse": cmp.Compare(a.Worse, b.Worse), "sure": cmp.Compare(a.Chance, b.Chance),
		}[column]
		if descending {
			return -order
		}
		return order
	})
	p.table.Reload()
}

func (p *Panel) cell(row, column int) string {
	l := p.labels[row]
	return [...]func() string{
		func() string { return l.Label },
		func() string { return parts.Count(l.Support) },
		func() string { return parts.Score(l.A) },
		func() string { return parts.Score(l.B) },
		func() string { return signed(l.B - l.A) },
		func() string { return parts.Count(l.Better) },
		func() string { return parts.Count(l.Worse) },
		func() string { return l.Sure() },
	}[column]()
}

// signed writes a change with its direction.
func signed(x float64) string {
	if math.Abs(x) < 0.005 {
		return "0"
	}
	return fmt.Sprintf("%+.2f", x)
}
