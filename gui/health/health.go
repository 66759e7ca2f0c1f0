// Package health is the Data Doctor's page: what is wrong with the rows, the
// gravest first, which rows it is, and a button that mends them. It finds
// nothing itself.
package health

import (
	"context"
	"errors"
	"fmt"
	"slices"

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
	Health(ctx context.Context) (projects.Health, error)
	Examine(ctx context.Context, progress func(projects.Progress)) (projects.Health, error)
	Treat(ctx context.Context, f projects.Finding, ids []int64) (projects.Health, error)
	Unite(ctx context.Context, f projects.Finding, ids []int64) (projects.Health, error)
	Dismiss(ctx context.Context, f projects.Finding, ids []int64) (projects.Health, error)
	RowsOf(ctx context.Context, ids []int64) ([]projects.Row, error)
	Undo(ctx context.Context) (string, error)
	Redo(ctx context.Context) (string, error)
}

// Desk is what the page asks of the window.
type Desk interface {
	DataChanged() // the project has other rows than before
	FindRow(text string)
	ShowImport()
}

// State is all that the page shows, but for the rows, which it fetches as they
// come into sight.
type State struct {
	Overview projects.Overview
	Health   projects.Health
	Chosen   int             // place of the finding that is shown
	Progress *parts.Progress // while the rows are looked at
	Notice   *parts.Message
}

// Panel is the page.
type Panel struct {
	project  Project
	desk     Desk
	worker   *parts.Worker // reads
	examiner *parts.Worker // looks at the rows, until it is cancelled
	changer  *parts.Worker // mends: never cancelled
	state    State

	title         *parts.Title
	again         *widget.Button
	notice        *parts.Notice
	progress      *parts.ProgressLine
	first         *fyne.Container // before the rows were ever looked at
	begin         *widget.Button
	firstSentence *widget.Label
	list          *list
	detail        *detail
	body          *fyne.Container
	page          fyne.CanvasObject
}

// New makes the page; Reload fills it.
func New(project Project, desk Desk, place parts.Background) *Panel {
	p := &Panel{project: project, desk: desk, worker: parts.NewWorker(place), examiner: parts.NewWorker(place), changer: parts.NewWorker(place),
		notice: parts.NewNotice(), title: parts.NewTitle("Data Doctor", "")}
	p.again = widget.NewButton("Look again", p.Examine)
	p.begin = parts.Primary("Look at the rows", p.begun)
	p.firstSentence = parts.Sentence("")
	p.progress = parts.NewProgressLine(p.examiner.Cancel)
	p.list = newList(p.choose)
	p.detail = newDetail(project, place, actions{fix: p.fix, move: p.move, dismiss: p.dismiss, find: desk.FindRow})
	p.page = p.layout()
	p.Show(State{})
	return p
}

// Leave drops what is being read and looked at.
func (p *Panel) Leave() {
	p.worker.Drop()
	p.examiner.Drop()
	p.changer.Drop()
	p.detail.forget()
}

// Content gives what the window shows.
func (p *Panel) Content() fyne.CanvasObject { return p.page }

// State gives what is shown now.
func (p *Panel) State() State { return p.state }

func (p *Panel) layout() fyne.CanvasObject {
	p.first = container.NewVBox(parts.NewCard(parts.Column(parts.Grid, p.firstSentence, container.NewHBox(p.begin))))
	findings := parts.AtLeast(fyne.NewSize(parts.Grid*36, 0), container.NewVScroll(
		container.New(layout.NewCustomPaddedLayout(0, 0, 0, parts.Grid*1.5), p.list.content)))
	p.body = container.New(layout.NewBorderLayout(nil, nil, findings, nil), findings,
		container.New(layout.NewCustomPaddedLayout(0, 0, parts.Grid, 0), p.detail.content))
	return parts.Page(p.title, container.NewHBox(p.again),
		container.NewBorder(parts.Over(parts.Grid, p.notice, p.progress), nil, nil, nil,
			container.New(layout.NewCustomPaddedLayout(parts.Grid/2, 0, 0, 0), container.NewStack(p.first, p.body))))
}

// Show draws a state.
func (p *Panel) Show(s State) {
	s.Chosen = min(max(s.Chosen, 0), max(len(s.Health.Findings)-1, 0))
	p.state = s
	looked := !s.Health.Checked.IsZero()
	p.title.Say(sentence(s))
	p.again.Hidden = !looked || s.Progress != nil
	p.again.Importance = widget.MediumImportance
	if s.Health.Stale && len(s.Health.Findings) == 0 {
		p.again.Importance = widget.HighImportance
	}
	p.showFirst(s)
	p.body.Hidden = len(s.Health.Findings) == 0
	p.list.show(s.Health.Findings, s.Chosen)
	if len(s.Health.Findings) > 0 {
		p.detail.show(s.Health.Findings[s.Chosen], s.Overview.Task, s.Progress == nil)
	}
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

// showFirst says what there is to do while there is no finding to show.
func (p *Panel) showFirst(s State) {
	looked := !s.Health.Checked.IsZero()
	p.first.Hidden = len(s.Health.Findings) > 0 || s.Progress != nil
	p.begin.Hidden = looked
	p.begin.SetText("Look at the rows")
	switch {
	case s.Overview.Rows == 0:
		p.begin.Hidden = false
		p.begin.SetText("Import a file")
		p.firstSentence.SetText("There are no rows yet.")
	case looked && s.Health.Stale:
		p.firstSentence.SetText("Nothing is left of what was found. Look again to see whether the rows are healthy now.")
	case looked:
		p.firstSentence.SetText("Nothing was found that is wrong with these rows.")
	default:
		p.firstSentence.SetText("The Doctor looks for what commonly spoils a model: rows that come twice, test rows that it has learned from, labels that contradict each other or look wrong, labels with too few rows, texts that say nothing. It changes nothing by itself, and each of its fixes can be undone.")
	}
}

func sentence(s State) string {
	switch n := len(s.Health.Findings); {
	case s.Health.Checked.IsZero():
		return "What is wrong with the rows, and how to mend it."
	case s.Health.Stale && n > 0:
		return parts.Counted(n, "finding is", "findings are") + " left. The rows have changed since they were looked at."
	case n > 0:
		return parts.Counted(n, "finding", "findings") + " in " + parts.Counted(s.Overview.Rows, "row", "rows") + ", the gravest first."
	}
	return parts.Counted(s.Overview.Rows, "row", "rows") + " without a finding."
}

func enable(b *widget.Button, on bool) {
	if on {
		b.Enable()
	} else {
		b.Disable()
	}
}

// seen is what the page shows of a project.
type seen struct {
	overview projects.Overview
	health   projects.Health
}

// Reload reads the project again, after its rows have changed. What was said last
// stays said: it may be this page that changed them.
func (p *Panel) Reload() { p.reload(p.state.Notice) }

func (p *Panel) reload(notice *parts.Message) {
	p.state.Notice = notice
	parts.Start(p.worker, func(ctx context.Context) (v seen, err error) {
		if v.overview, err = p.project.Overview(ctx); err != nil {
			return v, err
		}
		v.health, err = p.project.Health(ctx)
		return v, err
	}, func(v seen, err error) {
		s := p.state
		if err != nil {
			message := parts.MessageOf(err, "The rows are as they were.")
			s.Notice = &message
		} else {
			s.Overview, s.Health = v.overview, v.health
			s.Chosen = p.placeOf(v.health)
		}
		p.Show(s)
	})
}

// placeOf finds the finding that is shown among new ones.
func (p *Panel) placeOf(h projects.Health) int {
	before := p.state.Health.Findings
	if p.state.Chosen >= len(before) {
		return 0
	}
	same := func(f projects.Finding) bool { return f.Check == before[p.state.Chosen].Check }
	if at := slices.IndexFunc(h.Findings, same); at >= 0 {
		return at
	}
	return p.state.Chosen
}

// begun does what the first button says.
func (p *Panel) begun() {
	if p.state.Overview.Rows == 0 {
		p.desk.ShowImport()
		return
	}
	p.Examine()
}

// Examine looks at the rows.
func (p *Panel) Examine() {
	if p.state.Progress != nil {
		return
	}
	s := p.state
	s.Progress, s.Notice = &parts.Progress{Verb: "Looking at the rows"}, nil
	p.Show(s)
	parts.StartWith(p.examiner, func(ctx context.Context, progress func(projects.Progress)) (projects.Health, error) {
		return p.project.Examine(ctx, progress)
	}, func(at projects.Progress) {
		told := parts.Progress{Verb: at.Verb, Done: at.Done, Total: at.Total, Left: at.Left}
		p.state.Progress = &told
		p.progress.Tell(told)
	}, func(_ projects.Health, err error) {
		p.state.Progress = nil
		switch {
		case errors.Is(err, context.Canceled):
			p.reload(&parts.Message{What: "Cancelled. What was found before is still shown."})
		case err != nil:
			message := parts.MessageOf(err, "The rows are as they were.")
			p.reload(&message)
		default:
			p.desk.DataChanged() // the rail tells of findings
			p.reload(nil)
		}
	})
}

// ChooseRow shows a row of the finding in full.
func (p *Panel) ChooseRow(n int) { p.detail.table.Select(n) }

func (p *Panel) choose(n int) {
	s := p.state
	s.Chosen, s.Notice = n, nil
	p.Show(s)
}

// change does something to the project, to its end, and shows what it did.
func (p *Panel) change(do func(context.Context) (string, error)) {
	whole := func(ctx context.Context) (string, error) { return do(context.WithoutCancel(ctx)) }
	parts.Start(p.changer, whole, func(done string, err error) {
		message := parts.Message{Tone: parts.Done, What: done}
		if err != nil {
			message = parts.MessageOf(err, "The rows are as they were.")
		}
		p.desk.DataChanged()
		p.reload(&message)
	})
}

// fix does what a finding proposes, for all of its rows or some.
func (p *Panel) fix(f projects.Finding, ids []int64) {
	n := len(ids)
	if ids == nil {
		n = f.Changes()
	}
	p.change(func(ctx context.Context) (string, error) {
		_, err := p.project.Treat(ctx, f, ids)
		return fmt.Sprintf("%s: %s. Undo takes it back.", f.Title, parts.Counted(n, "row was mended", "rows were mended")), err
	})
}

func (p *Panel) move(f projects.Finding) {
	p.change(func(ctx context.Context) (string, error) {
		_, err := p.project.Unite(ctx, f, nil)
		return fmt.Sprintf("%s: %s. Undo takes it back.", f.Title, parts.Counted(f.Moves(), "row was moved", "rows were moved")), err
	})
}

func (p *Panel) dismiss(f projects.Finding, ids []int64) {
	p.change(func(ctx context.Context) (string, error) {
		_, err := p.project.Dismiss(ctx, f, ids)
		return parts.Counted(len(ids), "row stays as it is and is", "rows stay as they are and are") + " not named again.", err
	})
}

// Undo takes the last change back.
func (p *Panel) Undo() {
	if p.state.Overview.CanUndo == "" {
		return
	}
	p.change(func(ctx context.Context) (string, error) {
		what, err := p.project.Undo(ctx)
		return "Undone: " + what + ".", err
	})
}

// Redo does again what Undo took back.
func (p *Panel) Redo() {
	if p.state.Overview.CanRedo == "" {
		return
	}
	p.change(func(ctx context.Context) (string, error) {
		what, err := p.project.Redo(ctx)
		return "Done again: " + what + ".", err
	})
}
