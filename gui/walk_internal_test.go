package gui

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"attune/assets"
	"attune/engine/setting"
	"attune/gui/parts"
	"attune/projects"
)

// thread stands for the window's thread: what wants to be drawn waits until the
// test draws it, so that test and background never touch a widget at once.
type thread struct{ draws chan func() }

func newThread() *thread { return &thread{draws: make(chan func(), 1000)} }

func (th *thread) place() parts.Background {
	return parts.Background{Spawn: func(work func()) { go work() }, Do: func(draw func()) { th.draws <- draw }}
}

// until draws what wants to be drawn until something has come true.
func (th *thread) until(t *testing.T, what string, true func() bool) {
	t.Helper()
	end := time.After(2 * time.Minute)
	for !true() {
		select {
		case draw := <-th.draws:
			draw()
		case <-end:
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

// stand is a window on real projects in a folder of the test's own.
type stand struct {
	*thread
	*Window
	folder string
}

func newStand(t *testing.T) *stand {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(parts.Theme{Appearance: parts.Light})
	library, err := projects.OpenLibrary(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := &stand{thread: newThread(), folder: t.TempDir()}
	home := t.TempDir()
	for name, dir := range map[string]string{"HF_HOME": "hub", "XDG_CONFIG_HOME": "config", "XDG_DATA_HOME": "data"} {
		t.Setenv(name, filepath.Join(home, dir))
	}
	window := test.NewWindow(nil)
	s.Window = New(app, window, library, Options{Folder: s.folder, Place: s.place(),
		Models: func() (*projects.Models, error) { return projects.OpenModels("") }})
	window.Resize(fyne.NewSize(1280, 800))
	t.Cleanup(s.leave)
	return s
}

// press taps the button with that text on the page that is shown.
func (s *stand) press(t *testing.T, text string) {
	t.Helper()
	for _, o := range test.LaidOutObjects(s.window.Content()) {
		if b, ok := o.(*widget.Button); ok && b.Text == text && b.Visible() {
			if b.Disabled() {
				t.Fatalf("the button %q cannot be pressed", text)
			}
			test.Tap(b)
			return
		}
	}
	t.Fatalf("there is no button %q on this page", text)
}

// drop drops files on the window.
func (s *stand) drop(files ...string) {
	var uris []fyne.URI
	for _, f := range files {
		uris = append(uris, storage.NewFileURI(f))
	}
	s.Dropped(fyne.NewPos(600, 300), uris)
}

func (s *stand) tickets(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "Tickets of März.csv")
	if err := os.WriteFile(file, assets.SampleTickets(), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestWholeWay walks from a dropped file to a model that answers.
func TestWholeWay(t *testing.T) {
	s := newStand(t)
	s.drop(s.tickets(t))
	s.until(t, "the preview is shown", func() bool {
		return s.session != nil && s.session.importing.State().Preview != nil && s.session.importing.State().Progress == nil
	})
	if got, want := s.session.project.Name(), "Tickets of März"; got != want {
		t.Errorf("the project is called %q, want it named after the file: %q", got, want)
	}
	if roles := s.session.importing.State().Preview.Roles; roles.Text == "" || roles.Label == "" {
		t.Fatalf("the preview guesses no text or label: %+v", roles)
	}

	s.press(t, "Import")
	s.until(t, "the rows are imported and split", func() bool { return s.session.facts.ready })
	s.press(t, "Look at the rows")
	s.until(t, "the rows are shown", func() bool { return s.session.examples.State().Found > 500 })

	s.GoTo(Technique)
	s.session.setup.StartFrom(projects.Fresh) // which is smaller
	if err := setting.Apply(s.session.setup.Fields(), "epochs", "3"); err != nil {
		t.Fatal(err)
	}
	s.press(t, "Go to the training")
	s.until(t, "a training can start", func() bool { return s.session.training.State().Reason == "" })
	s.press(t, "Fine-tune")
	var grown []int // points of the curve at each drawing
	s.until(t, "the training has ended", func() bool {
		r := s.session.training.State().Run
		if r == nil {
			return false
		}
		if n := len(r.Curve.Losses); len(grown) == 0 || n > grown[len(grown)-1] {
			grown = append(grown, n)
		}
		return r.Status.AtRest()
	})
	r := s.session.training.State().Run
	if r.Err != nil {
		t.Fatalf("the training failed: %v", r.Err)
	}
	if len(grown) < 3 {
		t.Errorf("the curve was drawn with %v points: it did not grow before one's eyes", grown)
	}
	if len(r.Curve.Evaluations) < 6 {
		t.Errorf("three passes were checked %d times, want twice a pass", len(r.Curve.Evaluations))
	}
	s.until(t, "the rail marks the training as done", func() bool { return s.session.facts.models == 1 })

	s.press(t, "Try it")
	s.until(t, "the model is open", func() bool { return s.session.tryout.State().Run == 1 })
	s.session.tryout.Type("Where is my parcel? It was due yesterday.")
	s.until(t, "the model answers", func() bool { return s.session.tryout.State().Answer != nil })
	if labels := s.session.tryout.State().Answer.Labels; len(labels) != s.session.facts.labels {
		t.Errorf("the answer scores %d labels, want %d", len(labels), s.session.facts.labels)
	}

	s.GoTo(Results)
	s.until(t, "the results are shown", func() bool { return s.session.evaluation.State().Report != nil })
	if rows := s.session.evaluation.State().Report.Rows; rows < 100 {
		t.Errorf("the model is judged on %d rows, want a fifth of 600", rows)
	}
	s.use(t)
	s.GoTo(Results)
	if least := s.window.Content().MinSize(); least.Width > 1024 || least.Height > 700 {
		t.Errorf("the page makes the window grow to %v", least)
	}
}

// use answers a file with the model whose results are shown, and exports it.
func (s *stand) use(t *testing.T) {
	t.Helper()
	s.press(t, "Use it")
	file := s.tickets(t)
	s.drop(file) // to be answered here, not to be imported
	done := func() bool { return !s.session.using.Busy() }
	s.press(t, "Answer the rows")
	s.until(t, "the file is answered", done)
	answers, err := os.ReadFile(filepath.Join(filepath.Dir(file), "Tickets of März answered.csv"))
	if err != nil || bytes.Count(answers, []byte("\n")) < 600 {
		t.Errorf("the answers are %d bytes: %v, %v", len(answers), err, s.session.using.State().Trouble)
	}
	s.press(t, "Answer the rows")
	s.until(t, "it is said that they are there", done)
	if s.session.using.State().Trouble == nil {
		t.Error("answers took the place of others")
	}
	s.press(t, "Export the model")
	s.until(t, "the model is exported", done)
	if _, err := os.Stat(filepath.Join(s.folder, "Tickets of März, model 1", "model.safetensors")); err != nil {
		t.Errorf("%v, %v", err, s.session.using.State().Trouble)
	}
}

// toldAtHome waits until the trouble is told on the home page, and looks that no project is
// left behind.
func (s *stand) toldAtHome(t *testing.T) {
	t.Helper()
	s.until(t, "the trouble is told", func() bool { return s.Page() == Home && s.home.State().Trouble != nil })
	made, err := os.ReadDir(s.folder)
	if err != nil || len(made) > 0 || s.session != nil {
		t.Errorf("there are projects: %v, %v", made, err)
	}
}

// TestDroppedWhere drops other things than a file with rows.
func TestDroppedWhere(t *testing.T) {
	folder := t.TempDir()
	empty := filepath.Join(folder, "empty.csv")
	if err := os.WriteFile(empty, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Run("a folder without tables", func(t *testing.T) {
		s := newStand(t)
		s.drop(t.TempDir())
		s.toldAtHome(t)
	})
	t.Run("a folder of texts", func(t *testing.T) {
		s := newStand(t)
		texts := t.TempDir()
		for _, label := range []string{"happy", "sad"} {
			if err := os.Mkdir(filepath.Join(texts, label), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(texts, label, "1.txt"), []byte("this is a "+label+" text"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		s.drop(texts)
		s.until(t, "it is shown", func() bool { return s.session != nil && s.session.importing.State().Preview != nil })
		if p := s.session.importing.State().Preview; p.Rows != 2 || len(p.Labels) != 2 {
			t.Errorf("it is shown as %+v", p)
		}
	})
	t.Run("an empty file", func(t *testing.T) {
		s := newStand(t)
		s.drop(empty)
		s.until(t, "the trouble is told", func() bool { return s.session != nil && s.session.importing.State().Trouble != nil })
	})
	t.Run("a file that is not there", func(t *testing.T) {
		s := newStand(t)
		s.drop(filepath.Join(folder, "gone.csv"))
		s.toldAtHome(t)
	})
	t.Run("a file that is not there, for the open project", func(t *testing.T) {
		s := newStand(t)
		s.NewProject("Q3/2026: all? ")
		s.until(t, "the import is shown", func() bool { return s.Page() == Import })
		if got, want := s.session.project.Path(), filepath.Join(s.folder, "Q3-2026- all-.attune"); got != want {
			t.Errorf("the project is in %s, want %s", got, want)
		}
		s.drop(filepath.Join(folder, "gone.csv"))
		s.until(t, "the trouble is told", func() bool { return s.session.importing.State().Trouble != nil })
	})
	t.Run("a project that is not there", func(t *testing.T) {
		s := newStand(t)
		s.drop(filepath.Join(folder, "gone.attune"))
		s.toldAtHome(t)
	})
	t.Run("a second file of that name", func(t *testing.T) {
		s := newStand(t)
		for _, want := range []string{"empty", "empty 2"} {
			s.GoTo(Home)
			s.drop(empty)
			s.until(t, "a project was made", func() bool { return s.session != nil && s.session.project.Name() == want })
		}
	})
}

// TestCloseAsks closes the window while a training is under way.
func TestCloseAsks(t *testing.T) {
	s := newStand(t)
	closed := false
	s.window.SetOnClosed(func() { closed = true })
	s.OpenSample()
	s.until(t, "the sample is open", func() bool { return s.session != nil && s.session.facts.ready && s.Page() == Train })
	s.press(t, "Fine-tune")
	s.until(t, "the first check is made", func() bool {
		r := s.session.training.State().Run
		return r != nil && r.Best != nil
	})
	s.Close()
	if closed || s.notice.Said().What == "" {
		t.Fatal("the window closed, or stayed, without a word about the training")
	}
	s.press(t, "Keep training")
	if s.notice.Visible() || s.session.project.Active() == nil {
		t.Error("the training was not kept")
	}
	s.OpenProject(filepath.Join(s.folder, "another.attune"))
	if s.session.project.Active() == nil || s.notice.Said().Way == "" {
		t.Error("another project was opened over one that is being trained")
	}
	project := s.session.project.Path()
	s.Close()
	s.press(t, "Stop, keep the best and close")
	s.until(t, "the window has closed", func() bool { return closed })

	p, err := projects.Open(project)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	info, err := p.Run(t.Context(), 0)
	if err != nil || info.Model == "" {
		t.Errorf("no model was kept: %+v, %v", info, err)
	}
}

// TestGoOnNextTime closes the window in the midst of a training and goes on with
// it in another window.
func TestGoOnNextTime(t *testing.T) {
	s := newStand(t)
	closed := false
	s.window.SetOnClosed(func() { closed = true })
	s.OpenSample()
	s.until(t, "the sample is open", func() bool { return s.session != nil && s.session.facts.ready && s.Page() == Train })
	s.press(t, "Fine-tune")
	s.until(t, "some steps are done", func() bool {
		r := s.session.training.State().Run
		return r != nil && r.Step > 5
	})
	s.Close()
	s.press(t, "Go on next time")
	s.until(t, "the window has closed", func() bool { return closed })

	again := newStand(t)
	again.options.Folder = s.folder
	again.OpenSample()
	again.until(t, "the interrupted training is offered", func() bool {
		return again.session != nil && again.session.training.State().Unfinished == 1
	})
	again.press(t, "Go on with the interrupted training")
	again.until(t, "it goes on where it was", func() bool {
		r := again.session.training.State().Run
		return r != nil && r.Number == 1 && r.Step > 5
	})
	again.session.training.Stop()
	again.until(t, "it has ended", func() bool { return again.session.training.State().Run.Status.AtRest() })
}

// TestUndo takes a change back and does it again, as Ctrl+Z and Ctrl+Shift+Z do.
func TestUndo(t *testing.T) {
	s := newStand(t)
	s.OpenSample()
	s.until(t, "the sample is open", func() bool { return s.session != nil && s.session.examples.State().Found > 0 })
	all := s.session.examples.State().Found
	rows, err := s.session.project.Rows(t.Context(), projects.Query{}, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.session.project.Delete(t.Context(), []int64{rows[0].ID}); err != nil {
		t.Fatal(err)
	}
	s.session.examples.Reload()
	s.until(t, "the row is gone", func() bool { return s.session.examples.State().Found == all-1 })
	s.undo()
	s.until(t, "the row is back", func() bool { return s.session.examples.State().Found == all })
	s.redo()
	s.until(t, "the row is gone again", func() bool { return s.session.examples.State().Found == all-1 })
}

// slow is a library that opens a project and gives it away only when it is told to.
type slow struct {
	Library
	opened chan *projects.Project
	give   chan struct{}
}

func (l *slow) Open(dir string) (*projects.Project, error) {
	p, err := l.Library.Open(dir)
	l.opened <- p
	<-l.give
	return p, err
}

// TestAProjectThatNobodyTakesIsClosed asks for something else while a project is opened.
func TestAProjectThatNobodyTakesIsClosed(t *testing.T) {
	s := newStand(t)
	dir := filepath.Join(s.folder, "late.attune")
	p, err := s.library.Create(dir, "classification")
	if err == nil {
		err = p.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	library := &slow{s.library, make(chan *projects.Project, 1), make(chan struct{})}
	s.library = library
	s.OpenProject(dir)
	late := <-library.opened
	s.GoTo(Home)
	close(library.give)
	s.until(t, "the list of projects is shown", func() bool { return len(s.home.State().Recent) == 1 })
	for end := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		if _, err := late.Overview(t.Context()); err != nil {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the project stays open, and nobody has it")
		}
	}
	if s.session != nil {
		t.Error("it was opened all the same")
	}
}
