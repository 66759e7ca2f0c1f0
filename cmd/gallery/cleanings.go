package main

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"

	"attune/gui/cleaning"
	"attune/gui/parts"
	"attune/projects"
)

// bath stands for a project whose rows are only looked at.
type bath struct{}

func (bath) Overview(context.Context) (projects.Overview, error) {
	return projects.Overview{}, errors.New("this is a picture")
}
func (bath) Cleaning(context.Context) (*projects.Cleaning, error) {
	return nil, errors.New("this is a picture")
}
func (bath) PreviewCleaning(context.Context, *projects.Cleaning, int, func(projects.Progress)) (projects.CleaningPreview, error) {
	return projects.CleaningPreview{}, errors.New("this is a picture")
}
func (bath) Clean(context.Context, *projects.Cleaning, func(projects.Progress)) (projects.Cleaned, error) {
	return projects.Cleaned{}, errors.New("this is a picture")
}
func (bath) Undo(context.Context) (string, error) { return "", nil }

// steps is a cleaning of the named steps.
func steps(names ...string) *projects.Cleaning {
	c := &projects.Cleaning{}
	for _, name := range names {
		if _, err := c.Add(name); err != nil {
			panic(err)
		}
	}
	return c
}

func cleanings(here parts.Background) []picture {
	show := func(s cleaning.State) func() fyne.CanvasObject {
		return func() fyne.CanvasObject {
			p := cleaning.New(bath{}, nobody{}, here)
			p.Show(s)
			return p.Content()
		}
	}
	same := func(text string) projects.TextPart { return projects.TextPart{Text: text} }
	part := func(text string) projects.TextPart { return projects.TextPart{Text: text, Changed: true} }
	preview := &projects.CleaningPreview{Cleaned: projects.Cleaned{Rows: 600, Changed: 218, Dropped: 4, By: []int{12, 31, 96, 187, 14}}, Steps: []string{"mojibake", "html", "mask", "whitespace", "labels"},
		Samples: []projects.CleanedRow{
			{Before: []projects.TextPart{same("I paid twice for order 48213, see"), part("  https://shop.example.com/orders/48213?user=77"), same(" and give back one of the two.")},
				After: []projects.TextPart{same("I paid twice for order 48213, see"), part(" [URL]"), same(" and give back one of the two.")}, By: []int{2, 3}, LabelsBefore: []string{"Invoice"}, LabelsAfter: []string{"billing"}},
			{Before: []projects.TextPart{part("<p>"), same("The caf"), part("Ã©"), same(" was closed"), part("</p>\n\n\n<p>"), same("Please call me.")},
				After: []projects.TextPart{same("The caf"), part("é"), same(" was closed"), part("\n"), same("Please call me.")}, By: []int{0, 1}},
			{Before: []projects.TextPart{same(texts[4] + " " + texts[0] + " Write to "), part("jo.doe@example.org")},
				After: []projects.TextPart{same(texts[4] + " " + texts[0] + " Write to "), part("[EMAIL]")}, By: []int{2}},
			{Before: []projects.TextPart{part("   ")}, Dropped: "nothing of its text is left", By: []int{3}},
		}}
	chosen := steps(preview.Steps...)
	done := parts.Message{Tone: parts.Done, What: "Applied: 218 rows changed, 4 left out. Undo takes it back."}
	failed := parts.MessageOf(hinted{"training run 3, since 10:31 (process 812 on this computer) has the project", "wait until it has ended, or stop it"}, "The rows are as they were.")
	return []picture{
		{"clean-empty", show(cleaning.State{})},
		{"clean-untouched", show(cleaning.State{Rows: 600})},
		{"clean-tried", show(cleaning.State{Rows: 600, Draft: chosen, Preview: preview})},
		{"clean-trying", show(cleaning.State{Rows: 1_000_000, Draft: chosen, Progress: &parts.Progress{Verb: "Trying on all rows", Done: 41, Total: 100, Left: 9 * time.Second}})},
		{"clean-applied", show(cleaning.State{Rows: 600, CanUndo: true, Draft: chosen, Applied: chosen.Copy(), Preview: preview, Notice: &done})},
		{"clean-error", show(cleaning.State{Rows: 600, Draft: steps("replace", "language"), Notice: &failed})},
	}
}
