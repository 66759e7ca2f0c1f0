package gui

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"attune/engine/setting"
	"attune/projects"
)

// TestHowSure trains twice, compares both, finds out how steady the score is, and lets the
// starter guess a word.
func TestHowSure(t *testing.T) {
	s := newStand(t)
	s.OpenSample()
	s.until(t, "the sample is open", func() bool { return s.session != nil && s.session.facts.ready && s.Page() == Train })
	s.session.setup.StartFrom(projects.Fresh) // which is smaller
	// Counted words would answer alike whatever the network has learned so far.
	if err := setting.Apply(s.session.setup.Fields(), "word_counts", "off"); err != nil {
		t.Fatal(err)
	}
	for number, passes := range []string{"1", "2"} {
		if err := setting.Apply(s.session.setup.Fields(), "epochs", passes); err != nil {
			t.Fatal(err)
		}
		s.until(t, "a training can start", func() bool { return s.session.training.State().Reason == "" })
		s.press(t, "Fine-tune")
		s.until(t, "a model is kept", func() bool { return s.session.facts.models == number+1 })
	}

	s.GoTo(Results)
	s.until(t, "the results are shown", func() bool { return s.session.evaluation.State().Report != nil })
	s.press(t, "Compare")
	s.until(t, "both are compared", func() bool { return s.session.comparing.State().Found != nil })
	c := s.session.comparing.State()
	if c.Before != 1 || c.After != 2 || len(c.Found.Labels) != 6 || c.Found.Rows != s.session.evaluation.State().Report.Rows {
		t.Errorf("compared were %d and %d on %d rows: %+v", c.Before, c.After, c.Found.Rows, c.Found.Labels)
	}
	if c.Found.Better+c.Found.Worse == 0 {
		t.Error("the second training turned no row")
	}

	s.press(t, "Back to the results")
	s.GoTo(Train)
	s.press(t, "How steady is the score?")
	if err := setting.Apply(s.session.setup.Fields(), "epochs", "1"); err != nil {
		t.Fatal(err)
	}
	for _, o := range test.LaidOutObjects(s.window.Content()) {
		if choice, ok := o.(*widget.Select); ok && slices.Contains(choice.Options, "3 parts") {
			choice.SetSelected("3 parts")
		}
	}
	s.press(t, "Find out")
	if markTrain(s.session.facts) != running {
		t.Error("the rail does not tell that something learns")
	}
	closed := false
	s.window.SetOnClosed(func() { closed = true })
	s.Close()
	if closed || !s.notice.Visible() {
		t.Fatal("the window closed without a word about what is being found out")
	}
	s.press(t, "Do not close")
	s.OpenProject(filepath.Join(s.folder, "another.attune"))
	s.GoTo(Data)
	s.press(t, "Go there")
	if s.Page() != Train || s.notice.Visible() || !s.session.facts.folding {
		t.Error("another project was opened over one that is worked on, or the way to that work is not shown")
	}
	s.until(t, "the parts took turns", func() bool { return !s.session.facts.folding })
	found := s.session.folds.State()
	if found.Trouble != nil || found.Found == nil || len(found.Found.Folds) != 3 || found.Found.Scores["macro_f1"].Mean <= 0 {
		t.Fatalf("it was found %+v, %v", found.Found, found.Trouble)
	}
	s.GoTo(Results)
	s.until(t, "the results tell how steady they are", func() bool { return s.session.evaluation.State().Steady != nil })

	s.GoTo(TryIt)
	s.until(t, "the model is open", func() bool { return s.session.tryout.State().Run > 0 })
	s.session.tryout.Guess()
	s.until(t, "the starter is open", func() bool { return s.session.tryout.State().Filler == "Starter" })
	s.session.tryout.Type("He gave it to ___ mother.")
	s.until(t, "a word is guessed", func() bool { return s.session.tryout.State().Answer != nil })
	if text := s.session.tryout.State().Answer.Text; !strings.HasSuffix(text, " mother.") || strings.Contains(text, "_") {
		t.Errorf("it guesses %q", text)
	}
}
