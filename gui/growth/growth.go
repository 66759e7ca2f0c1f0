// Package growth is the page that answers whether more rows would make the model
// better: how well small parts of the rows do, and what that foretells. It foretells
// nothing itself.
package growth

import (
	"context"
	"errors"
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"attune/gui/parts"
	"attune/projects"
)

// Project is what the page needs of a project.
type Project interface {
	LearningCurve() parts.Work[projects.Progress, projects.LearningCurve] // with what the base that is chosen now makes of the texts
}

// Desk is what the page asks of the window.
type Desk interface{ ShowExamples() }

// State is all that the page shows.
type State struct {
	Curve    *projects.LearningCurve
	Progress *parts.Progress // while it is found out
	Trouble  error
}

// Panel is the page.
type Panel struct {
	project Project
	worker  *parts.Worker
	state   State

	title    *parts.Title
	begin    *widget.Button
	notice   *parts.Notice
	progress *parts.ProgressLine
	says     *widget.Label
	how      *widget.Label
	chart    *parts.LineChart
	first    *fyne.Container // what it is good for, before it is found out
	body     *fyne.Container
	page     fyne.CanvasObject
}

// New makes the page, with nothing found out.
func New(project Project, desk Desk, place parts.Background) *Panel {
	p := &Panel{project: project, worker: parts.NewWorker(place), notice: parts.NewNotice(), says: parts.Sentence(""), how: parts.QuietSentence(""),
		title: parts.NewTitle("Would more rows help?", "Learns from 10, 20, 40 and 80 % of the training rows, and foretells the rest. Nothing of it is kept.")}
	p.says.TextStyle.Bold = true
	p.begin = parts.Primary("Find out", p.Begin)
	p.progress = parts.NewProgressLine(p.worker.Cancel)
	p.chart = parts.NewLineChart("", "")
	p.first = container.NewVBox(parts.NewCard(parts.Sentence("Before you label more rows: this tells what twice and five times as many would bring, and how sure that is. A simple learner stands for the model, so it takes a minute or two and not hours. The test rows are not looked at.")))
	p.body = container.NewBorder(parts.Column(-parts.Grid, p.says, p.how), nil, nil, nil, parts.Below(parts.Grid, parts.NewCard(parts.Inset(parts.Grid, p.chart))))
	p.page = parts.Page(p.title, container.NewHBox(widget.NewButton("Back to the rows", desk.ShowExamples), p.begin),
		container.NewBorder(parts.Over(parts.Grid, p.notice, p.progress), nil, nil, nil, container.NewStack(p.first, p.body)))
	p.Show(State{})
	return p
}

// Content gives what the window shows.
func (p *Panel) Content() fyne.CanvasObject { return p.page }

// State gives what is shown now.
func (p *Panel) State() State { return p.state }

// Leave cancels what is being found out.
func (p *Panel) Leave() { p.worker.Drop() }

// Forget empties the page: the rows have changed.
func (p *Panel) Forget() {
	if p.state.Progress == nil {
		p.Show(State{})
	}
}

// Begin finds out.
func (p *Panel) Begin() {
	p.Show(State{Progress: &parts.Progress{Verb: "Reading the rows"}})
	parts.StartWith(p.worker, p.project.LearningCurve(), func(at projects.Progress) {
		p.state.Progress = &parts.Progress{Verb: at.Verb, Done: at.Done, Total: at.Total, Left: at.Left}
		p.progress.Tell(*p.state.Progress)
	}, func(curve projects.LearningCurve, err error) {
		if err != nil {
			p.Show(State{Trouble: err})
			return
		}
		p.Show(State{Curve: &curve})
	})
}

// Show draws a state.
func (p *Panel) Show(s State) {
	p.state = s
	p.begin.Hidden = s.Progress != nil
	p.progress.Rest()
	if s.Progress != nil {
		p.progress.Tell(*s.Progress)
	}
	switch {
	case errors.Is(s.Trouble, context.Canceled):
		p.notice.Say(parts.Message{What: "Cancelled."})
	case s.Trouble != nil:
		p.notice.Say(parts.MessageOf(s.Trouble, "Your rows and models are as they were."))
	default:
		p.notice.Hush()
	}
	p.body.Hidden = s.Curve == nil
	p.first.Hidden = s.Curve != nil || s.Progress != nil
	p.begin.SetText("Find out")
	if s.Curve != nil {
		p.begin.SetText("Find out again")
		p.says.SetText(s.Curve.Sentence)
		p.how.SetText(fmt.Sprintf("Learned by %s, scored on %s. Nine in ten times the score is between the outer lines.",
			s.Curve.Learner, parts.Counted(s.Curve.Checked, "validation row", "validation rows")))
		p.chart.Draw(chartOf(*s.Curve))
	}
	p.page.Refresh()
}

// chartOf draws what was scored, and from there on what is foretold.
func chartOf(c projects.LearningCurve) parts.Chart {
	tried := parts.Series{Name: "tried", Color: parts.ColorNameTraining, Points: means(c.Points)}
	likely := parts.Series{Name: "foretold", Color: parts.ColorNameValidation}
	low, high := parts.Series{Name: "at worst", Color: parts.ColorNameQuiet}, parts.Series{Name: "at best", Color: parts.ColorNameQuiet}
	if n := len(tried.Points); n > 0 {
		last := tried.Points[n-1]
		for _, s := range []*parts.Series{&likely, &low, &high} {
			s.Points = append(s.Points, last)
		}
	}
	for _, f := range c.Foretold {
		x := float64(f.Rows)
		likely.Points = append(likely.Points, parts.XY{X: x, Y: f.Score})
		low.Points = append(low.Points, parts.XY{X: x, Y: f.Low})
		high.Points = append(high.Points, parts.XY{X: x, Y: f.High})
	}
	return parts.Chart{Title: parts.Capital(parts.MetricName(c.Metric)), Across: "rows", Series: []parts.Series{tried, likely, low, high}}
}

// means gives the mean score of those that learned from as many rows, in their order.
func means(points []projects.CurvePoint) (all []parts.XY) {
	for i := 0; i < len(points); {
		sum, n := 0.0, 0
		for rows := points[i].Rows; i < len(points) && points[i].Rows == rows; i++ {
			sum += points[i].Score
			n++
		}
		all = append(all, parts.XY{X: float64(points[i-1].Rows), Y: sum / float64(n)})
	}
	return all
}
