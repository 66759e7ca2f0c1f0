package gui

import (
	"context"
	"net/url"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"

	"attune/engine/dataset"
	"attune/gui/cleaning"
	"attune/gui/comparing"
	"attune/gui/evaluation"
	"attune/gui/examples"
	"attune/gui/folds"
	"attune/gui/growth"
	"attune/gui/health"
	"attune/gui/home"
	"attune/gui/importing"
	"attune/gui/models"
	"attune/gui/parts"
	"attune/gui/search"
	"attune/gui/shrinking"
	"attune/gui/technique"
	"attune/gui/training"
	"attune/gui/tryout"
	"attune/gui/using"
	"attune/projects"
	"attune/projects/run"
)

// desk takes the wishes of the pages to the window.
type desk struct{ w *Window }

var (
	_ home.Desk       = desk{}
	_ models.Desk     = desk{}
	_ importing.Desk  = desk{}
	_ examples.Desk   = desk{}
	_ cleaning.Desk   = desk{}
	_ health.Desk     = desk{}
	_ technique.Desk  = desk{}
	_ training.Desk   = desk{}
	_ evaluation.Desk = desk{}
	_ tryout.Desk     = desk{}
	_ search.Desk     = desk{}
	_ growth.Desk     = desk{}
	_ folds.Desk      = desk{}
	_ comparing.Desk  = desk{}
	_ shrinking.Desk  = desk{}
	_ using.Desk      = desk{}
)

func (d desk) OpenProject(dir string)   { d.w.OpenProject(dir) }
func (d desk) NewProject(name string)   { d.w.NewProject(name) }
func (d desk) OpenSample()              { d.w.OpenSample() }
func (d desk) StartFrom(file string)    { d.w.Take(file) }
func (d desk) ForgetProject(dir string) { d.w.listRecent(d.w.library.Forget(dir)) }
func (d desk) ShowImport()              { d.w.GoTo(Import) }
func (d desk) ShowExamples()            { d.w.GoTo(Data) }
func (d desk) ShowDoctor()              { d.w.GoTo(Doctor) }
func (d desk) ShowTechnique()           { d.w.GoTo(Technique) }
func (d desk) ShowTraining()            { d.w.GoTo(Train) }
func (d desk) ShowResults()             { d.w.GoTo(Results) }
func (d desk) ShowTryout()              { d.w.GoTo(TryIt) }
func (d desk) ShowModels()              { d.w.GoTo(Models) }
func (d desk) TaskChanged()             { d.w.session.taskChanged() }
func (d desk) RunChanged(s run.State)   { d.w.session.follow(s) }

func (d desk) DataChanged() {
	d.w.session.growth.Forget()
	d.w.session.examples.Expect()
	d.w.session.look(nil)
}

// ShowSearch shows, as a part of the technique, the search for the best.
func (d desk) ShowSearch() {
	d.w.see(d.w.session.search.Content())
	d.w.session.search.Reload()
}

// ShowGrowth shows, as a part of the rows, what more of them would buy.
func (d desk) ShowGrowth() { d.w.see(d.w.session.growth.Content()) }

// ShowFolds shows, as a part of the training, how steady its score is.
func (d desk) ShowFolds() {
	d.w.see(d.w.session.folds.Content())
	d.w.session.folds.Reload()
}

func (d desk) FoldsChanged(on bool) {
	d.w.session.facts.folding = on
	d.w.showRail()
}

// Compare shows, as a part of the results, two trainings beside each other.
func (d desk) Compare(run int, split dataset.Split) {
	d.w.see(d.w.session.comparing.Content())
	d.w.session.comparing.Reload(run, split)
}

// Shrink shows, as a part of the results, a model beside its smaller students.
func (d desk) Shrink(run int) {
	d.w.see(d.w.session.shrinking.Content())
	d.w.session.shrinking.Reload(run)
}

// Use shows, as a part of the results, what can be done with a model.
func (d desk) Use(run int) {
	d.w.see(d.w.session.using.Content())
	d.w.session.using.Reload(run)
}

func (d desk) SearchChanged(on bool) {
	d.w.session.facts.searching = on
	d.w.showRail()
}

// TakeSetup plans the next training so.
func (d desk) TakeSetup(setup *projects.Setup) {
	d.w.session.setup = setup
	d.w.session.showTechnique()
	d.w.GoTo(Train)
}

// FindRow shows a row among all others.
func (d desk) FindRow(text string) {
	d.w.session.examples.Search(text)
	d.w.GoTo(Data)
}

func (d desk) Remedy(run int) {
	d.plan(Technique, func(ctx context.Context, p *projects.Project) (*projects.Setup, error) { return p.Remedied(ctx, run) })
}

func (d desk) Student(teacher, layers int) {
	d.plan(Train, func(ctx context.Context, p *projects.Project) (*projects.Setup, error) {
		return p.StudentSetup(ctx, teacher, layers)
	})
}

// plan takes the next training's setup from the project, and shows it on a page.
func (d desk) plan(on Page, setup func(context.Context, *projects.Project) (*projects.Setup, error)) {
	s := d.w.session
	parts.Start(s.worker, func(ctx context.Context) (*projects.Setup, error) { return setup(ctx, s.project) },
		func(setup *projects.Setup, err error) {
			if err != nil {
				d.w.notice.Say(parts.MessageOf(err, "The model is safe."), parts.Link("Close", d.w.notice.Hush))
				return
			}
			s.setup = setup
			s.showTechnique()
			d.w.GoTo(on)
		})
}

func (d desk) ChooseBase(name string) {
	d.w.session.setup.StartFrom(name)
	d.w.session.showTechnique()
}

func (d desk) StartFromModel(name string) {
	if d.w.session != nil {
		d.ChooseBase(name)
		d.w.GoTo(Technique)
	}
}

func (d desk) ModelsChanged() {
	if d.w.session != nil {
		d.w.session.look(nil)
	}
}

func (d desk) NetworkChanged(offline, at bool) { d.w.header.connect(offline, at) }

func (d desk) OpenPage(address string) {
	u, err := url.Parse(address)
	if err == nil {
		err = d.w.app.OpenURL(u)
	}
	if err != nil {
		d.w.notice.Say(parts.MessageOf(err, "The address of the page is "+address+"."), parts.Link("Close", d.w.notice.Hush))
	}
}

func (d desk) ChooseTask(name string) {
	s := d.w.session
	parts.Start(s.worker, func(ctx context.Context) (struct{}, error) { return struct{}{}, s.project.SetTask(ctx, name) },
		func(_ struct{}, err error) {
			if err != nil {
				d.w.notice.Say(parts.MessageOf(err, "Nothing was changed."), parts.Link("Close", d.w.notice.Hush))
			}
			s.taskChanged()
		})
}

func (d desk) ChooseTechnique(name string) {
	d.w.session.setup.Techniques = []string{name}
	d.w.session.showTechnique()
}

func (d desk) ChoosePreset(name string) {
	if err := d.w.session.setup.TakePreset(name); err != nil {
		d.w.notice.Say(parts.MessageOf(err, "Nothing was changed."), parts.Link("Close", d.w.notice.Hush))
		return
	}
	d.w.session.showTechnique()
}

func (d desk) TakeWay(way projects.Way) {
	if err := d.w.session.setup.Take(way); err != nil {
		d.w.notice.Say(parts.MessageOf(err, "Nothing was changed."), parts.Link("Close", d.w.notice.Hush))
		return
	}
	d.w.session.showTechnique()
}

func (d desk) BrowseStart() { d.w.browse() }

func (d desk) BrowseImport() { d.w.browse() }

// BrowseModel asks for a folder and adds the model in it.
func (d desk) BrowseModel() { d.BrowseFolder(func(folder string) { d.w.models.Add(folder) }) }

// BrowseFolder asks for a folder.
func (d desk) BrowseFolder(then func(path string)) {
	open := dialog.NewFolderOpen(func(folder fyne.ListableURI, err error) {
		switch {
		case err != nil:
			d.w.notice.Say(parts.MessageOf(err, "Nothing was changed."), parts.Link("Close", d.w.notice.Hush))
		case folder != nil:
			then(folder.Path())
		}
	}, d.w.window)
	d.w.ask(open)
}

// browse asks for a file and takes it as if it had been dropped.
func (w *Window) browse() { desk{w}.BrowseFile(func(path string) { w.Take(path) }) }

// BrowseFile asks for a file that can be read.
func (d desk) BrowseFile(then func(path string)) {
	open := dialog.NewFileOpen(func(file fyne.URIReadCloser, err error) {
		switch {
		case err != nil:
			d.w.notice.Say(parts.MessageOf(err, "Nothing was changed."), parts.Link("Close", d.w.notice.Hush))
		case file != nil:
			path := file.URI().Path()
			file.Close()
			then(path)
		}
	}, d.w.window)
	open.SetFilter(storage.NewExtensionFileFilter(projects.Endings()))
	d.w.ask(open)
}

// ask shows a dialog for a file, as large as the window lets it be.
func (w *Window) ask(open *dialog.FileDialog) {
	size := w.window.Canvas().Size()
	open.Resize(fyne.NewSize(size.Width*0.8, size.Height*0.8))
	open.Show()
}
