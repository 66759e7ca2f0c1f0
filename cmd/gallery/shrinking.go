package main

import (
	"context"

	"fyne.io/fyne/v2"

	"attune/engine/dataset"
	"attune/gui/parts"
	"attune/gui/shrinking"
	"attune/projects"
)

// students are the pages that make a model smaller.
func students(here parts.Background) []picture {
	show := func(s shrinking.State) func() fyne.CanvasObject {
		return func() fyne.CanvasObject {
			p := shrinking.New(shelf{}, nobody{}, here)
			p.Show(s)
			return p.Content()
		}
	}
	sized := func(run, layers int, bytes int64, speed, score float64, worse ...projects.LabelChange) projects.Sized {
		return projects.Sized{Run: run, Layers: layers, Bytes: bytes, Speed: speed, Score: score, Worse: worse}
	}
	teacher := sized(3, 12, 438_000_000, 41, 0.908)
	half := sized(4, 6, 268_000_000, 83, 0.894, projects.LabelChange{Label: "product question", A: 0.84, B: 0.78})
	quarter := sized(5, 3, 182_000_000, 160, 0.861, projects.LabelChange{Label: "product question", A: 0.84, B: 0.69}, projects.LabelChange{Label: "praise", A: 0.92, B: 0.85},
		projects.LabelChange{Label: "returns", A: 0.9, B: 0.86}, projects.LabelChange{Label: "account and login", A: 0.88, B: 0.85})
	found := func(all ...projects.Sized) *projects.Shrunk {
		return &projects.Shrunk{Split: dataset.Validation, Main: "macro_f1", Models: all}
	}
	return []picture{
		{"shrink-none", show(shrinking.State{Teacher: 3, Found: found(teacher)})},
		{"shrink-found", show(shrinking.State{Teacher: 3, Found: found(teacher, half, quarter)})},
		{"shrink-busy", show(shrinking.State{Teacher: 3, Progress: &parts.Progress{Verb: "Scoring rows", Done: 2000}})},
		{"shrink-error", show(shrinking.State{Teacher: 3, Trouble: hinted{"run 4 kept no model", "choose another training"}})},
	}
}

// Shrunk finds nothing.
func (shelf) Shrunk(context.Context, int, dataset.Split, func(projects.Progress)) (projects.Shrunk, error) {
	return projects.Shrunk{}, nil
}
