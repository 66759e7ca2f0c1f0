package gui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"attune/gui/parts"
	"attune/projects"
)

// TestDoctor walks from the rows to the Doctor, lets it mend, goes back, and to a
// row among all others.
func TestDoctor(t *testing.T) {
	s := newStand(t)
	s.OpenSample()
	s.until(t, "the sample is open", func() bool { return s.session != nil && s.session.examples.State().Found > 0 })
	all := s.session.examples.State().Found
	s.GoTo(Data)
	s.press(t, "Look for mistakes")
	s.until(t, "the Doctor knows of the rows", func() bool { return s.session.health.State().Overview.Rows == all })
	s.press(t, "Look at the rows")
	s.until(t, "the rows were looked at", func() bool {
		h := s.session.health.State()
		return h.Progress == nil && len(h.Health.Findings) > 0 && s.session.facts.looked
	})
	if mark := markDoctor(s.session.facts); mark != needsLook {
		t.Errorf("the rail marks the Doctor with %v", mark)
	}
	findings := func() []projects.Finding { return s.session.health.State().Health.Findings }
	repeated := slices.IndexFunc(findings(), func(f projects.Finding) bool { return f.Check == "duplicates" || f.Check == "near-duplicates" })
	if repeated < 0 {
		t.Fatalf("tickets that were sent twice are not found among %d findings", len(findings()))
	}
	n := findings()[repeated].Changes()
	state := s.session.health.State()
	state.Chosen = repeated
	s.session.health.Show(state)
	s.press(t, "Mend "+parts.Counted(n, "row", "rows"))
	s.until(t, "the rows are fewer", func() bool { return s.session.examples.State().Found == all-n })
	s.undo()
	s.until(t, "the rows are back", func() bool { return s.session.examples.State().Found == all && s.Page() == Doctor })

	s.session.health.ChooseRow(0)
	s.until(t, "the row can be opened", func() bool { return s.has("Show among all rows") })
	s.press(t, "Show among all rows")
	s.until(t, "it is found among all rows", func() bool {
		return s.Page() == Data && s.session.examples.State().Query.Search != "" && s.session.examples.State().Found < all
	})
}

// has says whether a button of that text is on the page that is shown.
func (s *stand) has(text string) bool {
	return slices.ContainsFunc(test.LaidOutObjects(s.window.Content()), func(o fyne.CanvasObject) bool {
		b, ok := o.(*widget.Button)
		return ok && b.Text == text && b.Visible()
	})
}
