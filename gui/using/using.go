// Package using is the page that puts a trained model to use: it answers all rows of a
// file, and takes the model out of the project. It reads and writes no file itself.
package using

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"attune/gui/parts"
	"attune/projects"
)

// Project is what the page needs of a project.
type Project interface {
	AnswerFile(ctx context.Context, run int, in, out string, progress func(projects.Progress)) (rows int, err error)
	Export(ctx context.Context, run int, to, format string, progress func(projects.Progress)) (projects.Exported, error)
	Place(run int) string // where a model may go
}

// Desk is what the page asks of the window.
type Desk interface {
	ShowResults()
	BrowseFile(then func(path string))
	BrowseFolder(then func(path string))
}

// State is all that the page shows.
type State struct {
	Run      int             // whose model is used
	Progress *parts.Progress // while something is written
	Done     string          // what was written, a sentence
	Trouble  error
}

// Panel is the page.
type Panel struct {
	project Project
	desk    Desk
	worker  *parts.Worker
	state   State

	title    *parts.Title
	notice   *parts.Notice
	progress *parts.ProgressLine
	in, out  *widget.Entry
	answer   *widget.Button
	formats  *parts.Choices
	to       *widget.Entry
	export   *widget.Button
	page     fyne.CanvasObject
}

// New makes the page; Reload fills it.
func New(project Project, desk Desk, place parts.Background) *Panel {
	p := &Panel{project: project, desk: desk, worker: parts.NewWorker(place), notice: parts.NewNotice(), title: parts.NewTitle("Use the model", ""),
		in: widget.NewEntry(), out: widget.NewEntry(), to: widget.NewEntry()}
	p.progress = parts.NewProgressLine(p.worker.Cancel)
	p.answer = widget.NewButton("Answer the rows", p.Answer)
	p.export = parts.Primary("Export the model", p.Export)
	p.in.SetPlaceHolder("drop a file here, or type or paste its path")
	p.in.OnChanged = func(path string) { p.out.SetText(answersOf(path)) }
	for _, entry := range []*widget.Entry{p.out, p.to} {
		entry.OnChanged = func(string) { p.showButtons() }
	}
	var options []parts.Option
	for _, f := range projects.ExportFormats() {
		options = append(options, parts.Option{Name: f.Name, Title: f.Title, About: f.About})
	}
	p.formats = parts.NewChoices(options, options[0].Name, func(format string) { p.to.SetText(placeAs(p.to.Text, format)) })
	p.page = parts.Page(p.title, widget.NewButton("Back to the results", desk.ShowResults),
		container.NewBorder(parts.Column(parts.Grid, p.notice, p.progress), nil, nil, nil, parts.Below(parts.Grid, container.NewVScroll(p.cards()))))
	p.Show(State{})
	return p
}

func (p *Panel) cards() fyne.CanvasObject {
	path := func(name string, entry *widget.Entry, browse func()) fyne.CanvasObject {
		var button fyne.CanvasObject
		if browse != nil {
			button = widget.NewButtonWithIcon("Browse", theme.FolderOpenIcon(), browse)
		}
		return container.NewBorder(nil, nil, parts.AtLeast(fyne.NewSize(parts.Grid*14, 0), widget.NewLabel(name)), button, entry)
	}
	answers := parts.NewCard(parts.Column(parts.Grid/2,
		parts.Strong("Answer all rows of a file"),
		parts.QuietSentence("Every row is written again, with the model's answer and how sure it is behind it, in a file that ends in .csv, .tsv or .jsonl. The file itself is not changed."),
		path("File", p.in, func() { p.desk.BrowseFile(p.in.SetText) }),
		path("Answers in", p.out, nil),
		parts.Inset(parts.Grid, container.NewHBox(p.answer))))
	model := parts.NewCard(parts.Column(parts.Grid/2,
		parts.Strong("Export the model"),
		parts.QuietSentence("Writes the model to another place, for other programs or another computer. The one in the project stays."),
		parts.Inset(parts.Grid, p.formats),
		path("Write it to", p.to, func() {
			p.desk.BrowseFolder(func(folder string) { p.to.SetText(filepath.Join(folder, filepath.Base(p.to.Text))) })
		}),
		parts.Inset(parts.Grid, container.NewHBox(p.export))))
	return container.New(layout.NewCustomPaddedLayout(0, 0, 0, parts.Grid*1.5), parts.Column(parts.Grid*2, answers, model))
}

// Content gives what the window shows.
func (p *Panel) Content() fyne.CanvasObject { return p.page }

// State gives what is shown now.
func (p *Panel) State() State { return p.state }

// Leave cancels what is being written; nothing of it is kept.
func (p *Panel) Leave() { p.worker.Drop() }

// Busy tells whether something is being written.
func (p *Panel) Busy() bool { return p.state.Progress != nil }

// Reload offers the model of a training, unless another is still being used.
func (p *Panel) Reload(run int) {
	if p.Busy() {
		return
	}
	p.to.SetText(placeAs(p.project.Place(run), p.formats.Selected()))
	p.Show(State{Run: run})
}

// Take takes a file whose rows are to be answered.
func (p *Panel) Take(file string) { p.in.SetText(file) }

// Answer answers the rows of the file.
func (p *Panel) Answer() {
	run, in, out := p.state.Run, parts.Path(p.in.Text), parts.Path(p.out.Text)
	p.write("Opening the model", func(ctx context.Context, progress func(projects.Progress)) (string, error) {
		rows, err := p.project.AnswerFile(ctx, run, in, out, progress)
		return fmt.Sprintf("%s with the answers: %s.", parts.Counted(rows, "row is written", "rows are written"), out), err
	})
}

// Export writes the model to another place.
func (p *Panel) Export() {
	run, to, format := p.state.Run, parts.Path(p.to.Text), p.formats.Selected()
	p.write("Looking at the model", func(ctx context.Context, progress func(projects.Progress)) (string, error) {
		done, err := p.project.Export(ctx, run, to, format, progress)
		return fmt.Sprintf("The model of training %d is written: %s, %s.", done.Run, done.Path, parts.Bytes(done.Bytes)), err
	})
}

// write does work that gives a sentence about what it wrote.
func (p *Panel) write(verb string, work parts.Work[projects.Progress, string]) {
	if p.Busy() {
		return
	}
	run := p.state.Run
	p.Show(State{Run: run, Progress: &parts.Progress{Verb: verb}})
	parts.StartWith(p.worker, work, func(at projects.Progress) {
		p.progress.Tell(parts.Progress{Verb: at.Verb, Done: at.Done, Total: at.Total, Left: at.Left})
	}, func(done string, err error) {
		if err != nil {
			done = ""
		}
		p.Show(State{Run: run, Done: done, Trouble: err})
	})
}

// Show draws a state.
func (p *Panel) Show(s State) {
	p.state = s
	p.title.Say(fmt.Sprintf("With the model of training %d. Nothing is sent anywhere.", s.Run))
	p.progress.Rest()
	if s.Progress != nil {
		p.progress.Tell(*s.Progress)
	}
	switch {
	case errors.Is(s.Trouble, context.Canceled):
		p.notice.Say(parts.Message{What: "Cancelled.", Safe: "Nothing was written."})
	case s.Trouble != nil:
		p.notice.Say(parts.MessageOf(s.Trouble, "The model is safe, and nothing was written."))
	case s.Done != "":
		p.notice.Say(parts.Message{Tone: parts.Done, What: s.Done})
	default:
		p.notice.Hush()
	}
	p.showButtons()
	p.page.Refresh()
}

// showButtons lets only that be pressed of which all is known.
func (p *Panel) showButtons() {
	known := func(entry *widget.Entry) bool { return parts.Path(entry.Text) != "" }
	enable(p.answer, !p.Busy() && known(p.in) && known(p.out))
	enable(p.export, !p.Busy() && known(p.to))
}

func enable(b *widget.Button, on bool) {
	if on {
		b.Enable()
	} else {
		b.Disable()
	}
}

// answersOf proposes where the answers to a file go: beside it.
func answersOf(file string) string {
	if file = parts.Path(file); file == "" {
		return ""
	}
	return strings.TrimSuffix(file, filepath.Ext(file)) + " answered.csv"
}

// placeAs gives a place the ending of a format.
func placeAs(place, format string) string {
	place = strings.TrimSuffix(parts.Path(place), ".zip")
	if format == "one-file" && place != "" {
		place += ".zip"
	}
	return place
}
