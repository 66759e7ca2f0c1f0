package projects_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"attune/projects"
)

// A search that is interrupted goes on with the tries that it had; each round has half
// as many.
func TestASearchHalvesAndGoesOn(t *testing.T) {
	p := sampleProject(t)
	o := projects.SearchOptions{Base: projects.Fresh, Preset: "quick", Seed: 1, Threads: 1, Time: time.Second}
	ctx, cancel := context.WithCancel(context.Background())
	var seen projects.Search
	_, _, err := p.Search(ctx, o, func(s projects.Search) {
		seen = s
		if len(s.Rounds[0]) == 2 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || len(seen.Rounds) != 1 || len(seen.Rounds[0]) != 2 {
		t.Fatalf("%v after %d tries", err, len(seen.Rounds[0]))
	}
	o.Resume = true
	found, s, err := p.Search(context.Background(), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(found.Rounds[0][:2], seen.Rounds[0]) {
		t.Errorf("the first tries are %+v, were %+v", found.Rounds[0][:2], seen.Rounds[0])
	}
	var sizes []int
	trained := []projects.Trial{found.Timed}
	for _, round := range found.Rounds {
		if len(round) > 0 {
			sizes = append(sizes, len(round))
		}
		for _, trial := range round {
			if trial.Failed == "" && (trial.Steps == 0 || trial.Passes == 0 || trial.Loss == 0) {
				t.Errorf("%+v", trial)
			}
			if trial.Failed == "" && trial.Seconds == 0 && !slices.ContainsFunc(trained, func(earlier projects.Trial) bool {
				return earlier.Passes == trial.Passes && reflect.DeepEqual(earlier.Candidate, trial.Candidate)
			}) {
				t.Errorf("%+v took no time although it was not tried before", trial)
			}
			trained = append(trained, trial)
		}
	}
	if want := []int{6, 3, 2}; !reflect.DeepEqual(sizes, want) || len(found.Left) != 1 {
		t.Errorf("rounds of %v tries and %d left, want %v", sizes, len(found.Left), want)
	}
	best := found.Left[0]
	for key, value := range best.Settings {
		for _, f := range s.Fields() {
			if f.Key == key && f.Value.String() != value {
				t.Errorf("the best is trained with %s=%s, not %s", key, f.Value, value)
			}
		}
	}
	if s.MaxMinutes <= 0 || !reflect.DeepEqual(s.Techniques, best.Techniques) {
		t.Errorf("the best is trained by %v for %g minutes", s.Techniques, s.MaxMinutes)
	}
	if runs, err := p.Runs(context.Background()); err != nil || len(runs) > 0 {
		t.Errorf("%d runs were written down, %v", len(runs), err)
	}
}

func TestThereIsNoSearchToGoOnWith(t *testing.T) {
	var e *projects.Error
	_, _, err := sampleProject(t).Search(context.Background(), projects.SearchOptions{Resume: true}, nil)
	if !errors.As(err, &e) || e.Hint() == "" {
		t.Errorf("got %v", err)
	}
}
