package projects_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"attune/engine/dataset"
	"attune/engine/setting"
	"attune/projects"
	"attune/projects/run"
)

func TestTheStarterFillsGaps(t *testing.T) {
	f, err := projects.OpenFiller(projects.Starter)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for text, want := range map[string]struct{ filled, word string }{
		"It is one ___ the best.":         {"It is one of the best.", "of"},
		"She [MASK] born in 1902.":        {"She was born in 1902.", "was"},
		"They live in the United ______.": {"They live in the United states.", "states"},
		"one of the … important … things": {"one of the most important … things", "most"},
	} {
		got, err := f.Fill(t.Context(), text)
		if err != nil || got.Text != want.filled || got.Labels[0].Label != want.word {
			t.Errorf("%s: %+v, %v, want %s", text, got, err, want.filled)
			continue
		}
		if !slices.IsSortedFunc(got.Labels, func(a, b dataset.Score) int { return -int(1e9 * (a.Score - b.Score)) }) || got.Labels[0].Score <= 0 || got.Labels[0].Score > 1 {
			t.Errorf("%s: the probabilities are %v", text, got.Labels)
		}
	}
	for text, want := range map[string]string{"Where is my parcel?": "Where is my ___?", "hello": "___", "": "", "(again)": "(___)"} {
		if got := projects.WithHole(text); got != want || projects.HasHole(got) != (text != "") {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
	var e *projects.Error
	if _, err := f.Fill(t.Context(), "There is none."); !errors.As(err, &e) || e.Hint() == "" {
		t.Errorf("without a hole: %v", err)
	}
	f.Close()
	if _, err := f.Fill(t.Context(), "It is ___."); !errors.Is(err, context.Canceled) {
		t.Errorf("closed: %v", err)
	}
	if _, err := projects.OpenFiller(projects.Fresh); !errors.As(err, &e) {
		t.Errorf("a fresh model: %v", err)
	}
}

// A model that got to know the texts of its project guesses their words, and one that did
// not says that it has no head for it.
func TestAModelThatKnowsTheTextsGuessesTheirWords(t *testing.T) {
	p := trained(t)
	var e *projects.Error
	if _, _, err := p.Filler(t.Context(), 0); !errors.As(err, &e) || e.Hint() == "" {
		t.Errorf("no training got to know the texts: %v", err)
	}
	for _, number := range []int{1, 7} {
		if _, _, err := p.Filler(t.Context(), number); !errors.As(err, &e) || e.Hint() == "" {
			t.Errorf("training %d: %v", number, err)
		}
	}
	if _, err := projects.OpenFiller(filepath.Join(p.Path(), "runs", "1")); !errors.As(err, &e) || e.Hint() == "" {
		t.Errorf("the folder without that head: %v", err)
	}
	cleans(t, p, cleaning(t, "html", "shorten", "words=12"))
	s := shortSetup(t, p)
	s.Techniques = []string{"domain", "headswap"}
	for key, value := range map[string]string{"epochs": "1", "domain_passes": "4"} {
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
	f, number, err := p.Filler(t.Context(), 0)
	if err != nil || number != 2 {
		t.Fatalf("training %d, %v", number, err)
	}
	defer f.Close()
	got, err := f.Fill(t.Context(), "where is my ___ now")
	if err != nil || len(got.Labels) != 12 {
		t.Errorf("%+v, %v", got, err)
	}
	// What was done to the rows is done to what is asked, but not to what is shown.
	marked, err := f.Fill(t.Context(), "<p>where is <b>my</b> ___ now</p>")
	if want := "<p>where is <b>my</b> " + got.Labels[0].Label + " now</p>"; err != nil || marked.Text != want || !slices.Equal(marked.Labels, got.Labels) {
		t.Errorf("with marks %+v, without them %+v, %v", marked, got, err)
	}
	if _, err := f.Fill(t.Context(), strings.Repeat("my parcel is late ", 9)+"___"); !errors.As(err, &e) || e.Hint() == "" {
		t.Errorf("of a hole that is cut off: %v", err)
	}
}
