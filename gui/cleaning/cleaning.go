// Package cleaning is the page where steps of cleaning are chosen and set, tried on
// the project's rows, and applied to all of them. It knows no step by name.
package cleaning

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"attune/gui/parts"
	"attune/projects"
)

// Project is what the page needs of a project.
type Project interface {
	Overview(ctx context.Context) (projects.Overview, error)
	Cleaning(ctx context.Context) (*projects.Cleaning, error)
	PreviewCleaning(ctx context.Context, c *projects.Cleaning, limit int, progress func(projects.Progress)) (projects.CleaningPreview, error)
	Clean(ctx context.Context, c *projects.Cleaning, progress func(projects.Progress)) (projects.Cleaned, error)
	Undo(ctx context.Context) (string, error)
}

// Desk is what the page asks of the window.
type Desk interface {
	DataChanged() // the project has other rows than before
	ShowImport()
}

// State is all that the page shows.
type State struct {
	Rows     int
	CanUndo  bool               // the last change of the rows was a cleaning
	Applied  *projects.Cleaning // what holds
	Draft    *projects.Cleaning // what the user has chosen
	Preview  *projects.CleaningPreview
	Progress *parts.Progress // of a preview or of the applying
	Applying bool
	Notice   *parts.Message
}

// Panel is the page.
type Panel struct {
	project Project
	desk    Desk
	loader  *parts.Worker
	trier   *parts.Worker // tries the draft: the next try cancels the one before
	changer *parts.Worker
	state   State

	title       *parts.Title
	apply, back *widget.Button
	notice      *parts.Notice
	progress    *parts.ProgressLine
	steps       *steps
	samples     *samples
	empty       *fyne.Container
	filled      *fyne.Container
	page        fyne.CanvasObject
}

const (
	pause     = 300 * time.Millisecond // after a change, before it is tried
	mostShown = 12                     // rows of a preview
)

// New makes the page; Reload fills it.
func New(project Project, desk Desk, place parts.Background) *Panel {
	p := &Panel{project: project, desk: desk, loader: parts.NewWorker(place), trier: parts.NewWorker(place), changer: parts.NewWorker(place),
		title: parts.NewTitle("Clean", ""), notice: parts.NewNotice(), samples: newSamples()}
	p.apply = parts.Primary("Apply to all rows", p.Apply)
	p.back = widget.NewButton("Discard changes", p.discard)
	p.progress = parts.NewProgressLine(p.stop)
	p.steps = newSteps(p.changed)
	p.page = p.layout()
	p.Show(State{})
	return p
}

// Content gives what the window shows.
func (p *Panel) Content() fyne.CanvasObject { return p.page }

// State gives what is shown now.
func (p *Panel) State() State { return p.state }

// Leave drops what is under way.
func (p *Panel) Leave() {
	p.loader.Drop()
	p.trier.Drop()
	p.changer.Drop()
}

func (p *Panel) layout() fyne.CanvasObject {
	left := parts.AtLeast(fyne.NewSize(parts.Grid*52, 0), container.NewVScroll(
		container.New(layout.NewCustomPaddedLayout(0, parts.Grid, 0, parts.Grid*2), p.steps.content)))
	right := container.New(layout.NewCustomPaddedLayout(0, 0, parts.Grid, 0), p.samples.content)
	p.filled = container.New(layout.NewBorderLayout(nil, nil, left, nil), left, right)
	p.empty = container.NewVBox(parts.NewCard(parts.Column(parts.Grid,
		parts.Sentence("There are no rows to clean yet. Import a file that has a text and its label in each row."),
		container.NewHBox(parts.Primary("Import a file", p.desk.ShowImport)))))
	return parts.Page(p.title, container.NewHBox(p.back, p.apply),
		container.NewBorder(parts.Over(parts.Grid, p.notice, p.progress), nil, nil, nil, container.NewStack(p.empty, p.filled)))
}

// Show draws a state.
func (p *Panel) Show(s State) {
	if s.Draft == nil {
		s.Draft = &projects.Cleaning{}
	}
	if s.Applied == nil {
		s.Applied = &projects.Cleaning{}
	}
	p.state = s
	p.empty.Hidden, p.filled.Hidden = s.Rows > 0, s.Rows == 0
	fresh := s.Draft.Same(s.Applied)
	for button, on := range map[*widget.Button]bool{
		p.apply: !fresh && !s.Applying && !p.steps.wrong(), p.back: !fresh && !s.Applying,
	} {
		button.Hidden = s.Rows == 0
		if on {
			button.Enable()
		} else {
			button.Disable()
		}
	}
	p.title.Say(sentence(s, fresh))
	p.steps.show(s.Draft, s.Preview)
	p.samples.show(s.Draft, s.Preview)
	p.progress.Rest()
	if s.Progress != nil {
		p.progress.Tell(*s.Progress)
	}
	p.notice.Hush()
	if s.Notice != nil {
		p.notice.Say(*s.Notice)
	}
	p.page.Refresh()
}

// sentence says what holds, or what would.
func sentence(s State, fresh bool) string {
	n := len(s.Draft.Steps())
	steps := parts.Counted(n, "step", "steps")
	switch {
	case s.Rows == 0:
		return "Make texts and labels tidy before a model learns from them."
	case n == 0 && fresh:
		return "The rows are as they were imported. Tick a step to see what it would change."
	case s.Preview == nil:
		return "Trying " + steps + " on the rows."
	}
	change, leave := "would change", "would leave"
	switch {
	case fresh && n == 1:
		change, leave = "changes", "leaves"
	case fresh:
		change, leave = "change", "leave"
	}
	text := fmt.Sprintf("%s %s %s of %s", steps, change, parts.Count(s.Preview.Changed), parts.Counted(s.Preview.Rows, "row", "rows"))
	if s.Preview.Dropped > 0 {
		text += fmt.Sprintf(" and %s out %s", leave, parts.Count(s.Preview.Dropped))
	}
	if s.Preview.Added > 0 {
		text += ", with " + parts.Counted(s.Preview.Added, "row", "rows") + " more for the parts of long texts"
	}
	if fresh {
		return text + ". The imported texts are kept."
	}
	return text + ". Nothing is changed until you apply."
}

// loaded is what is read of a project.
type loaded struct {
	overview projects.Overview
	cleaning *projects.Cleaning
}

// Reload reads the project again. What the user has chosen and not applied stays.
func (p *Panel) Reload() {
	parts.Start(p.loader, func(ctx context.Context) (l loaded, err error) {
		if l.overview, err = p.project.Overview(ctx); err != nil {
			return l, err
		}
		l.cleaning, err = p.project.Cleaning(ctx)
		return l, err
	}, func(l loaded, err error) {
		s := p.state
		if err != nil {
			message := parts.MessageOf(err, "The rows are as they were.")
			s.Notice = &message
			p.Show(s)
			return
		}
		if s.Draft.Same(s.Applied) {
			s.Draft = l.cleaning.Copy()
			p.steps.forget()
		}
		s.Rows, s.CanUndo, s.Applied = l.overview.Rows, l.overview.UndoesCleaning(), l.cleaning
		p.Show(s)
		p.try(0)
	})
}

// changed takes in that the user has chosen or set something.
func (p *Panel) changed() {
	p.state.Notice = nil
	if preview := p.state.Preview; preview != nil && len(preview.Steps) != len(p.state.Draft.Steps()) {
		p.state.Preview = nil
	}
	p.try(pause)
}

// try tries the draft on the rows, once the user has paused.
func (p *Panel) try(after time.Duration) {
	s := p.state
	if s.Rows == 0 || len(s.Draft.Steps()) == 0 {
		p.trier.Drop()
		s.Preview, s.Progress = nil, nil
		p.Show(s)
		return
	}
	p.Show(s)
	draft := s.Draft.Copy()
	parts.StartWith(p.trier, func(ctx context.Context, show func(projects.Progress)) (projects.CleaningPreview, error) {
		select {
		case <-ctx.Done():
			return projects.CleaningPreview{}, ctx.Err()
		case <-time.After(after):
		}
		return p.project.PreviewCleaning(ctx, draft, mostShown, show)
	}, func(at projects.Progress) { p.tell(at) }, func(preview projects.CleaningPreview, err error) {
		s := p.state
		s.Progress = nil
		switch {
		case errors.Is(err, context.Canceled):
		case err != nil:
			message := parts.MessageOf(err, "Nothing was changed.")
			s.Preview, s.Notice = nil, &message
		default:
			s.Preview = &preview
		}
		p.Show(s)
	})
}

// tell shows how far a preview or the applying is, unless it is over in a moment.
func (p *Panel) tell(at projects.Progress) {
	if at.Left == 0 && p.state.Progress == nil {
		return
	}
	progress := parts.Progress{Verb: at.Verb, Done: at.Done, Total: at.Total, Left: at.Left}
	p.state.Progress = &progress
	p.progress.Tell(progress)
}

// Apply applies the draft to all rows.
func (p *Panel) Apply() {
	if p.apply.Disabled() {
		return
	}
	p.trier.Drop()
	s := p.state
	s.Applying, s.Notice = true, nil
	p.Show(s)
	draft := s.Draft.Copy()
	parts.StartWith(p.changer, func(ctx context.Context, show func(projects.Progress)) (projects.Cleaned, error) {
		return p.project.Clean(ctx, draft, show)
	}, func(at projects.Progress) { p.tell(at) }, func(done projects.Cleaned, err error) {
		s := p.state
		s.Applying, s.Progress = false, nil
		message := parts.Message{Tone: parts.Done, What: fmt.Sprintf("Applied: %s changed, %s left out. Undo takes it back.",
			parts.Counted(done.Changed, "row", "rows"), parts.Count(done.Dropped))}
		switch {
		case errors.Is(err, context.Canceled):
			message = parts.Message{What: "Stopped. The rows are as they were."}
		case err != nil:
			message = parts.MessageOf(err, "The rows are as they were.")
		default:
			s.Applied, s.Draft = draft, draft.Copy()
		}
		p.settle(s, message)
	})
}

// settle shows what was done to the project, and reads it again.
func (p *Panel) settle(s State, message parts.Message) {
	s.Notice = &message
	p.steps.forget()
	p.Show(s)
	p.desk.DataChanged()
	p.Reload()
}

// stop ends what is under way.
func (p *Panel) stop() {
	p.trier.Cancel()
	p.changer.Cancel()
}

// discard goes back to what holds.
func (p *Panel) discard() {
	s := p.state
	s.Draft, s.Notice = s.Applied.Copy(), nil
	p.steps.forget()
	p.Show(s)
	p.try(0)
}

// Undo takes back the last change of the rows, if that was a cleaning.
func (p *Panel) Undo() {
	if !p.state.CanUndo || p.state.Applying {
		return
	}
	parts.Start(p.changer, func(ctx context.Context) (string, error) {
		return p.project.Undo(context.WithoutCancel(ctx))
	}, func(what string, err error) {
		s := p.state
		message := parts.Message{Tone: parts.Done, What: "Undone: " + what + "."}
		if err != nil {
			message = parts.MessageOf(err, "The rows are as they were.")
		} else {
			s.Draft = s.Applied.Copy() // what holds now takes its place
		}
		p.settle(s, message)
	})
}
