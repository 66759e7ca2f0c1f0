package gui

import (
	"context"
	"strings"
	"testing"
	"time"

	"attune/projects"
)

// Under the race detector the choices that go on below would be seen to meet the work.
func TestWorkHasTheChoicesOfWhenItWasBegun(t *testing.T) {
	s := newStand(t)
	s.OpenSample()
	s.until(t, "the sample is open", func() bool { return s.session != nil && s.session.facts.ready })
	setup := s.session.setup
	setup.Techniques = []string{"freeze"}
	type choices struct {
		base, technique string
		settings        int
	}
	seen := make(chan choices)
	work := withSetup(s.session, func(_ context.Context, setup *projects.Setup, show func(int)) (int, error) {
		seen <- choices{setup.Base, setup.Techniques[0], len(setup.Fields())}
		return 0, nil
	})
	fields := len(setup.Fields())
	began := setup.Base
	go work(t.Context(), func(int) {})
	desk{s.Window}.ChooseTechnique("lora")
	desk{s.Window}.ChooseBase(projects.Fresh)
	if said := s.session.intent(); !strings.HasPrefix(said, "Fresh model, Balanced, Learn small additions: learns to sort texts") {
		t.Errorf("the plan is said to be %q", said)
	}
	if got := <-seen; got.base != began || got.technique != "freeze" || got.settings != fields {
		t.Errorf("the work saw %+v, begun with %s, freeze and %d settings", got, began, fields)
	}

	desk{s.Window}.ChooseTechnique(usual)
	desk{s.Window}.ChoosePreset("quick")
	if said := s.session.intent(); !strings.HasPrefix(said, "Fresh model, Quick: learns") {
		t.Errorf("with another preset the plan is said to be %q", said)
	}
	begin := trainer{s.session}.Start()
	desk{s.Window}.ChoosePreset("best")
	r, err := begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.Stop()
	if _, err := s.session.project.Active().Wait(); err != nil {
		t.Fatal(err)
	}
	runs, err := s.session.project.Runs(t.Context())
	if err != nil || len(runs) != 1 || runs[0].Preset != "quick" {
		t.Errorf("the runs are %+v, %v, want one that is quick", runs, err)
	}
}

func TestASearchEndsWithTheOneThatIsLeft(t *testing.T) {
	s := newStand(t)
	s.OpenSample()
	s.until(t, "the sample is open", func() bool { return s.session != nil && s.session.facts.ready })
	s.session.setup.StartFrom(projects.Fresh) // which is smaller
	var last projects.Search
	setup, err := searcher{s.session}.Search(time.Second, false)(t.Context(), func(found projects.Search) { last = found })
	if err != nil || setup == nil || len(last.Left) != 1 {
		t.Fatalf("%d are left, %+v, %v", len(last.Left), setup, err)
	}
	if done, all := last.Tries(); done != all || done < 6 {
		t.Errorf("%d of %d tries were made", done, all)
	}
}
