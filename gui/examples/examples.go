// Package examples is the page of a project's rows: look at them, search, give
// a row another label, delete, undo, and split them into training, validation
// and test.
package examples

import (
	"context"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"attune/engine/dataset"
	"attune/gui/parts"
	"attune/projects"
)

// Reader gives a project's rows.
type Reader interface {
	Overview(ctx context.Context) (projects.Overview, error)
	Count(ctx context.Context, q projects.Query) (int, error)
	Rows(ctx context.Context, q projects.Query, offset, limit int) ([]projects.Row, error)
	TestSet(ctx context.Context) (projects.TestSet, error)
}

// Editor changes them; each change can be undone.
type Editor interface {
	Relabel(ctx context.Context, ids []int64, label string) error
	Delete(ctx context.Context, ids []int64) error
	Split(ctx context.Context, o projects.SplitOptions) (projects.SplitSummary, error)
	LockTest(ctx context.Context, on bool) error
	Undo(ctx context.Context) (string, error)
	Redo(ctx context.Context) (string, error)
}

// Project is what the page needs of a project.
type Project interface {
	Reader
	Editor
}

// Desk is what the page asks of the window.
type Desk interface {
	DataChanged() // the project has other rows than before
	ShowImport()
	ShowDoctor()
	ShowGrowth() // whether more rows would help
	ShowTechnique()
}

// State is all that the page shows, but for the rows, which it fetches as they
// come into sight.
type State struct {
	Overview projects.Overview
	TestSet  projects.TestSet
	Shape    parts.Shape // of the rows
	Query    projects.Query
	Reading  bool          // the rows are being read for the first time
	Found    int           // rows that the query finds
	Chosen   *projects.Row // shown in full
	Notice   *parts.Message
}

// Panel is the page.
type Panel struct {
	project Project
	desk    Desk
	worker  *parts.Worker // searches: the next one cancels the one before
	changer *parts.Worker // changes: never cancelled, by a search least of all
	rows    *parts.Pages[projects.Row]
	palette parts.Palette  // of the labels in the texts
	wanted  projects.Query // asked for last, and perhaps not yet answered
	state   State

	title      *parts.Title
	toDoctor   *widget.Button
	toGrowth   *widget.Button
	toTraining *widget.Button
	notice     *parts.Notice
	filter     *filter
	table      *parts.Table
	detail     *detail
	labels     *parts.Bars
	labelCard  *parts.Card
	splitting  *splitting
	empty      *fyne.Container
	filled     *fyne.Container
	page       fyne.CanvasObject
}

// New makes the page; Reload fills it.
func New(project Project, desk Desk, place parts.Background) *Panel {
	p := &Panel{project: project, desk: desk, worker: parts.NewWorker(place), changer: parts.NewWorker(place), notice: parts.NewNotice(), title: parts.NewTitle("Data", "")}
	p.toDoctor = widget.NewButton("Look for mistakes", desk.ShowDoctor)
	p.toGrowth = widget.NewButton("Would more rows help?", desk.ShowGrowth)
	p.toTraining = parts.Primary("Set up the training", desk.ShowTechnique)
	p.filter = newFilter(p.find)
	p.table = parts.NewTable(columns(parts.Shape{}, false), func() int { return p.state.Found }, p.cell)
	p.rows = parts.NewPages[projects.Row](place, p.table.Reload)
	p.forget(projects.Query{})
	p.table.OnSelected = p.pick
	p.table.OnSorted = p.sort
	p.detail = newDetail(&p.palette, p.relabel, p.delete)
	p.labels = parts.NewBars(false, p.filter.setLabel)
	p.splitting = newSplitting(p.split, p.lock)
	p.page = p.layout()
	p.Show(State{Reading: true})
	return p
}

// Leave drops what is being fetched.
func (p *Panel) Leave() {
	p.worker.Drop()
	p.changer.Drop()
	p.forget(p.state.Query)
}

// Content gives what the window shows.
func (p *Panel) Content() fyne.CanvasObject { return p.page }

// State gives what is shown now.
func (p *Panel) State() State { return p.state }

func (p *Panel) layout() fyne.CanvasObject {
	p.labelCard = parts.NewCard(parts.Column(0, parts.Strong("Labels"), parts.Inset(parts.Grid, p.labels)))
	side := container.NewVScroll(container.New(layout.NewCustomPaddedLayout(0, 0, 0, parts.Grid*1.5), parts.Column(parts.Grid*2,
		p.detail.content,
		p.labelCard,
		parts.NewCard(p.splitting.content))))
	rows := container.NewBorder(container.New(layout.NewCustomPaddedLayout(0, parts.Grid, 0, 0), p.filter.content), p.filter.found, nil, nil, p.table)
	width := parts.AtLeast(fyne.NewSize(parts.Grid*35, 0), side)
	p.filled = container.New(layout.NewBorderLayout(nil, nil, nil, width), width,
		container.New(layout.NewCustomPaddedLayout(0, 0, 0, parts.Grid*2), rows))
	p.empty = container.NewVBox(parts.NewCard(parts.Column(parts.Grid,
		parts.Sentence("There are no rows yet. Import a file that has in each row a text, and what is to be learned of it."),
		container.NewHBox(parts.Primary("Import a file", p.desk.ShowImport)))))
	return parts.Page(p.title, container.NewHBox(p.toGrowth, p.toDoctor, p.toTraining),
		container.NewBorder(parts.Over(parts.Grid, p.notice), nil, nil, nil, container.NewStack(p.empty, p.filled)))
}

// The columns of the table.
const (
	columnNumber = iota
	columnText
	columnPair
	columnRight
	columnUse
)

// bare tells whether the rows have no label and the task learns none, as where texts alone
// are to be written on.
func (s State) bare() bool {
	o := s.Overview
	return o.Task != "" && !projects.ColumnsOf(o.Task).Label && len(o.Labels) == 0 && !s.Shape.Labels
}

// labelName is what the label of a row is called in a sentence, or its labels.
func (s State) labelName() string { return strings.ToLower(s.Shape.LabelName()) }

// columns are those that rows of a shape need.
func columns(s parts.Shape, bare bool) []parts.TableColumn {
	all := []parts.TableColumn{
		columnNumber: {Title: "#", Width: 64, Right: true},
		columnText:   {Title: s.TextName(), Parts: 3, Sort: "text"},
		columnPair:   {Title: s.PairName(), Parts: 2, Hidden: !s.Pair},
		columnRight:  {Title: s.RightName(), Width: 136, Sort: "label", Hidden: bare},
		columnUse:    {Title: "Used for", Width: 88},
	}
	if s.Places || s.Answers || s.Target {
		all[columnRight] = parts.TableColumn{Title: s.RightName(), Parts: 2}
	}
	return all
}

// Show draws a state.
func (p *Panel) Show(s State) {
	p.state = s
	o := s.Overview
	for _, l := range o.Labels {
		p.palette.Know(l.Label)
	}
	p.table.SetColumns(columns(s.Shape, s.bare()))
	p.title.Say(sentence(o))
	p.empty.Hidden = o.Rows > 0 || s.Reading
	p.filled.Hidden = o.Rows == 0
	p.toDoctor.Hidden = o.Rows == 0
	p.toGrowth.Hidden = o.Rows == 0
	p.toTraining.Hidden = o.Rows == 0
	p.filter.show(s.Query, o, s.Found)
	p.labelCard.Hidden = len(o.Labels) == 0
	p.labels.Draw(parts.CountBars(o.Labels, func(l projects.LabelCount) (string, int) { return l.Label, l.Rows }))
	p.detail.show(s)
	p.splitting.show(o, s.TestSet)
	p.table.Sorted(s.Query.Sort, s.Query.Descending)
	p.notice.Hush()
	if s.Notice != nil {
		p.notice.Say(*s.Notice)
	}
	p.page.Refresh()
}

func sentence(o projects.Overview) string {
	if o.Rows == 0 {
		return "What the model learns from."
	}
	text := parts.Counted(o.Rows, "row", "rows")
	if len(o.Labels) > 0 {
		text += ", " + parts.Counted(len(o.Labels), "label", "labels")
	}
	if o.Text.LongestWords > 0 {
		text += fmt.Sprintf("; half of the texts have %s words or fewer, the longest has %s", parts.Count(o.Text.MedianWords), parts.Count(o.Text.LongestWords))
	}
	return text + "."
}

func enable(b *widget.Button, on bool) {
	if on {
		b.Enable()
	} else {
		b.Disable()
	}
}

// found is what a search gives.
type found struct {
	overview projects.Overview
	testSet  projects.TestSet
	shape    parts.Shape
	rows     int
}

// glance is how many rows tell the shape of all.
const glance = 50

// Reload reads the project again, after its rows have changed. What was said of the
// change stays.
func (p *Panel) Reload() { p.reload(p.wanted, p.state.Notice) }

// Expect says that rows have come, so that none are missed until they are read.
func (p *Panel) Expect() {
	s := p.state
	s.Reading = true
	p.Show(s)
}

func (p *Panel) reload(q projects.Query, notice *parts.Message) {
	p.wanted = q
	parts.Start(p.worker, func(ctx context.Context) (f found, err error) {
		if f.overview, err = p.project.Overview(ctx); err != nil {
			return f, err
		}
		if f.testSet, err = p.project.TestSet(ctx); err != nil {
			return f, err
		}
		first, err := p.project.Rows(ctx, projects.Query{}, 0, glance)
		if err != nil {
			return f, err
		}
		var some []dataset.Example
		for _, r := range first {
			some = append(some, r.Example())
		}
		f.shape = parts.ShapeOf(some)
		f.shape.Several = f.shape.Several || projects.ColumnsOf(f.overview.Task).Several
		f.rows, err = p.project.Count(ctx, q)
		return f, err
	}, func(f found, err error) {
		if err != nil {
			message := parts.MessageOf(err, "The rows are as they were.")
			notice = &message
			f = found{p.state.Overview, p.state.TestSet, p.state.Shape, p.state.Found}
		}
		p.forget(q)
		p.table.Select(-1)
		p.Show(State{Overview: f.overview, TestSet: f.testSet, Shape: f.shape, Query: q, Found: f.rows, Notice: notice})
	})
}

// forget forgets the rows that are here: those of this query are wanted now.
func (p *Panel) forget(q projects.Query) {
	p.rows.Reset(func(ctx context.Context, offset, limit int) ([]projects.Row, error) {
		return p.project.Rows(ctx, q, offset, limit)
	})
}

// Search shows the rows whose texts contain this.
func (p *Panel) Search(text string) { p.find(projects.Query{Search: text}) }

// find shows the rows of another query.
func (p *Panel) find(q projects.Query) {
	p.reload(q, nil)
	p.table.ToTop()
}

func (p *Panel) sort(column string, descending bool) {
	q := p.wanted
	q.Sort, q.Descending = column, descending
	p.find(q)
}

func (p *Panel) cell(row, column int) string {
	r, ok := p.rows.Seen(row)
	switch {
	case column == columnNumber:
		return parts.Count(row + 1)
	case !ok:
		return ""
	case column == columnText:
		return r.Text
	case column == columnPair:
		return r.Pair
	case column == columnRight:
		return parts.Right(r.Example())
	default:
		return parts.UseOf(r.Split)
	}
}

func (p *Panel) pick(row int) {
	if r, ok := p.rows.Row(row); ok {
		p.state.Chosen = &r
		p.detail.show(p.state)
	}
}

// change does something to the project, to its end, and shows what it did.
func (p *Panel) change(do func(context.Context) (string, error)) {
	q := p.wanted
	whole := func(ctx context.Context) (string, error) { return do(context.WithoutCancel(ctx)) }
	parts.Start(p.changer, whole, func(done string, err error) {
		message := parts.Message{Tone: parts.Done, What: done}
		if err != nil {
			message = parts.MessageOf(err, "The rows are as they were.")
		}
		p.state.Notice = &message
		p.desk.DataChanged()
		p.reload(q, &message)
	})
}

func (p *Panel) relabel(row projects.Row, label string) {
	p.change(func(ctx context.Context) (string, error) {
		return fmt.Sprintf("The row now has the %s %q.", p.state.labelName(), label), p.project.Relabel(ctx, []int64{row.ID}, label)
	})
}

func (p *Panel) delete(row projects.Row) {
	p.change(func(ctx context.Context) (string, error) {
		return "The row was deleted. Undo brings it back.", p.project.Delete(ctx, []int64{row.ID})
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

func (p *Panel) split(o projects.SplitOptions) {
	p.change(func(ctx context.Context) (string, error) {
		s, err := p.project.Split(ctx, o)
		return strings.Join(append([]string{fmt.Sprintf("Split: %s for training, %s for validation, %s for the test.",
			parts.Count(s.Counts[dataset.Train]), parts.Count(s.Counts[dataset.Validation]), parts.Count(s.Counts[dataset.Test])), s.Note}, s.Warnings...), " "), err
	})
}

func (p *Panel) lock(on bool) {
	p.change(func(ctx context.Context) (string, error) {
		if !on {
			return "The next split may change the test rows.", p.project.LockTest(ctx, on)
		}
		return "The test rows are locked: no split changes them.", p.project.LockTest(ctx, on)
	})
}
