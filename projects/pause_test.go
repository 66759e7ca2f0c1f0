package projects_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"attune/projects"
	"attune/projects/store"
)

func TestPauseHoldsAnImport(t *testing.T) {
	var text strings.Builder
	text.WriteString("text,label\n")
	for i := range 2000 {
		fmt.Fprintf(&text, "where is parcel %d,late\n", i)
	}
	path := file(t, "a.csv", text.String())
	for name, end := range map[string]struct {
		rows int
		let  func(pause *projects.Pause, cancel func())
		err  error
	}{
		"and lets it go on":         {2000, func(pause *projects.Pause, _ func()) { pause.Continue() }, nil},
		"until it is not wanted":    {0, func(_ *projects.Pause, cancel func()) { cancel() }, context.Canceled},
		"though it goes on unasked": {2000, func(pause *projects.Pause, _ func()) { pause.Continue(); pause.Continue() }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := create(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			pause, told := new(projects.Pause), make(chan struct{}, 100)
			pause.Hold()
			done := make(chan error, 1)
			go func() {
				_, err := p.Import(ctx, []string{path}, projects.ImportOptions{}, pause.Pausable(ctx, func(projects.Progress) { told <- struct{}{} }))
				done <- err
			}()
			<-told
			if !pause.Held() || len(done) > 0 {
				t.Error("it goes on though it is held")
			}
			end.let(pause, cancel)
			if err := <-done; !errors.Is(err, end.err) {
				t.Errorf("it ends with %v, want %v", err, end.err)
			}
			if n := overview(t, p).Rows; n != end.rows {
				t.Errorf("%d rows are there, want %d", n, end.rows)
			}
		})
	}
}

// While an import is held where it reads, the project can be changed: an earlier import
// is taken back.
func TestAHeldImportLetsOthersChangeTheProject(t *testing.T) {
	p := create(t)
	imports(t, p, projects.ImportOptions{}, file(t, "a.csv", "text,label\nwhere is my card,late\nthank you,glad\n"))
	path := file(t, "b.csv", "text,label\nwhere is my parcel,late\nthank you so much,glad\noh no,sad\n")
	pause, told := new(projects.Pause), make(chan struct{})
	done := make(chan error, 1)
	go func() {
		held := false
		_, err := p.Import(t.Context(), []string{path}, projects.ImportOptions{}, pause.Pausable(t.Context(), func(at projects.Progress) {
			if !held && strings.HasPrefix(at.Verb, "Reading") {
				held = true
				pause.Hold()
				close(told)
			}
		}))
		done <- err
	}()
	<-told
	if _, err := p.Undo(t.Context()); err != nil {
		t.Error(err)
	}
	if n := overview(t, p).Rows; n != 0 {
		t.Errorf("%d rows are there, want none", n)
	}
	if err := p.SetTask(t.Context(), "multilabel"); !errors.Is(err, store.ErrBusy) {
		t.Errorf("the task is changed under the import: %v", err)
	}
	pause.Continue()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if n := overview(t, p).Rows; n != 3 {
		t.Errorf("%d rows are there, want 3", n)
	}
}

func TestPauseDoesNotHoldWhatOthersWaitFor(t *testing.T) {
	pause := new(projects.Pause)
	pause.Hold()
	pause.Pausable(t.Context(), nil)(projects.Progress{Bound: true})
}

func TestPauseWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pause, goneOn := new(projects.Pause), false
		told := pause.Pausable(t.Context(), nil)
		told(projects.Progress{})
		pause.Hold()
		go func() {
			told(projects.Progress{})
			goneOn = true
		}()
		synctest.Wait()
		if goneOn {
			t.Error("held work goes on")
		}
		pause.Continue()
		synctest.Wait()
		if !goneOn {
			t.Error("work that may go on does not")
		}
	})
}
