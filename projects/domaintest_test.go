package projects_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"attune/projects"
)

// A model that has learned nothing of the tickets but how they are labelled has much to
// learn from them, and the project is left as it was.
func TestTheDomainIsTried(t *testing.T) {
	ctx := context.Background()
	p := trained(t)
	s, err := p.NewSetup("")
	if err != nil {
		t.Fatal(err)
	}
	s.StartFrom(filepath.Join(p.Path(), "runs", "1"))
	seen := int64(0)
	d, err := p.TestDomain(ctx, s, time.Minute, func(now projects.Progress) { seen = now.Done })
	if err != nil {
		t.Fatal(err)
	}
	if d.Texts < 300 || d.Words < 0.5 || d.Words > 1 || d.Steps == 0 || seen != int64(d.Steps) || d.After >= d.Before {
		t.Errorf("%+v, %d steps were told", d, seen)
	}
	if runs, err := p.Runs(ctx); err != nil || len(runs) != 1 {
		t.Errorf("%d runs, %v", len(runs), err)
	}
}

func TestAFreshModelHasNoDomain(t *testing.T) {
	p := sampleProject(t)
	s, err := p.NewSetup("")
	if err != nil {
		t.Fatal(err)
	}
	s.StartFrom(projects.Fresh)
	var e *projects.Error
	if _, err := p.TestDomain(context.Background(), s, time.Minute, nil); !errors.As(err, &e) || e.Hint() == "" {
		t.Errorf("got %v", err)
	}
}

func TestWhatATryOfTheDomainSays(t *testing.T) {
	for want, d := range map[string]projects.DomainTest{
		"likely to help,": {Texts: 2000, Words: 0.7, Before: 40, After: 28},
		"may help":        {Texts: 2000, Words: 0.7, Before: 40, After: 35},
		"unlikely":        {Texts: 2000, Words: 0.7, Before: 40, After: 39},
		"knows such":      {Texts: 2000, Words: 0.7, Before: 40, After: 41},
		"too few texts":   {Texts: 145, Words: 0.7, Before: 40, After: 28},
		"words that":      {Texts: 2000, Words: 0.94, Before: 40, After: 12},
	} {
		if got := d.Sentence(); !strings.Contains(got, want) {
			t.Errorf("of a fall from %g to %g it says %q", d.Before, d.After, got)
		}
	}
}
