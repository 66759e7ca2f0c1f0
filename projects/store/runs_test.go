package store_test

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"attune/engine/dataset"
	"attune/projects/store"
)

func TestRuns(t *testing.T) {
	s := create(t)
	ctx := t.Context()
	r := store.Run{
		Status: "training", Base: "starter", Preset: "quick", Techniques: []string{"lora", "freeze"},
		Settings: map[string]string{"epochs": "3"}, Seed: math.MaxUint64, Threads: 2,
		Started: time.UnixMilli(1_700_000_000_123), Steps: 100, Main: "macro_f1", Score: math.NaN(), DataHash: "abc",
	}
	for want := 1; want <= 2; want++ {
		if n, err := s.StartRun(ctx, r); n != want || err != nil {
			t.Fatalf("run %d, %v", n, err)
		}
	}
	r.Number = 2
	if got, err := s.Run(ctx, 2); fmt.Sprint(got) != fmt.Sprint(r) || err != nil {
		t.Errorf("got %+v, %v\nwant %+v", got, err, r)
	}
	r.Status, r.Ended, r.Step, r.BestStep, r.Epoch, r.Samples, r.Seconds = "finished", r.Started.Add(time.Minute), 90, 80, 2.5, 1000, 59.5
	r.Score, r.Baseline, r.Stopped, r.Error = 0.91, map[string]float64{"macro_f1": 0.87}, "early stopping", "none"
	if err := s.UpdateRun(ctx, r); err != nil {
		t.Fatal(err)
	}
	all, err := s.Runs(ctx)
	if err != nil || len(all) != 2 || fmt.Sprint(all[1]) != fmt.Sprint(r) || all[0].Status != "training" {
		t.Errorf("got %+v, %v", all, err)
	}
	r.Number = 7
	if err := s.UpdateRun(ctx, r); !errors.Is(err, store.ErrMissing) {
		t.Errorf("updating a run that is not there gave %v", err)
	}
	if _, err := s.Run(ctx, 7); !errors.Is(err, store.ErrMissing) {
		t.Errorf("reading a run that is not there gave %v", err)
	}
	if g, err := store.Look(ctx, s.Dir()); g.Runs != 2 || g.Score != 0.91 || err != nil {
		t.Errorf("at a glance %+v, %v", g, err)
	}
}

func TestMeasures(t *testing.T) {
	s := create(t)
	ctx := t.Context()
	n, err := s.StartRun(ctx, store.Run{})
	if err != nil {
		t.Fatal(err)
	}
	want := []store.Measure{
		{Step: 1, Epoch: 0.1, Name: "loss", Split: dataset.Train, Value: 2},
		{Step: 2, Epoch: 0.2, Name: "loss", Split: dataset.Train, Value: math.NaN()},
		{Step: 2, Epoch: 0.2, Name: "accuracy", Split: dataset.Validation, Value: 0.5},
		{Step: 2, Epoch: 0.2, Name: "loss", Split: dataset.Validation, Value: math.Inf(1)},
	}
	first := store.Measure{Step: 1, Name: "loss", Split: dataset.Train, Value: 99}
	for _, batch := range [][]store.Measure{{first}, want[2:], want[:2], nil} {
		if err := s.AddMeasures(ctx, n, batch); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := s.Measures(ctx, n); fmt.Sprint(got) != fmt.Sprint(want) || err != nil {
		t.Errorf("got %v, %v\nwant %v", got, err, want)
	}
	if err := s.AddMeasures(ctx, n+1, want); err == nil {
		t.Error("measured a run that is not there")
	}
}

func TestReportsAndSettings(t *testing.T) {
	s := create(t)
	ctx := t.Context()
	n, err := s.StartRun(ctx, store.Run{})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok, err := s.Report(ctx, n, "test"); ok || err != nil {
		t.Errorf("found a report, %v", err)
	}
	for _, text := range []string{`{"f1":0.5}`, `{"f1":0.6}`} {
		if err := s.SaveReport(ctx, n, "test", []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, ok, err := s.Report(ctx, n, "test"); string(got) != text || !ok || err != nil {
			t.Errorf("report %s, %v, %v", got, ok, err)
		}
	}
	if _, ok, err := s.Setting(ctx, "theme"); ok || err != nil {
		t.Errorf("found a setting, %v", err)
	}
	for _, value := range []string{"dark", ""} {
		if err := s.SetSetting(ctx, "theme", value); err != nil {
			t.Fatal(err)
		}
		if got, ok, err := s.Setting(ctx, "theme"); got != value || !ok || err != nil {
			t.Errorf("setting %q, %v, %v", got, ok, err)
		}
	}
}
