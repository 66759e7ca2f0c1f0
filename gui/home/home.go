// Package home is the page on which Attune opens: recent projects, and the ways
// to start one. It opens nothing itself; the window does.
package home

import (
	"fmt"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"attune/gui/parts"
	"attune/projects"
)

// Desk is what the page asks of the window.
type Desk interface {
	OpenProject(dir string) // open a project's folder
	NewProject(name string) // make an empty project of that name
	OpenSample()            // open the sample project, making it if need be
	ForgetProject(dir string)
	BrowseStart() // a file dialog for a file to start from
	StartFrom(file string)
	ShowModels()
}

// State is all that the page shows.
type State struct {
	Recent  []projects.Summary
	Busy    string    // what is being opened: "Opening Tickets"; "" for nothing
	Trouble error     // why the last thing asked for did not work
	Now     time.Time // to say how long ago a project was opened
}

// Panel is the page.
type Panel struct {
	desk   Desk
	state  State
	recent *parts.Table
	none   *widget.Label
	notice *parts.Notice
	busy   *parts.ProgressLine
	name   *widget.Entry
	make   *widget.Button
	open   *widget.Button
	forget *widget.Button
	page   fyne.CanvasObject
}

// New makes the page.
func New(desk Desk) *Panel {
	p := &Panel{desk: desk, notice: parts.NewNotice(), busy: parts.NewProgressLine(nil), name: widget.NewEntry(),
		none: parts.QuietSentence("Projects that you open appear here.")}
	p.open = widget.NewButtonWithIcon("Open", theme.FolderOpenIcon(), func() { p.desk.OpenProject(p.chosen().Path) })
	p.forget = parts.Link("Remove from the list", func() { p.desk.ForgetProject(p.chosen().Path) })
	p.name.SetPlaceHolder("Name of a new project")
	p.name.OnSubmitted = p.create
	p.make = widget.NewButton("Create", func() { p.create(p.name.Text) })
	p.make.Disable()
	p.name.OnChanged = func(name string) {
		if strings.TrimSpace(name) == "" {
			p.make.Disable()
		} else {
			p.make.Enable()
		}
	}
	p.recent = parts.NewTable([]parts.TableColumn{
		{Title: "Project", Parts: 3},
		{Title: "Rows", Width: 80, Right: true},
		{Title: "Labels", Width: 72, Right: true},
		{Title: "Trainings", Width: 96, Right: true},
		{Title: "Best score", Width: 104, Right: true},
		{Title: "Last opened", Parts: 2},
	}, func() int { return len(p.state.Recent) }, p.cell)
	p.recent.OnSelected = p.pick
	p.page = p.layout()
	p.Show(State{})
	return p
}

// Content gives what the window shows.
func (p *Panel) Content() fyne.CanvasObject { return p.page }

// State gives what is shown now.
func (p *Panel) State() State { return p.state }

// Name gives where the name of a new project is typed, to be focused.
func (p *Panel) Name() fyne.Focusable { return p.name }

// Show draws a state.
func (p *Panel) Show(s State) {
	p.state = s
	p.none.Hidden = len(s.Recent) > 0
	p.recent.Hidden = len(s.Recent) == 0
	p.recent.Select(-1)
	p.open.Disable()
	p.forget.Disable()
	p.notice.Hush()
	if s.Trouble != nil {
		p.notice.Say(parts.MessageOf(s.Trouble, "Your projects are as they were."))
	}
	p.busy.Rest()
	if s.Busy != "" {
		p.busy.Tell(parts.Progress{Verb: s.Busy})
	}
	p.page.Refresh()
}

func (p *Panel) layout() fyne.CanvasObject {
	title := parts.NewTitle("Projects", "Fine-tune a language model on your own texts. Everything stays on this computer.")
	drop := parts.NewDropZone("Drop a table (Excel, CSV, JSON, Parquet, ...) or a folder of texts anywhere on this window to start a project from it.",
		p.desk.BrowseStart, p.desk.StartFrom)
	sample := parts.NewCard(parts.Column(0,
		parts.Strong("New here?"),
		parts.QuietSentence("Open the sample project: about 600 support tickets with their topics, ready to train."),
		parts.Inset(parts.Grid, container.NewHBox(widget.NewButtonWithIcon("Open the sample", theme.MediaPlayIcon(), p.desk.OpenSample)))))
	empty := parts.NewCard(parts.Column(0,
		parts.Strong("Start empty"),
		parts.QuietSentence("Name a project now and add files to it afterwards."),
		parts.Inset(parts.Grid, container.NewBorder(nil, nil, nil, p.make, p.name))))
	models := parts.NewCard(parts.Column(0,
		parts.Strong("Models"),
		parts.QuietSentence("See what a training can start from, and download what you miss."),
		parts.Inset(parts.Grid, container.NewHBox(widget.NewButtonWithIcon("Look at the models", theme.StorageIcon(), p.desk.ShowModels)))))
	ways := parts.Evenly(parts.Grid*2, sample, empty, models)
	recent := container.NewBorder(
		container.NewBorder(nil, nil, parts.Strong("Recent projects"), container.NewHBox(p.forget, p.open)),
		nil, nil, nil, container.NewStack(p.recent, container.NewVBox(p.none)))
	head := parts.Column(parts.Grid*2, p.notice, p.busy, drop, ways)
	return parts.Page(title, nil, container.NewBorder(head, nil, nil, nil, parts.Below(parts.Grid*2, recent)))
}

func (p *Panel) create(name string) {
	if name = strings.TrimSpace(name); name != "" {
		p.desk.NewProject(name)
	}
}

func (p *Panel) chosen() projects.Summary {
	i := p.recent.Selected()
	if i < 0 || i >= len(p.state.Recent) {
		return projects.Summary{}
	}
	return p.state.Recent[i]
}

func (p *Panel) pick(row int) {
	p.forget.Enable()
	p.open.Enable()
	if p.state.Recent[row].Missing {
		p.open.Disable()
	}
}

func (p *Panel) cell(row, column int) string {
	s := p.state.Recent[row]
	switch column {
	case 0:
		return s.Name
	case 1:
		return parts.Count(s.Rows)
	case 2:
		return parts.Count(s.Labels)
	case 3:
		return parts.Count(s.Runs)
	case 4:
		if s.Runs == 0 || s.Score == 0 {
			return "-"
		}
		return parts.Score(s.Score)
	default:
		if s.Missing {
			return "Its folder is not there"
		}
		return ago(p.state.Now, s.Opened)
	}
}

// ago says when something happened, as precisely as a person would.
func ago(now, then time.Time) string {
	switch d := now.Sub(then); {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return parts.Counted(int(d.Minutes()), "minute ago", "minutes ago")
	case d < 24*time.Hour:
		return parts.Counted(int(d.Hours()), "hour ago", "hours ago")
	case d < 7*24*time.Hour:
		return parts.Counted(int(d.Hours()/24), "day ago", "days ago")
	default:
		return fmt.Sprintf("%d %s %d", then.Day(), then.Month(), then.Year())
	}
}
