package main

import (
	"context"
	"fmt"
	"time"

	"fyne.io/fyne/v2"

	"attune/gui/growth"
	"attune/gui/parts"
	"attune/gui/search"
	"attune/projects"
)

// TestDomain finds nothing: nobody presses.
func (nobody) TestDomain() parts.Work[projects.Progress, projects.DomainTest] { return nil }

// LearningCurve finds nothing.
func (nobody) LearningCurve() parts.Work[projects.Progress, projects.LearningCurve] { return nil }

// LastSearch finds nothing.
func (nobody) LastSearch(context.Context) (projects.Search, bool, error) {
	return projects.Search{}, false, nil
}

// Search finds nothing.
func (nobody) Search(time.Duration, bool) parts.Work[projects.Search, *projects.Setup] { return nil }

// Start names what a search starts from.
func (nobody) Start() string { return "distilbert-base-uncased, Balanced" }

// searched is a search in its second round.
func searched() *projects.Search {
	ways := [][]string{{"headswap"}, {"headswap", "layerwise"}, {"headswap", "unfreeze"}, {"lora"}}
	found := &projects.Search{Seconds: 1800, Main: "macro_f1", Rounds: []projects.Round{nil, nil}}
	for i := range 12 {
		c := projects.Candidate{Techniques: ways[i%4], Settings: map[string]string{"learning_rate": fmt.Sprint([]float64{2.5e-05, 5e-05, 0.0001}[i/4])}}
		t := projects.Trial{Candidate: c, Passes: 1, Score: 0.91 - 0.03*float64(i*7%12), Loss: 0.3 + 0.02*float64(i*7%12), Seconds: 31 + float64(i)}
		found.Rounds[0] = append(found.Rounds[0], t)
		if i < 6 {
			found.Left = append(found.Left, c)
		}
		if i < 3 {
			t.Passes, t.Score, t.Seconds = 3, t.Score+0.02, 94
			found.Rounds[1] = append(found.Rounds[1], t)
		}
	}
	found.Rounds[0][5].Failed = "the loss is not a number any more: choose a smaller learning rate"
	return found
}

// unsures are the pages for those who do not know what to choose, or whether to go on.
func unsures(here parts.Background) []picture {
	seek := func(s search.State) func() fyne.CanvasObject {
		return func() fyne.CanvasObject {
			p := search.New(nobody{}, nobody{}, here)
			s.Start = nobody{}.Start()
			p.Show(s)
			return p.Content()
		}
	}
	grow := func(s growth.State) func() fyne.CanvasObject {
		return func() fyne.CanvasObject {
			p := growth.New(nobody{}, nobody{}, here)
			p.Show(s)
			return p.Content()
		}
	}
	ended := searched()
	ended.Left = ended.Left[:1]
	curve := projects.LearningCurve{Learner: "a linear model on counted words", Metric: "macro_f1", Checked: 60,
		Sentence: "With twice the rows (840) macro F1 would go from about 88.9 to 91.6 % (90.1 to 93.0). More rows are worth their while.",
		Points:   []projects.CurvePoint{{Rows: 42, Score: 0.56}, {Rows: 42, Score: 0.61}, {Rows: 84, Score: 0.72}, {Rows: 168, Score: 0.81}, {Rows: 336, Score: 0.874}},
		Foretold: []projects.CurveFuture{{Rows: 420, Score: 0.889, Low: 0.875, High: 0.9}, {Rows: 840, Score: 0.916, Low: 0.901, High: 0.93}, {Rows: 2100, Score: 0.937, Low: 0.911, High: 0.959}}}
	return []picture{
		{"search-empty", seek(search.State{})},
		{"search-running", seek(search.State{Running: true, Found: searched()})},
		{"search-stopped", seek(search.State{Found: searched(), Trouble: context.Canceled})},
		{"search-ended", seek(search.State{Found: ended, Ended: true})},
		{"growth-empty", grow(growth.State{})},
		{"growth-busy", grow(growth.State{Progress: &parts.Progress{Verb: "Learning from 40 % of the rows", Done: 5, Total: 12, Left: 8 * time.Second}})},
		{"growth-found", grow(growth.State{Curve: &curve})},
		{"growth-error", grow(growth.State{Trouble: hinted{"12 training rows are too few to foretell anything", "come back with 50"}})},
	}
}
