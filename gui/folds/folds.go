// Package folds is the page that tells how far a score can be relied on: the same
// training again and again, each time checked on another part of the rows. It trains
// nothing itself.
package folds

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"attune/gui/parts"
	"attune/projects"
)

// Project is what the page needs of a project.
type Project interface {
	// CrossValidate takes the choices as they are, and gives the work that trains once for
	// each fold. group names a column whose equal values stay in one part, "" for none.
	CrossValidate(folds int, group string) parts.Work[projects.CrossValidating, projects.CrossValidation]
	LastCrossValidation(ctx context.Context) (c projects.CrossValidation, ok bool, err error)
	Columns() []string // that rows can be kept together by
	Start() string     // what is trained, for a person
}

// Desk is what the page asks of the window.
type Desk interface {
	FoldsChanged(on bool) // the trainings began or ended
	ShowTraining()
}

// State is all that the page shows.
type State struct {
	Start    string                    // what is trained
	Columns  []string                  // that rows can be kept together by
	Found    *projects.CrossValidation // nil before the first; while it is found out, by the trainings that are over
	Parts    int                       // of the rows, while it is found out
	Progress *parts.Progress           // while it is found out
	Trouble  error
}

// Panel is the page.
type Panel struct {
	project Project
	desk    Desk
	loader  *parts.Worker
	worker  *parts.Worker // trains
	state   State
	scores  []string // the columns of the table, the deciding one first

	title       *parts.Title
	begin       *widget.Button
	folds       *widget.Select
	group       *widget.Select
	groupLine   *fyne.Container
	from        *widget.Label
	soon        *widget.Label // what comes while nothing is found yet
	asking      *fyne.Container
	notice      *parts.Notice
	progress    *parts.ProgressLine
	says, means *widget.Label
	table       *parts.Table
	body        *fyne.Container
	page        fyne.CanvasObject
}

// choices are into how many parts the rows can be dealt.
var choices = []struct {
	title string
	folds int
}{{"3 parts", 3}, {"5 parts", 5}, {"10 parts", 10}}

// noGroup is the choice of no column to keep rows together by.
const noGroup = "(none)"

// New makes the page; Reload fills it.
func New(project Project, desk Desk, place parts.Background) *Panel {
	p := &Panel{project: project, desk: desk, loader: parts.NewWorker(place), worker: parts.NewWorker(place), notice: parts.NewNotice(), from: parts.QuietSentence(""), soon: parts.QuietSentence(""),
		title: parts.NewTitle("How steady is the score?", "Deals the rows for training and validation into parts that take turns: each is checked once, by a model that learned from the others."),
		says:  parts.Heading(""), means: parts.Sentence("")}
	p.begin = parts.Primary("Find out", p.Begin)
	p.progress = parts.NewProgressLine(p.worker.Cancel)
	p.folds = widget.NewSelect(nil, nil)
	for _, c := range choices {
		p.folds.Options = append(p.folds.Options, c.title)
	}
	p.folds.SetSelectedIndex(1)
	p.group = widget.NewSelect([]string{noGroup}, nil)
	p.table = parts.NewTable(columns(nil), p.rows, p.cell)
	p.page = p.layout(widget.NewButton("Back to the training", desk.ShowTraining))
	p.Show(State{})
	return p
}

func (p *Panel) layout(back *widget.Button) fyne.CanvasObject {
	p.says.Wrapping = fyne.TextWrapWord
	p.groupLine = parts.Column(-parts.Grid/2, widget.NewLabel("Keep together the same"), container.NewHBox(parts.AtLeast(fyne.NewSize(parts.Grid*24, 0), p.group)))
	p.asking = container.NewVBox(parts.NewCard(parts.Column(0,
		parts.Strong("Into how many parts?"),
		container.NewHBox(parts.AtLeast(fyne.NewSize(parts.Grid*24, 0), p.folds)),
		p.groupLine,
		parts.QuietSentence("As many trainings as parts, one after the other. No model is kept, your split stays as it is, and the rows for the test are not looked at."),
		p.from)))
	p.body = container.NewBorder(parts.Column(-parts.Grid, p.says, p.means), nil, nil, nil, parts.Below(parts.Grid, p.table))
	head := parts.Column(parts.Grid*2, parts.Column(parts.Grid, p.notice, p.progress, p.soon), p.asking)
	return parts.Page(p.title, container.NewHBox(back, p.begin), container.NewBorder(head, nil, nil, nil, parts.Below(parts.Grid*2, p.body)))
}

// Content gives what the window shows.
func (p *Panel) Content() fyne.CanvasObject { return p.page }

// State gives what is shown now.
func (p *Panel) State() State { return p.state }

// Leave ends the trainings.
func (p *Panel) Leave() {
	p.loader.Drop()
	p.worker.Drop()
}

// Reload shows what was found out last, unless it is being found out.
func (p *Panel) Reload() {
	if p.state.Progress != nil {
		return
	}
	type last struct {
		found projects.CrossValidation
		ok    bool
	}
	parts.Start(p.loader, func(ctx context.Context) (l last, err error) {
		l.found, l.ok, err = p.project.LastCrossValidation(ctx)
		return l, err
	}, func(l last, err error) {
		if p.state.Progress != nil {
			return
		}
		s := State{Start: p.project.Start(), Columns: p.project.Columns(), Trouble: err}
		if l.ok {
			s.Found = &l.found
		}
		p.Show(s)
	})
}

// Begin trains once for each part.
func (p *Panel) Begin() {
	if p.state.Progress != nil {
		return
	}
	group := p.group.Selected
	if group == noGroup {
		group = ""
	}
	s := State{Start: p.state.Start, Columns: p.state.Columns}
	now := s
	now.Parts = choices[max(p.folds.SelectedIndex(), 0)].folds
	now.Progress = &parts.Progress{Verb: "Dealing out the rows"}
	p.Show(now)
	p.desk.FoldsChanged(true)
	parts.StartWith(p.worker, p.project.CrossValidate(now.Parts, group), p.advance, func(found projects.CrossValidation, err error) {
		s.Trouble = err
		if err == nil {
			s.Found = &found
		}
		p.Show(s)
		p.desk.FoldsChanged(false)
	})
}

// advance shows how far it is, and the parts that are over.
func (p *Panel) advance(at projects.CrossValidating) {
	now := p.state
	now.Progress = &parts.Progress{Verb: at.Verb, Done: at.Done, Total: at.Total, Left: at.Left}
	if over := len(at.Found.Folds); over > 0 && (now.Found == nil || len(now.Found.Folds) < over) {
		now.Found = &at.Found
		p.Show(now)
		return
	}
	p.state = now
	p.progress.Tell(*now.Progress)
}

// Show draws a state.
func (p *Panel) Show(s State) {
	p.state = s
	p.begin.Hidden, p.asking.Hidden, p.groupLine.Hidden = s.Progress != nil, s.Progress != nil, len(s.Columns) == 0
	p.from.SetText("It trains: " + s.Start + ".")
	p.from.Hidden = s.Start == ""
	p.soon.SetText("It trains: " + s.Start + ". The score of each part comes here when its training is over; the trainings go on while you look at other pages.")
	p.soon.Hidden = s.Progress == nil || s.Found != nil
	p.group.SetOptions(append([]string{noGroup}, s.Columns...))
	if !slices.Contains(p.group.Options, p.group.Selected) {
		p.group.SetSelected(noGroup)
	}
	p.progress.Rest()
	if s.Progress != nil {
		p.progress.Tell(*s.Progress)
	}
	p.say(s)
	p.begin.SetText("Find out")
	p.body.Hidden = s.Found == nil
	if s.Found != nil {
		p.begin.SetText("Find out again")
		p.scores = scores(*s.Found)
		p.table.SetColumns(columns(p.scores))
		p.says.SetText(Headline(*s.Found))
		p.means.SetText(meaning(*s.Found))
		if s.Progress != nil {
			p.means.SetText(fmt.Sprintf("So far, after %d of %d parts.", len(s.Found.Folds), s.Parts))
		}
		p.table.Reload()
	}
	p.page.Refresh()
}

func (p *Panel) say(s State) {
	switch {
	case errors.Is(s.Trouble, context.Canceled):
		p.notice.Say(parts.Message{What: "Cancelled."})
	case s.Trouble != nil:
		p.notice.Say(parts.MessageOf(s.Trouble, "Your rows and models are as they were."))
	default:
		p.notice.Hush()
	}
}

// mostScores is how many scores the table has columns for.
const mostScores = 4

// scores names those that were measured, the deciding one first.
func scores(c projects.CrossValidation) []string {
	names := slices.Sorted(maps.Keys(c.Scores))
	if i := slices.Index(names, c.Main); i > 0 {
		names = slices.Insert(slices.Delete(names, i, i+1), 0, c.Main)
	}
	return names[:min(len(names), mostScores)]
}

// The columns of the table; those of the scores follow.
const (
	columnPart = iota
	columnLearned
	columnChecked
	columnLoss
	firstScore
)

func columns(scores []string) []parts.TableColumn {
	all := []parts.TableColumn{
		columnPart:    {Title: "Part", Parts: 1},
		columnLearned: {Title: "Learned from", Width: 116, Right: true},
		columnChecked: {Title: "Checked on", Width: 104, Right: true},
		columnLoss:    {Title: "Loss", Width: 80, Right: true},
	}
	for i := range mostScores {
		c := parts.TableColumn{Width: 112, Right: true, Hidden: i >= len(scores)}
		if !c.Hidden {
			c.Title = parts.Capital(parts.MetricName(scores[i]))
		}
		all = append(all, c)
	}
	return all
}

// rows are the parts, then the mean and the spread where there are two or more.
func (p *Panel) rows() int {
	switch {
	case p.state.Found == nil:
		return 0
	case len(p.state.Found.Folds) < 2:
		return len(p.state.Found.Folds)
	}
	return len(p.state.Found.Folds) + 2
}

func (p *Panel) cell(row, column int) string {
	c := p.state.Found
	if row >= len(c.Folds) {
		return p.summary(row-len(c.Folds), column)
	}
	switch f := c.Folds[row]; column {
	case columnPart:
		return fmt.Sprintf("%d of %d", row+1, max(len(c.Folds), p.state.Parts))
	case columnLearned:
		return parts.Count(f.Learned)
	case columnChecked:
		return parts.Count(f.Checked)
	case columnLoss:
		return parts.Fine(f.Loss)
	default:
		return parts.Fine(f.Scores[p.scores[column-firstScore]])
	}
}

// summary is a cell of the mean, or of the spread.
func (p *Panel) summary(which, column int) string {
	switch {
	case column == columnPart:
		return [...]string{"Mean", "Spread"}[which]
	case column < firstScore:
		return ""
	}
	r := p.state.Found.Scores[p.scores[column-firstScore]]
	return parts.Fine([...]float64{r.Mean, r.Spread}[which])
}

// Headline says the mean of the deciding score and how far it scatters.
func Headline(c projects.CrossValidation) string {
	r, ok := c.Scores[c.Main]
	switch {
	case !ok && len(c.Folds) == 1:
		return "Trained once"
	case !ok:
		return fmt.Sprintf("Trained %d times", len(c.Folds))
	case len(c.Folds) == 1:
		return parts.Capital(parts.MetricName(c.Main)) + " " + parts.Fine(r.Mean)
	}
	return fmt.Sprintf("%s %s, give or take %s", parts.Capital(parts.MetricName(c.Main)), parts.Fine(r.Mean), parts.Fine(r.Spread))
}

// meaning says what an analyst can take from the scatter.
func meaning(c projects.CrossValidation) string {
	if _, ok := c.Scores[c.Main]; !ok {
		return "This task is judged by its loss; the table has that of each part."
	}
	low, high := c.Folds[0].Scores[c.Main], c.Folds[0].Scores[c.Main]
	for _, f := range c.Folds {
		low, high = min(low, f.Scores[c.Main]), max(high, f.Scores[c.Main])
	}
	return fmt.Sprintf("From part to part it was between %s and %s. A change of a setting that moves the score by less than %s may well be chance.",
		parts.Fine(low), parts.Fine(high), parts.Fine(2*c.Scores[c.Main].Spread))
}
