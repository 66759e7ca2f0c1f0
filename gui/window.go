// Package gui is the window: the rail of steps, the pages behind it, and the
// one open project. It decides which page is seen and carries wishes from one
// page to another; what the pages show comes from projects.
package gui

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"attune/gui/home"
	"attune/gui/models"
	"attune/gui/parts"
	"attune/projects"
)

// Library is the list of projects that the window opens from.
type Library interface {
	Recent() ([]projects.Summary, error)
	Create(dir, task string) (*projects.Project, error)
	Open(dir string) (*projects.Project, error)
	Sample(dir string) (*projects.Project, error)
	Forget(dir string) error
}

// Options are what one start of the window may differ in from another.
type Options struct {
	Folder string                           // where new projects and the sample are made
	Place  parts.Background                 // where slow work is done
	Models func() (*projects.Models, error) // opens the models to start from
}

// Window is Attune's window.
type Window struct {
	app     fyne.App
	window  fyne.Window
	library Library
	options Options

	worker  *parts.Worker // opens projects and lists them
	home    *home.Panel
	models  *models.Panel
	shelf   *projects.Models // nil when they cannot be used
	session *session         // the open project; nil for none
	page    Page
	closing bool // the window closes when the training has ended

	header *header
	rail   *rail
	notice *parts.Notice
	body   *fyne.Container
}

// New fills a window with Attune, on its home page.
func New(app fyne.App, window fyne.Window, library Library, options Options) *Window {
	w := &Window{app: app, window: window, library: library, options: options,
		worker: parts.NewWorker(options.Place), notice: parts.NewNotice(), body: container.New(room{})}
	w.home = home.New(desk{w})
	w.header = newHeader(w.undo, w.redo, func() { w.GoTo(Models) })
	w.models = models.New(w.openModels(), desk{w}, options.Place)
	w.rail = newRail(w.GoTo)
	top := parts.Column(0, w.header, w.notice)
	window.SetPadded(false)
	window.SetContent(container.NewBorder(top, nil, w.rail, nil, w.body))
	window.SetMainMenu(w.menu())
	w.addShortcuts()
	window.SetOnDropped(w.Dropped)
	window.SetCloseIntercept(w.Close)
	window.Resize(fyne.NewSize(1280, 800))
	w.GoTo(Home)
	return w
}

// room gives the page all the space that there is. A page whose texts wrap can ask for
// more than a screen has: the window would grow beyond it, and never shrink again.
type room struct{}

func (room) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.NewPos(0, 0))
		o.Resize(size)
	}
}

// MinSize leaves room for rail and header in the smallest window, of 1024 x 700.
func (room) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(840, 620) }

// Show opens the window on the screen.
func (w *Window) Show() { w.window.Show() }

// Page gives the page that is shown.
func (w *Window) Page() Page { return w.page }

// GoTo shows a page. A page of a project is shown only while one is open; until
// then it is the home page.
func (w *Window) GoTo(p Page) {
	step, ofProject := steps[p]
	if ofProject && w.session == nil {
		p, ofProject = Home, false
	}
	w.page = p
	w.window.Canvas().Unfocus()
	switch {
	case ofProject:
		w.see(step.content(w.session))
		step.arrive(w.session)
	case p == Models:
		w.see(w.models.Content())
		w.showBases()
		w.models.Reload()
	case p == Help:
		w.see(newHelp())
	default:
		w.see(w.home.Content())
		w.listRecent(nil)
	}
	if p == TryIt {
		w.window.Canvas().Focus(w.session.tryout.Entry())
	}
	w.showRail()
}

func (w *Window) see(content fyne.CanvasObject) {
	w.body.Objects = []fyne.CanvasObject{content}
	w.body.Refresh()
}

// sees tells whether that is what is seen.
func (w *Window) sees(content fyne.CanvasObject) bool {
	return slices.Contains(w.body.Objects, content)
}

func (w *Window) showRail() {
	if w.session == nil {
		w.rail.show(w.page, nil)
		return
	}
	w.rail.show(w.page, &w.session.facts)
}

// listRecent shows the recent projects, and why the last wish failed.
func (w *Window) listRecent(trouble error) {
	parts.Start(w.worker, func(context.Context) ([]projects.Summary, error) { return w.library.Recent() },
		func(recent []projects.Summary, err error) {
			if trouble == nil {
				trouble = err
			}
			w.home.Show(home.State{Recent: recent, Trouble: trouble, Now: time.Now()})
		})
}

// OpenProject opens a project's folder and shows its rows, or the import while
// it has none.
func (w *Window) OpenProject(dir string) {
	w.enter("Opening "+nameOf(dir), func() (*projects.Project, error) { return w.library.Open(dir) }, func() {
		if w.session.facts.rows == 0 {
			w.GoTo(Import)
			return
		}
		w.GoTo(Data)
	})
}

// OpenSample opens the sample project, ready to train.
func (w *Window) OpenSample() {
	w.enter("Opening the sample", func() (*projects.Project, error) { return w.library.Sample(w.options.Folder) },
		func() { w.GoTo(Train) })
}

// NewProject makes an empty project and shows the import.
func (w *Window) NewProject(name string) { w.create(name, nil, func() { w.GoTo(Import) }) }

// create makes an empty project for files, with a number after its name where the folder
// is taken. A path that was mistyped leaves none behind.
func (w *Window) create(name string, files []string, then func()) {
	w.enter("Making "+name, func() (*projects.Project, error) {
		if _, err := projects.Choose(files, projects.ImportOptions{}); err != nil {
			return nil, err
		}
		return w.library.Create(unused(w.options.Folder, name), "classification")
	}, then)
}

// enter opens a project in the background in place of the one that is open,
// unless that one is being trained, or other work on it would be lost.
func (w *Window) enter(busy string, open func() (*projects.Project, error), then func()) {
	if w.training() {
		w.notice.Say(parts.Message{Tone: parts.Warning, What: w.session.project.Name() + " is being trained.",
			Way: "Stop the training or let it finish before you open another project."},
			widget.NewButton("Go to the training", func() { w.notice.Hush(); w.GoTo(Train) }))
		return
	}
	if work, ok := w.underWay(); ok {
		w.notice.Say(parts.Message{Tone: parts.Warning, What: work.what, Way: "Cancel it or let it finish before you open another project."},
			widget.NewButton("Go there", func() { w.notice.Hush(); work.show() }))
		return
	}
	w.page = Home
	w.see(w.home.Content())
	w.showRail()
	w.home.Show(home.State{Busy: busy, Now: time.Now()})
	parts.Start(w.worker, func(ctx context.Context) (*projects.Project, error) {
		p, err := open()
		if err == nil && ctx.Err() != nil { // something else was asked for: nobody takes it
			return nil, cmp.Or(p.Close(), ctx.Err())
		}
		return p, err
	}, func(p *projects.Project, err error) {
		if err != nil {
			w.listRecent(err)
			return
		}
		w.begin(p, then)
	})
}

// begin makes a project the open one.
func (w *Window) begin(p *projects.Project, then func()) {
	session, err := newSession(w, p)
	if err != nil {
		w.listRecent(errors.Join(err, p.Close()))
		return
	}
	w.leave()
	w.session = session
	w.notice.Hush()
	w.header.show(p.Name())
	w.window.SetTitle(p.Name() + " - Attune")
	session.look(then)
}

// leave closes the open project.
func (w *Window) leave() {
	if w.session != nil {
		w.session.close()
		w.session = nil
		w.header.remember(false, false)
	}
}

// openModels gives the models, or what says why they cannot be used.
func (w *Window) openModels() models.Models {
	shelf, err := w.options.Models()
	if err != nil {
		return unusable{err}
	}
	w.shelf = shelf
	offline, _ := shelf.Offline()
	w.header.connect(offline, false)
	return shelf
}

// showBases tells the page of the models what the open project can start from.
func (w *Window) showBases() {
	if w.session == nil {
		w.models.ForProject("", nil, "")
		return
	}
	w.models.ForProject(w.session.project.Name(), w.session.bases, w.session.setup.Base)
}

// training tells whether a training is under way.
func (w *Window) training() bool { return w.session != nil && w.session.project.Active() != nil }

// nameOf gives a project's name for its folder.
func nameOf(dir string) string { return strings.TrimSuffix(filepath.Base(dir), projectEnding) }
