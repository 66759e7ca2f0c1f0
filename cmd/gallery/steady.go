package main

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"attune/engine/dataset"
	"attune/gui/comparing"
	"attune/gui/folds"
	"attune/gui/parts"
	"attune/projects"
)

// CrossValidate finds nothing.
func (nobody) CrossValidate(int, string) parts.Work[projects.CrossValidating, projects.CrossValidation] {
	return nil
}

// LastCrossValidation finds nothing.
func (nobody) LastCrossValidation(context.Context) (projects.CrossValidation, bool, error) {
	return projects.CrossValidation{}, false, nil
}

// Columns gives what rows could be kept together by.
func (nobody) Columns() []string { return []string{"customer", "date"} }

// steady is a cross-validation on five parts.
func steady() *projects.CrossValidation {
	c := &projects.CrossValidation{Base: "starter", Preset: "balanced", Main: "macro_f1", Scores: map[string]projects.Range{"macro_f1": {Mean: 0.8958, Spread: 0.0173}, "accuracy": {Mean: 0.9004, Spread: 0.0151}, "mcc": {Mean: 0.8801, Spread: 0.0182}}}
	for i, score := range []float64{0.902, 0.876, 0.919, 0.881, 0.901} {
		c.Folds = append(c.Folds, projects.Fold{Learned: 432 - i%2, Checked: 108 + i%2, Loss: 0.35 - score/10, Scores: map[string]float64{"macro_f1": score, "accuracy": score + 0.004, "mcc": score - 0.016}})
	}
	return c
}

// steadies are the pages on how far a score can be relied on.
func steadies(here parts.Background) []picture {
	show := func(s folds.State) func() fyne.CanvasObject {
		return func() fyne.CanvasObject {
			p := folds.New(nobody{}, nobody{}, here)
			s.Start = nobody{}.Start()
			p.Show(s)
			return p.Content()
		}
	}
	two := *steady()
	two.Folds = two.Folds[:2]
	return []picture{
		{"folds-empty", show(folds.State{Columns: nobody{}.Columns()})},
		{"folds-begun", show(folds.State{Parts: 5, Progress: &parts.Progress{Verb: "Part 1 of 5", Done: 240, Total: 5000, Left: 29*time.Minute + 59*time.Second}})},
		{"folds-busy", show(folds.State{Parts: 5, Found: &two, Progress: &parts.Progress{Verb: "Part 3 of 5", Done: 2400, Total: 5000, Left: 96 * time.Second}})},
		{"folds-found", show(folds.State{Found: steady()})},
		{"folds-error", show(folds.State{Trouble: hinted{"8 rows cannot be dealt into 10 parts", "choose 5 or 10, and no more than there are rows or groups"}})},
	}
}

// comparisons are the pages that set two trainings beside each other.
func comparisons(here parts.Background) []picture {
	show := func(s comparing.State) func() fyne.CanvasObject {
		return func() fyne.CanvasObject {
			p := comparing.New(shelf{}, nobody{}, here)
			p.Show(s)
			return p.Content()
		}
	}
	state := comparing.State{Runs: kept(), Before: 1, After: 3, Split: dataset.Validation}
	filled, busy, same := state, state, state
	filled.Found = &projects.RunsCompared{A: 1, B: 3, Split: dataset.Validation, Rows: 600, Main: "macro_f1", Turned: projects.Turned{Better: 41, Worse: 17, Chance: 0.0022},
		Scores: []projects.ScoreChange{{Name: "accuracy", A: 0.871, B: 0.911}, {Name: "loss", A: 0.44, B: 0.31}, {Name: "macro_f1", A: 0.862, B: 0.908}, {Name: "mcc", A: 0.85, B: 0.894}}}
	for i, l := range labelCounts {
		change := projects.LabelChange{Label: l.Label, Support: l.Rows, A: 0.84 + float64(i)/90, B: 0.93 - float64(i)/50, Turned: projects.Turned{Better: 19 - 3*i, Worse: 2 * i, Chance: []float64{0.0001, 0.03, 0.4, 1, 0.9, 0.2}[i%6]}}
		filled.Found.Labels = append(filled.Found.Labels, change)
	}
	busy.Progress = &parts.Progress{Verb: "Scoring rows", Done: 2000}
	same.Before = same.After
	return []picture{
		{"compare-filled", show(filled)},
		{"compare-busy", show(busy)},
		{"compare-same", show(same)},
		{"compare-one", show(comparing.State{Runs: kept()[:1], Split: dataset.Validation})},
	}
}
