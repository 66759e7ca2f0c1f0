// Package shrinking is the page that makes a model smaller: it sets the students of a
// model beside it, with what each costs and what it saves, and plans another. It scores
// nothing itself.
package shrinking

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"attune/engine/dataset"
	"attune/gui/parts"
	"attune/projects"
)

// Project is what the page needs of a project.
type Project interface {
	Shrunk(ctx context.Context, teacher int, split dataset.Split, progress func(projects.Progress)) (projects.Shrunk, error)
}

// Desk is what the page asks of the window.
type Desk interface {
	ShowResults()
	Student(teacher, layers int) // plans the training of a student with so many layers
}

// State is all that the page shows.
type State struct {
	Teacher  int
	Found    *projects.Shrunk
	Progress *parts.Progress // while the models are scored
	Trouble  error
}

// Panel is the page.
type Panel struct {
	project Project
	desk    Desk
	worker  *parts.Worker
	state   State

	title    *parts.Title
	plans    *fyne.Container // a button for each student that can be trained
	notice   *parts.Notice
	progress *parts.ProgressLine
	says     *widget.Label
	table    *parts.Table
	body     *fyne.Container
	page     fyne.CanvasObject
}

// New makes the page; Reload fills it.
func New(project Project, desk Desk, place parts.Background) *Panel {
	p := &Panel{project: project, desk: desk, worker: parts.NewWorker(place), notice: parts.NewNotice(), says: parts.Heading(""), plans: container.NewHBox(),
		title: parts.NewTitle("Make a model smaller", "A student has fewer layers and learns what the model thinks of every text. It is faster and takes less room; here you see what that costs.")}
	p.progress = parts.NewProgressLine(p.worker.Cancel)
	p.says.Wrapping = fyne.TextWrapWord
	p.table = parts.NewTable([]parts.TableColumn{
		{Title: "Model", Width: 136},
		{Title: "Layers", Width: 80, Right: true},
		{Title: "Size", Width: 96, Right: true},
		{Title: "Rows a second", Width: 136, Right: true},
		{Title: "Score", Width: 88, Right: true},
		{Title: "Labels that got worse", Parts: 1},
	}, func() int { return len(p.models()) }, p.cell)
	p.body = container.NewBorder(p.says, nil, nil, nil, parts.Below(parts.Grid, p.table))
	p.page = parts.Page(p.title, container.NewHBox(widget.NewButton("Back to the results", desk.ShowResults), p.plans),
		container.NewBorder(parts.Column(parts.Grid, p.notice, p.progress), nil, nil, nil, p.body))
	p.Show(State{})
	return p
}

// Content gives what the window shows.
func (p *Panel) Content() fyne.CanvasObject { return p.page }

// State gives what is shown now.
func (p *Panel) State() State { return p.state }

// Leave cancels the scoring.
func (p *Panel) Leave() { p.worker.Drop() }

// Reload scores and times a training's model and its students, on the validation rows:
// choosing among students must not use the test rows up.
func (p *Panel) Reload(teacher int) {
	p.Show(State{Teacher: teacher, Progress: &parts.Progress{Verb: "Scoring the rows"}})
	parts.StartWith(p.worker, func(ctx context.Context, progress func(projects.Progress)) (projects.Shrunk, error) {
		return p.project.Shrunk(ctx, teacher, dataset.Validation, progress)
	}, func(at projects.Progress) {
		p.progress.Tell(parts.Progress{Verb: at.Verb, Done: at.Done, Total: at.Total, Left: at.Left})
	}, func(found projects.Shrunk, err error) {
		s := State{Teacher: teacher, Trouble: err}
		if err == nil {
			s.Found = &found
		}
		p.Show(s)
	})
}

// Show draws a state.
func (p *Panel) Show(s State) {
	p.state = s
	p.progress.Rest()
	if s.Progress != nil {
		p.progress.Tell(*s.Progress)
	}
	switch {
	case errors.Is(s.Trouble, context.Canceled):
		p.notice.Say(parts.Message{What: "Cancelled."}, widget.NewButton("Score the rows", func() { p.Reload(s.Teacher) }))
	case s.Trouble != nil:
		p.notice.Say(parts.MessageOf(s.Trouble, "The models are safe."))
	default:
		p.notice.Hush()
	}
	p.body.Hidden = s.Found == nil
	p.plans.Objects = nil
	if s.Found != nil {
		p.says.SetText(sentence(*s.Found))
		for _, layers := range offers(*s.Found) {
			p.plans.Add(parts.Primary("Train one with "+parts.Counted(layers, "layer", "layers"), func() { p.desk.Student(s.Teacher, layers) }))
		}
	}
	p.table.Reload()
	p.page.Refresh()
}

func (p *Panel) models() []projects.Sized {
	if p.state.Found == nil {
		return nil
	}
	return p.state.Found.Models
}

func (p *Panel) cell(row, column int) string {
	m := p.models()[row]
	name := fmt.Sprintf("Training %d", m.Run)
	return []string{name, parts.Count(m.Layers), parts.Bytes(m.Bytes), parts.Count(int(m.Speed)), parts.Fine(m.Score), worse(m, row == 0)}[column]
}

// mostWorse is how many labels that got worse are named.
const mostWorse = 3

// worse names the labels that a student tells less well.
func worse(m projects.Sized, teacher bool) string {
	if teacher {
		return ""
	}
	if len(m.Worse) == 0 {
		return "none"
	}
	var labels []string
	for _, l := range m.Worse[:min(mostWorse, len(m.Worse))] {
		labels = append(labels, fmt.Sprintf("%s (%s)", l.Label, parts.Fine(l.B-l.A)))
	}
	if more := len(m.Worse) - len(labels); more > 0 {
		labels = append(labels, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(labels, ", ")
}

// sentence says what the best bargain is: the smallest student that keeps 97 of 100 parts
// of the score, which is what DistilBERT kept of BERT's (Sanh et al. 2019).
func sentence(r projects.Shrunk) string {
	teacher, students := r.Models[0], r.Models[1:]
	if len(students) == 0 {
		return "There are no students yet."
	}
	name := parts.MetricName(r.Main)
	for i := len(students) - 1; i >= 0; i-- {
		s := students[i]
		if s.Score >= kept*teacher.Score {
			return fmt.Sprintf("Training %d keeps %s of the %s with %d of %d layers, %.1f times as fast.", s.Run,
				parts.Percent(min(s.Score/teacher.Score, 1)), name, s.Layers, teacher.Layers, s.Speed/teacher.Speed)
		}
	}
	best := students[0]
	for _, s := range students {
		if s.Score > best.Score {
			best = s
		}
	}
	return fmt.Sprintf("No student keeps 97 %% of the %s; training %d comes nearest with %s.", name, best.Run, parts.Percent(best.Score/teacher.Score))
}

const kept = 0.97

// offers gives the numbers of layers that are worth a try and have no student yet: a half
// and a quarter of the teacher's.
func offers(r projects.Shrunk) []int {
	var all []int
	for _, share := range []int{2, 4} {
		layers := max(1, r.Models[0].Layers/share)
		known := layers >= r.Models[0].Layers || len(all) > 0 && all[len(all)-1] == layers
		for _, m := range r.Models[1:] {
			known = known || m.Layers == layers
		}
		if !known {
			all = append(all, layers)
		}
	}
	return all
}
