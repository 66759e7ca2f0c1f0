package main

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"

	"attune/gui/health"
	"attune/gui/parts"
	"attune/projects"
)

// patient stands for a project that the Doctor has looked at.
type patient struct{ rows }

func (patient) Health(context.Context) (projects.Health, error) { return projects.Health{}, nil }

func (patient) Examine(context.Context, func(projects.Progress)) (projects.Health, error) {
	return projects.Health{}, errors.New("this is a picture")
}

func (patient) Treat(context.Context, projects.Finding, []int64) (projects.Health, error) {
	return projects.Health{}, nil
}

func (patient) Unite(context.Context, projects.Finding, []int64) (projects.Health, error) {
	return projects.Health{}, nil
}

func (patient) Dismiss(context.Context, projects.Finding, []int64) (projects.Health, error) {
	return projects.Health{}, nil
}

func (p patient) RowsOf(ctx context.Context, ids []int64) ([]projects.Row, error) {
	var some []projects.Row
	for _, id := range ids {
		one, err := p.Rows(ctx, projects.Query{}, int(id), 1)
		if err != nil {
			return nil, err
		}
		some = append(some, one...)
	}
	return some, nil
}

// finding is a finding of a check with some rows; change alters each of them.
func finding(check string, severity projects.Severity, summary, fix string, n int, change func(i int, item *projects.FindingItem)) projects.Finding {
	f := projects.Finding{}
	for _, c := range projects.Checks() {
		if c.Name == check {
			f.Title = c.Title
		}
	}
	f.Check, f.Severity, f.Summary, f.Fix = check, severity, summary, fix
	for i := range n {
		item := projects.FindingItem{ID: int64(i*7 + 1), Group: i/2 + 1}
		change(i, &item)
		f.Items = append(f.Items, item)
	}
	return f
}

func doctors(here parts.Background) []picture {
	show := func(n int, change func(*health.State)) func() fyne.CanvasObject {
		return func() fyne.CanvasObject {
			p := health.New(patient{rows{n: n}}, nobody{}, here)
			s := health.State{}
			if n > 0 {
				s.Overview = rows{n: n}.overview()
			}
			change(&s)
			p.Show(s)
			if s.Chosen > 0 {
				p.ChooseRow(2)
			}
			return p.Content()
		}
	}
	twice := func(i int, item *projects.FindingItem) {
		item.Note = "kept"
		if i%2 == 1 {
			item.Note, item.Change.Delete = "", true
		}
	}
	all := projects.Health{Checked: noon, Findings: []projects.Finding{
		finding("leaks", projects.Grave, "18 of the 1,200 test rows (1.5 %) are also among the training rows, 11 word for word and 7 but for a word or two. On them the model is asked what it has seen: the score will be better than the model.", "Delete 18 training rows", 36, func(i int, item *projects.FindingItem) {
			item.Note = "the same words as a training row"
			if i%2 == 1 {
				item.Note, item.Change.Delete = "learned from", true
			}
		}),
		finding("duplicates", projects.Warning, "214 rows (3.6 %) repeat another row word for word. What is repeated counts more than once, in the training and in the scores.", "Delete 214 rows and keep one of each text", 428, twice),
		finding("conflicting-labels", projects.Warning, "9 texts stand in 21 rows with different labels. Whatever the model answers to them, it will be marked wrong.", "Give 5 rows the commoner label of their text and delete 12 rows without a commoner one", 21, twice),
		finding("wrong-labels", projects.Warning, "96 of 6,000 rows (1.6 %) read like those of another label than their own. A model learns what is wrong as well as what is right. The surest come first; look at them before you change them all.", "Give 96 rows the label that they read like", 96, func(i int, item *projects.FindingItem) {
			item.Group, item.Note, item.Change.Label = i+1, `reads like "delivery" (93 % sure); "billing" is under 1 % likely`, "delivery"
		}),
		finding("empty-texts", projects.Notice, "3 texts (under 0.1 %) say nothing that a label could follow from: 1 empty, 2 only standing in for a text. The model would guess, and learn to.", "Delete 3 rows", 3, twice),
	}}
	return []picture{
		{"doctor-empty", show(0, func(*health.State) {})},
		{"doctor-first", show(6000, func(*health.State) {})},
		{"doctor-busy", show(6000, func(s *health.State) {
			s.Progress = &parts.Progress{Verb: "Looking for: labels that look wrong", Done: 61, Total: 100, Left: 41 * time.Second}
		})},
		{"doctor-found", show(6000, func(s *health.State) { s.Health = all })},
		{"doctor-suspects", show(6000, func(s *health.State) { s.Health, s.Chosen = all, 3 })},
		{"doctor-mended", show(6000, func(s *health.State) {
			s.Health = all
			s.Health.Findings, s.Health.Stale = all.Findings[1:], true
			s.Notice = &parts.Message{Tone: parts.Done, What: "Leaks into the test: 18 rows were mended. Undo takes it back."}
		})},
		{"doctor-well", show(6000, func(s *health.State) { s.Health.Checked = noon })},
		{"doctor-error", show(6000, func(s *health.State) {
			m := parts.MessageOf(hinted{"The disk is full", "free some space and try again"}, "The rows are as they were.")
			s.Health, s.Notice = all, &m
		})},
	}
}
