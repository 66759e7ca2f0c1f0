// Package search is the page on which ways of fine-tuning are tried against each other
// for as long as the user says, and of the best of which a training is made. It tries
// nothing itself.
package search

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"attune/gui/parts"
	"attune/projects"
)

// Project is what the page needs of a project.
type Project interface {
	LastSearch(ctx context.Context) (projects.Search, bool, error)
	// Search takes the choices as they are, and gives the work that tries until one way is
	// left. What comes of it is the setup that trains this one for the rest of the time.
	// Resumed, it goes on with the last search in that one's time.
	Search(most time.Duration, resume bool) parts.Work[projects.Search, *projects.Setup]
	Start() string // what a new search would start from, for a person
}

// Desk is what the page asks of the window.
type Desk interface {
	TakeSetup(*projects.Setup) // plans the next training so, and goes to it
	SearchChanged(on bool)     // a search began or ended
	ShowTechnique()
}

// State is all that the page shows.
type State struct {
	Start   string           // what a new search would start from
	Found   *projects.Search // so far, or the last one; nil before the first
	Running bool
	Ended   bool // just now, with one way left
	Trouble error
}

// Panel is the page.
type Panel struct {
	project Project
	desk    Desk
	loader  *parts.Worker
	worker  *parts.Worker // searches
	setup   *projects.Setup
	state   State

	title              *parts.Title
	begin, goOn, train *widget.Button
	back               *widget.Button
	time               *widget.Select
	notice             *parts.Notice
	progress           *parts.ProgressLine
	asking             *fyne.Container // how much time it may take
	from               *widget.Label
	table              *parts.Table
	tries              []try // the rows of the table
	page               fyne.CanvasObject
}

// times are how long a search may take.
var times = []struct {
	title string
	most  time.Duration
}{
	{"10 minutes", 10 * time.Minute}, {"30 minutes", 30 * time.Minute},
	{"1 hour", time.Hour}, {"3 hours", 3 * time.Hour}, {"8 hours", 8 * time.Hour},
}

// New makes the page; Reload fills it.
func New(project Project, desk Desk, place parts.Background) *Panel {
	p := &Panel{project: project, desk: desk, loader: parts.NewWorker(place), worker: parts.NewWorker(place),
		title: parts.NewTitle("Search", ""), notice: parts.NewNotice(), from: parts.QuietSentence("")}
	p.begin = parts.Primary("Search", p.Begin)
	p.goOn = widget.NewButtonWithIcon("Go on with the search", theme.MediaPlayIcon(), p.GoOn)
	p.train = parts.Primary("Train the best", p.Train)
	p.back = widget.NewButton("Back to the technique", desk.ShowTechnique)
	p.progress = parts.NewProgressLine(p.worker.Cancel)
	p.time = widget.NewSelect(nil, nil)
	for _, t := range times {
		p.time.Options = append(p.time.Options, t.title)
	}
	p.time.SetSelectedIndex(1)
	p.table = parts.NewTable([]parts.TableColumn{
		{Title: "Way of fine-tuning", Parts: 1}, {Title: "Settings", Parts: 1}, {Title: "Round", Width: 72, Right: true},
		{Title: "Passes", Width: 76, Right: true}, {Title: "Score", Width: 72, Right: true}, {Title: "Loss", Width: 72, Right: true}, {Title: "Time", Width: 104, Right: true},
	}, func() int { return len(p.tries) }, func(row, column int) string { return p.tries[row].cells[column] })
	p.page = p.layout()
	p.Show(State{})
	return p
}

func (p *Panel) layout() fyne.CanvasObject {
	p.asking = container.NewVBox(parts.NewCard(parts.Column(0,
		parts.Strong("How long may it take?"),
		container.NewHBox(parts.AtLeast(fyne.NewSize(parts.Grid*24, 0), p.time)),
		parts.QuietSentence("All ways get a short try. The better half gets a longer one, and so on until one is left; it may be trained for what then remains of the time. The rows for the test are not looked at."),
		p.from)))
	head := parts.Column(parts.Grid*2, parts.Column(parts.Grid, p.notice, p.progress), p.asking)
	return parts.Page(p.title, container.NewHBox(p.back, p.goOn, p.begin, p.train),
		container.NewBorder(head, nil, nil, nil, parts.Below(parts.Grid*2, p.table)))
}

// Content gives what the window shows.
func (p *Panel) Content() fyne.CanvasObject { return p.page }

// State gives what is shown now.
func (p *Panel) State() State { return p.state }

// Leave ends the search, which can be gone on with.
func (p *Panel) Leave() {
	p.loader.Drop()
	p.worker.Drop()
}

// Reload shows the last search, unless one is under way.
func (p *Panel) Reload() {
	if p.state.Running {
		return
	}
	type last struct {
		found projects.Search
		ok    bool
	}
	parts.Start(p.loader, func(ctx context.Context) (l last, err error) {
		l.found, l.ok, err = p.project.LastSearch(ctx)
		return l, err
	}, func(l last, err error) {
		s := p.state
		if s.Running {
			return
		}
		s.Start, s.Trouble, s.Found = p.project.Start(), err, nil
		if l.ok {
			s.Found = &l.found
		}
		p.Show(s)
	})
}

// Begin starts a new search.
func (p *Panel) Begin() { p.search(times[max(p.time.SelectedIndex(), 0)].most, false, p.found) }

// GoOn goes on with the search that was interrupted.
func (p *Panel) GoOn() { p.search(0, true, p.found) }

// Train makes a training of the best.
func (p *Panel) Train() {
	if p.setup != nil {
		p.desk.TakeSetup(p.setup)
		return
	}
	p.search(0, true, func() { p.desk.TakeSetup(p.setup) }) // of an earlier day
}

func (p *Panel) found() {
	p.state.Ended = true
	p.Show(p.state)
}

func (p *Panel) search(most time.Duration, resume bool, then func()) {
	if p.state.Running {
		return
	}
	p.setup = nil
	s := State{Start: p.state.Start, Running: true}
	if resume {
		s.Found = p.state.Found
	}
	p.Show(s)
	p.desk.SearchChanged(true)
	parts.StartWith(p.worker, p.project.Search(most, resume), func(now projects.Search) {
		p.state.Found = &now
		p.Show(p.state)
	}, func(setup *projects.Setup, err error) {
		p.setup = setup
		p.state.Running, p.state.Trouble = false, err
		p.Show(p.state)
		p.desk.SearchChanged(false)
		if err == nil {
			then()
		}
	})
}

// Show draws a state.
func (p *Panel) Show(s State) {
	p.state = s
	p.title.Say(sentence(s))
	one := s.Found != nil && len(s.Found.Left) == 1
	p.begin.Hidden, p.asking.Hidden, p.time.Hidden = s.Running, s.Running, s.Running
	p.goOn.Hidden = s.Running || s.Found == nil || one
	p.train.Hidden = s.Running || !one
	p.begin.Importance = widget.HighImportance
	p.begin.SetText("Search")
	if s.Found != nil {
		p.begin.SetText("Search anew")
		p.begin.Importance = widget.MediumImportance
	}
	p.from.SetText("It starts from: " + s.Start + ".")
	p.from.Hidden = s.Start == ""
	p.say(s)
	p.progress.Rest()
	if s.Running {
		p.progress.Tell(progress(s.Found))
	}
	p.tries = nil
	if s.Found != nil {
		p.tries = triesOf(*s.Found)
	}
	p.table.Hidden = len(p.tries) == 0
	p.table.Reload()
	p.page.Refresh()
}

func sentence(s State) string {
	if s.Found == nil {
		return "Tries techniques and learning rates against each other, and keeps what does best on the validation rows."
	}
	done, all := s.Found.Tries()
	return fmt.Sprintf("%d of %s; %s in all, with the training of the best.", done, parts.Counted(all, "try", "tries"),
		parts.Duration(time.Duration(s.Found.Seconds*float64(time.Second))))
}

func progress(found *projects.Search) parts.Progress {
	if found == nil {
		return parts.Progress{Verb: "Trying the first way"}
	}
	done, all := found.Tries()
	return parts.Progress{Verb: fmt.Sprintf("Try %d of %d. You can cancel, and go on later.", min(done+1, all), all), Done: int64(done), Total: int64(all)}
}

func (p *Panel) say(s State) {
	switch {
	case errors.Is(s.Trouble, context.Canceled):
		p.notice.Say(parts.Message{What: "The search was stopped.", Way: "What was tried is written down: go on with it whenever you like."})
	case s.Trouble != nil:
		p.notice.Say(parts.MessageOf(s.Trouble, "Your rows and the models kept so far are safe."))
	case s.Ended:
		best := s.Found.Left[0]
		p.notice.Say(parts.Message{Tone: parts.Done, What: "The best way is found: " + wayOf(best) + ", " + settingsOf(best) + "."})
	default:
		p.notice.Hush()
	}
}

// try is a line of the table.
type try struct{ cells []string }

// triesOf gives all tries, the latest round first and its best first.
func triesOf(found projects.Search) []try {
	var all []try
	for i := len(found.Rounds) - 1; i >= 0; i-- {
		round := slices.Clone(found.Rounds[i])
		slices.SortStableFunc(round, projects.Trial.Compare)
		for _, t := range round {
			all = append(all, line(i+1, t))
		}
	}
	return all
}

func line(round int, t projects.Trial) try {
	score, loss, settings := parts.Fine(t.Score), parts.Fine(t.Loss), settingsOf(t.Candidate)
	if t.Failed != "" {
		score, loss, settings = "-", "-", parts.Sentenced(t.Failed)
	}
	return try{[]string{wayOf(t.Candidate), settings, parts.Count(round), parts.Count(t.Passes), score, loss,
		parts.Duration(time.Duration(t.Seconds * float64(time.Second)))}}
}

// wayOf names the techniques of a candidate as the page of the techniques does. The first
// of several goes without saying: it is what all others are added to.
func wayOf(c projects.Candidate) string {
	names := c.Techniques
	if len(names) > 1 {
		names = names[1:]
	}
	var titles []string
	for _, t := range projects.Techniques() {
		if slices.Contains(names, t.Name) {
			titles = append(titles, t.Title)
		}
	}
	return strings.Join(titles, ", ")
}

// settingsOf writes what a candidate sets in words: "learning rate 0.0005".
func settingsOf(c projects.Candidate) string {
	var all []string
	for _, key := range slices.Sorted(maps.Keys(c.Settings)) {
		all = append(all, strings.ReplaceAll(key, "_", " ")+" "+c.Settings[key])
	}
	slices.Reverse(all) // the learning rate before what is special
	return strings.Join(all, ", ")
}
