package main

import (
	"context"

	"fyne.io/fyne/v2"

	"attune/gui/parts"
	"attune/gui/using"
	"attune/projects"
)

// uses are the pages that put a model to use.
func uses(here parts.Background) []picture {
	show := func(s using.State) func() fyne.CanvasObject {
		return func() fyne.CanvasObject {
			p := using.New(shelf{}, nobody{}, here)
			p.Reload(3)
			p.Show(s)
			return p.Content()
		}
	}
	return []picture{
		{"use", show(using.State{Run: 3})},
		{"use-busy", show(using.State{Run: 3, Progress: &parts.Progress{Verb: "Reading tickets.csv", Done: 4, Total: 10}})},
		{"use-done", show(using.State{Run: 3, Done: "1,200 rows are written with the answers: /home/ana/tickets answered.csv."})},
		{"use-error", show(using.State{Run: 3, Trouble: hinted{"there is already something at /home/ana/Attune/Support tickets, model 3", "choose another place, or remove it first"}})},
	}
}

// AnswerFile answers nothing.
func (shelf) AnswerFile(context.Context, int, string, string, func(projects.Progress)) (int, error) {
	return 0, nil
}

// Export writes nothing.
func (shelf) Export(context.Context, int, string, string, func(projects.Progress)) (projects.Exported, error) {
	return projects.Exported{}, nil
}

// Place is one that is free.
func (shelf) Place(int) string { return "/home/ana/Attune/Support tickets, model 3" }
