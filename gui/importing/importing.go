// Package importing is the page that brings a file into a project: choose it,
// see how it will be read, correct what was guessed wrong, import. It reads no
// file itself.
package importing

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"attune/gui/parts"
	"attune/projects"
)

// Project is what the page needs of a project.
type Project interface {
	Task() string
	// Preview looks at a file for the task that was chosen or, where none was, for the
	// one that its rows seem to be for, if the project has no rows yet; the project's
	// task is then that.
	Preview(ctx context.Context, file string, o projects.ImportOptions, task string, progress func(projects.Progress)) (projects.Preview, error)
	ImportEach(ctx context.Context, chosen []projects.Chosen, progress func(projects.Progress)) (projects.Imported, error)
}

// Desk is what the page asks of the window.
type Desk interface {
	BrowseImport()  // a file dialog for a file to import
	TaskChanged()   // the project's models are to learn something else
	DataChanged()   // the project has other rows than before
	ShowExamples()  // go on to the rows
	ShowTechnique() // go on to the training
}

// State is all that the page shows. At most one of Preview and Imported is set.
type State struct {
	Files    []string          // as they were dropped
	Chosen   []projects.Chosen // the tables in them, each with how to read it
	Shown    int               // which of them the preview shows
	Task     string            // what is to be learned
	Decided  bool              // by the user
	Preview  *projects.Preview
	Progress *parts.Progress // while something is being read
	Imported *projects.Imported
	Trouble  error
}

// chosen is the table that is shown.
func (s State) chosen() projects.Chosen {
	if s.Shown < len(s.Chosen) {
		return s.Chosen[s.Shown]
	}
	return projects.Chosen{}
}

// Panel is the page.
type Panel struct {
	project Project
	desk    Desk
	worker  *parts.Worker
	state   State

	title    *parts.Title
	importIt *widget.Button
	again    *widget.Button
	notice   *parts.Notice
	progress *parts.ProgressLine
	hold     *widget.Button  // pauses an import and lets it go on
	pause    *projects.Pause // of the import under way, nil while there is none
	drop     *parts.DropZone
	reading  *reading
	problems *problems
	body     *fyne.Container
	page     fyne.CanvasObject
}

// New makes the page, with nothing chosen.
func New(project Project, desk Desk, place parts.Background) *Panel {
	p := &Panel{project: project, desk: desk, worker: parts.NewWorker(place), notice: parts.NewNotice(),
		title: parts.NewTitle("Import", "")}
	p.importIt = parts.Primary("Import", p.Import)
	p.again = widget.NewButton("Choose another file", func() { p.Show(State{}) })
	p.progress = parts.NewProgressLine(p.worker.Cancel)
	p.hold = widget.NewButton("", p.holdOrContinue)
	p.drop = parts.NewDropZone("Drop a table anywhere on this window: one row for each text, with a column for its label, for what is marked in it, or for the text to write. "+
		"Excel, CSV, JSON, Parquet, OpenDocument and plain text are read, and folders or archives of them, also with a folder of texts for each label.",
		desk.BrowseImport, func(path string) { p.Load(path) })
	p.reading = newReading(p.look, p.turn, p.decide)
	p.problems = newProblems()
	p.body = container.NewStack()
	head := parts.Column(parts.Grid, p.notice, container.NewBorder(nil, nil, nil, container.NewCenter(p.hold), p.progress))
	p.page = parts.Page(p.title, container.NewHBox(p.again, p.importIt), container.NewBorder(head, nil, nil, nil, parts.Below(parts.Grid, p.body)))
	p.Show(State{})
	return p
}

// Content gives what the window shows.
func (p *Panel) Content() fyne.CanvasObject { return p.page }

// State gives what is shown now.
func (p *Panel) State() State { return p.state }

// Load looks at files, folders and archives, and shows a preview of the first
// table in them. An import that is under way would be lost: it goes first.
func (p *Panel) Load(files ...string) {
	if p.Busy() {
		p.notice.Say(parts.Message{Tone: parts.Warning, What: "Rows are being imported.", Way: "Cancel it or let it finish before you choose another file."})
		return
	}
	p.Show(State{Files: files, Progress: &parts.Progress{Verb: "Looking at " + names(files)}})
	parts.StartWith(p.worker, func(context.Context, func(projects.Progress)) ([]projects.Chosen, error) {
		return projects.Choose(files, projects.ImportOptions{})
	}, p.advance, func(chosen []projects.Chosen, err error) {
		if err != nil {
			p.Show(State{Files: files, Trouble: err})
			return
		}
		p.preview(State{Files: files, Chosen: chosen})
	})
}

// Leave cancels what is being read; nothing of it is kept.
func (p *Panel) Leave() {
	p.worker.Drop()
	p.pause = nil
}

// Busy tells whether rows are being imported.
func (p *Panel) Busy() bool { return p.pause != nil }

// turn previews another of the tables.
func (p *Panel) turn(to int) {
	next := p.state
	next.Shown, next.Preview = to, nil
	p.preview(next)
}

// look previews the table that is shown, to be read in another way.
func (p *Panel) look(c projects.Chosen) {
	if len(p.state.Chosen) == 0 {
		return
	}
	next := p.state
	next.Chosen = slices.Clone(next.Chosen)
	next.Chosen[next.Shown] = c
	p.preview(next)
}

// decide previews the table for another task. The columns are guessed anew.
func (p *Panel) decide(task string) {
	next := p.state
	next.Task, next.Decided = task, true
	next.Chosen = slices.Clone(next.Chosen)
	for i := range next.Chosen {
		next.Chosen[i].Options.Roles = projects.Roles{}
	}
	p.preview(next)
}

// preview looks at the table that s shows.
func (p *Panel) preview(s State) {
	c := s.chosen()
	s.Trouble, s.Imported, s.Progress = nil, nil, &parts.Progress{Verb: "Looking at " + filepath.Base(c.File)}
	p.Show(s)
	before, task := p.project.Task(), ""
	if s.Decided {
		task = s.Task
	}
	parts.StartWith(p.worker, func(ctx context.Context, progress func(projects.Progress)) (projects.Preview, error) {
		return p.project.Preview(ctx, c.File, c.Options, task, progress)
	}, p.advance, func(preview projects.Preview, err error) {
		s.Progress, s.Task = nil, p.project.Task()
		if s.Task != before {
			p.desk.TaskChanged()
		}
		if s.Preview = &preview; err != nil {
			s.Preview, s.Trouble = nil, err
		}
		p.Show(s)
	})
}

// Import imports what the previews show.
func (p *Panel) Import() {
	if p.state.Preview == nil || p.state.Progress != nil {
		return
	}
	before := p.state
	chosen := slices.Clone(before.Chosen)
	r := before.Preview.Roles
	chosen[before.Shown].Options.Roles = projects.Roles{
		Text: r.Text, Pair: insist(r.Pair), Label: insist(r.Label), Target: insist(r.Target), Split: insist(r.Split), Spans: insist(r.Spans),
	}
	now := before
	now.Progress = &parts.Progress{Verb: "Importing " + names(before.Files)}
	pause := new(projects.Pause)
	p.pause = pause
	p.Show(now)
	parts.StartWith(p.worker, func(ctx context.Context, progress func(projects.Progress)) (projects.Imported, error) {
		return p.project.ImportEach(ctx, chosen, pause.Pausable(ctx, progress))
	}, p.advance, func(imported projects.Imported, err error) {
		p.pause = nil
		if err != nil {
			before.Trouble = err
			p.Show(before)
			return
		}
		p.Show(State{Files: before.Files, Imported: &imported})
		p.desk.DataChanged()
	})
}

// holdOrContinue pauses the import under way, or lets it go on. The button keeps the
// keyboard when it is hidden at the end of an import.
func (p *Panel) holdOrContinue() {
	switch {
	case p.pause == nil:
		return
	case p.pause.Held():
		p.pause.Continue()
	default:
		p.pause.Hold()
	}
	p.showHold()
}

func (p *Panel) showHold() {
	p.hold.Hidden = p.pause == nil || p.state.Progress == nil
	p.hold.SetText("Pause")
	if p.pause != nil && p.pause.Held() {
		p.hold.SetText("Continue")
	}
	if p.state.Progress != nil && p.state.Progress.Bound {
		p.hold.Disable()
	} else {
		p.hold.Enable()
	}
}

func (p *Panel) advance(at projects.Progress) {
	p.state.Progress = &parts.Progress{Verb: at.Verb, Done: at.Done, Total: at.Total, Left: at.Left, Bound: at.Bound}
	p.progress.Tell(*p.state.Progress)
	p.showHold()
}

// Show draws a state.
func (p *Panel) Show(s State) {
	p.state = s
	p.title.Say(sentence(s))
	p.progress.Rest()
	if s.Progress != nil {
		p.progress.Tell(*s.Progress)
	}
	p.showHold()
	p.importIt.Hidden = s.Preview == nil
	p.importIt.Enable()
	if s.Progress != nil || s.Preview != nil && s.Preview.Roles.Text == "" {
		p.importIt.Disable()
	}
	p.again.Hidden = s.Preview == nil && s.Imported == nil && len(s.Chosen) < 2 || s.Progress != nil
	p.say(s)
	p.body.Objects = []fyne.CanvasObject{p.content(s)}
	p.page.Refresh()
}

func (p *Panel) content(s State) fyne.CanvasObject {
	switch {
	case s.Preview != nil:
		p.reading.show(s)
		return p.reading.content
	case s.Imported != nil:
		p.problems.show(*s.Imported)
		return p.problems.content
	default:
		return container.NewVBox(p.drop)
	}
}

func (p *Panel) say(s State) {
	switch {
	case errors.Is(s.Trouble, context.Canceled):
		p.notice.Say(parts.Message{What: "Cancelled.", Safe: "Nothing was added to the project."})
	case s.Trouble != nil:
		p.notice.Say(parts.MessageOf(s.Trouble, "The project is as it was and the file is untouched."))
	case s.Imported != nil:
		p.notice.Say(parts.Message{Tone: parts.Done, What: done(*s.Imported), Safe: strings.Join(s.Imported.Warnings, " ")},
			widget.NewButton("Look at the rows", p.desk.ShowExamples), parts.Primary("Set up the training", p.desk.ShowTechnique))
	case s.Preview != nil && s.Preview.Roles.Text == "":
		name := shapeOf(projects.ColumnsOf(s.Task)).TextName()
		p.notice.Say(parts.Message{Tone: parts.Warning, What: "Which column holds the " + strings.ToLower(name) + "?", Way: "Choose it below under " + name + "."})
	case s.Preview != nil && s.Preview.Task != "" && s.Preview.Task != s.Task && !s.Decided && s.Task != "":
		p.notice.Say(parts.Message{Tone: parts.Warning, What: fmt.Sprintf("This file looks like one for another task: %s.", title(s.Preview.Task)),
			Way: "Make a new project for it, or change what is to be learned below."})
	case s.Preview != nil && len(s.Preview.Warnings) > 0:
		message := parts.Message{Tone: parts.Warning, What: strings.Join(s.Preview.Warnings, "\n")}
		if s.Preview.Task == "" && !s.Decided {
			message.Way = "If these are texts to write, or translations, choose that below as what is to be learned."
		}
		p.notice.Say(message)
	default:
		p.notice.Hush()
	}
}

func sentence(s State) string {
	switch {
	case s.Preview != nil:
		name := names(s.Files)
		if len(s.Chosen) > 1 {
			name = filepath.Base(s.chosen().File)
		}
		return fmt.Sprintf("%s: %s, %s, read as %s. Check what is to be learned, and from which columns.", name,
			parts.Counted(s.Preview.Rows, "row", "rows"), parts.Bytes(s.Preview.Bytes), s.Preview.Format)
	case s.Imported != nil:
		return names(s.Files)
	default:
		return "Add rows from a file. The file itself is never changed."
	}
}

func names(files []string) string {
	if len(files) == 0 {
		return ""
	}
	if len(files) == 1 {
		return filepath.Base(files[0])
	}
	return filepath.Base(files[0]) + " and " + parts.Counted(len(files)-1, "other file", "other files")
}

func done(i projects.Imported) string {
	text := "Imported " + parts.Counted(i.Imported, "row", "rows")
	if n := len(i.Labels); n > 0 {
		text += " with " + parts.Counted(n, "label", "labels")
	}
	if i.ProblemCount > 0 {
		return text + "; " + parts.Counted(i.ProblemCount, "row needs a look.", "rows need a look.")
	}
	return text + "."
}
