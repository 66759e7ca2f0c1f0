package technique

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"attune/gui/parts"
	"attune/projects"
)

// Project is what the page needs of a project.
type Project interface {
	// TestDomain takes the choices as they are, and gives the work that tries for a short
	// time whether getting to know the texts first is likely to help the chosen base.
	TestDomain() parts.Work[projects.Progress, projects.DomainTest]
}

// unsure offers to those who do not know what to choose to try it.
type unsure struct {
	project  Project
	worker   *parts.Worker
	try      *widget.Button
	line     fyne.CanvasObject // with the button
	progress *parts.ProgressLine
	told     *parts.Notice
	content  fyne.CanvasObject
}

func newUnsure(project Project, search func(), place parts.Background) *unsure {
	u := &unsure{project: project, worker: parts.NewWorker(place), told: parts.NewNotice()}
	u.progress = parts.NewProgressLine(u.worker.Cancel)
	u.try = widget.NewButton("Try for two minutes", u.begin)
	u.line = beside(u.try, "Do your texts have a language of their own? A short try tells whether getting to know them first is likely to help.")
	u.content = parts.NewCard(parts.Column(parts.Grid,
		beside(widget.NewButton("Search for the best", search), "Attune tries techniques and learning rates against each other for as long as you say, and trains what does best."),
		u.line, u.progress, u.told))
	return u
}

func beside(button fyne.CanvasObject, sentence string) fyne.CanvasObject {
	return container.NewBorder(nil, nil, parts.AtLeast(fyne.NewSize(parts.Grid*26, 0), button), nil, parts.Sentence(sentence))
}

// offer says whether the try can be made; what was found of another base is forgotten.
func (u *unsure) offer(on, same bool) {
	if !on {
		u.line.Hide()
	} else {
		u.line.Show()
	}
	if !same || !on {
		u.worker.Drop()
		u.rest()
		u.told.Hush()
	}
}

func (u *unsure) rest() {
	u.progress.Rest()
	u.try.Enable()
}

func (u *unsure) begin() {
	u.try.Disable()
	u.told.Hush()
	u.progress.Tell(parts.Progress{Verb: "Opening the model"})
	u.content.Refresh()
	parts.StartWith(u.worker, u.project.TestDomain(), func(at projects.Progress) {
		u.progress.Tell(parts.Progress{Verb: at.Verb, Done: at.Done, Total: at.Total, Left: at.Left})
	}, func(found projects.DomainTest, err error) {
		u.rest()
		switch {
		case errors.Is(err, context.Canceled):
		case err != nil:
			u.told.Say(parts.MessageOf(err, "Nothing was changed."))
		default:
			u.told.Say(parts.Message{Tone: parts.Done, What: found.Sentence()})
		}
		u.content.Refresh()
	})
}
