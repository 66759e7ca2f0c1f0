package projects_test

import (
	"testing"

	"attune/engine/setting"
	"attune/projects"
	"attune/projects/run"
)

// Trainings of the sample that were made to go wrong are told as such, and their
// remedies plan another one.
func TestVerdicts(t *testing.T) {
	if testing.Short() {
		t.Skip("three trainings to show what goes wrong take a minute")
	}
	p := sampleProject(t)
	for _, c := range []struct {
		want          run.Verdict
		settings      map[string]string
		key, remedied string
	}{
		{run.Underfitting, map[string]string{"epochs": "2"}, "epochs", "4"},
		{run.Unstable, map[string]string{"epochs": "8", "learning_rate": "0.03"}, "learning_rate", "0.009"},
		{run.Overfitting, map[string]string{
			"epochs": "40", "patience": "0", "learning_rate": "0.002", "label_smoothing": "0",
			"dropout": "0", "word_dropout": "0", "vary_pieces": "0",
		}, "dropout", "0.1"},
	} {
		s, err := p.NewSetup("balanced")
		if err != nil {
			t.Fatal(err)
		}
		s.StartFrom(projects.Fresh) // which is smaller, and learns these by heart
		for key, value := range c.settings {
			if err := setting.Apply(s.Fields(), key, value); err != nil {
				t.Fatal(err)
			}
		}
		r, err := p.Train(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		if state, err := r.Wait(); err != nil || state.Status != run.Finished {
			t.Fatalf("%s: %v", state.Status, err)
		}
		info, err := p.Run(t.Context(), r.Number())
		if err != nil {
			t.Fatal(err)
		}
		if info.Judged != c.want || info.Verdict == "" {
			t.Errorf("a training made for %q is judged as %q: %s", c.want, info.Judged, info.Verdict)
		}
		remedied, err := p.Remedied(t.Context(), r.Number())
		if err != nil {
			t.Fatal(err)
		}
		if got := knob(remedied, c.key); got != c.remedied {
			t.Errorf("the remedy for %q sets %s to %s, want %s", c.want, c.key, got, c.remedied)
		}
	}
}

// A training that went about right asks for nothing.
func TestNothingToMend(t *testing.T) {
	if remedy, ok := (projects.RunInfo{Judged: run.AboutRight}).Remedy(); ok {
		t.Errorf("it offers %q", remedy.Title)
	}
}
