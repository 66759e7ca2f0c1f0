package gui

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"attune/projects"
)

// TestCleanAndUndo walks from an imported file to clean rows and back.
func TestCleanAndUndo(t *testing.T) {
	s := newStand(t)
	file := filepath.Join(t.TempDir(), "mails.csv")
	text := "text,label\n<p>See  www.example.org</p>,a\nplain as it is,b\nmail me@example.org now,a\nnothing to do,b\nthe third of it,a\nthe third of b,b\n"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	s.drop(file)
	s.until(t, "the preview is shown", func() bool {
		return s.session != nil && s.session.importing.State().Preview != nil && s.session.importing.State().Progress == nil
	})
	s.press(t, "Import")
	s.until(t, "the rows are imported", func() bool { return s.session.facts.rows == 6 })
	s.GoTo(Clean)
	s.until(t, "the page knows the rows", func() bool { return s.session.cleaning.State().Rows == 6 })
	for _, title := range []string{"HTML to text", "Addresses and telephone numbers", "Spaces and invisible characters"} {
		s.tick(t, title)
	}
	s.until(t, "the steps were tried", func() bool {
		p := s.session.cleaning.State().Preview
		return p != nil && len(p.By) == 3
	})
	if p := s.session.cleaning.State().Preview; p.Changed != 2 || len(p.Samples) != 2 {
		t.Errorf("the preview is %+v", p)
	}
	texts := func() (all []string) {
		rows, err := s.session.project.Rows(t.Context(), projects.Query{}, 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			all = append(all, r.Text)
		}
		return all
	}
	imported := texts()
	s.press(t, "Apply to all rows")
	s.until(t, "the steps hold", func() bool {
		return len(s.session.cleaning.State().Applied.Steps()) == 3 && s.session.cleaning.State().CanUndo
	})
	if got := texts(); got[0] != "See [URL]" || got[2] != "mail [EMAIL] now" {
		t.Errorf("the rows are %q", got)
	}
	s.GoTo(Data)
	s.until(t, "the page of the rows can undo it", func() bool { return s.session.examples.State().Overview.UndoesCleaning() })
	s.GoTo(Clean)
	s.until(t, "it can be undone", func() bool { return s.session.cleaning.State().CanUndo })
	s.press(t, "Undo")
	s.until(t, "nothing holds any more", func() bool { return len(s.session.cleaning.State().Applied.Steps()) == 0 })
	if got := texts(); !slices.Equal(got, imported) {
		t.Errorf("undone, the rows are %q, want %q", got, imported)
	}
}

// tick taps the box with that text.
func (s *stand) tick(t *testing.T, text string) {
	t.Helper()
	for _, o := range test.LaidOutObjects(s.window.Content()) {
		if c, ok := o.(*widget.Check); ok && c.Text == text {
			test.Tap(c)
			return
		}
	}
	t.Fatalf("there is no box %q on this page", text)
}
