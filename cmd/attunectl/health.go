package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"attune/projects"
)

// foundJSON is a finding as scripts read it.
type foundJSON struct {
	Check    string      `json:"check"`
	Title    string      `json:"title"`
	Severity string      `json:"severity"`
	Rows     []int64     `json:"rows"` // in the file, from 1; where there are several files, in the project
	Summary  string      `json:"summary"`
	Fix      string      `json:"fix"`
	Move     string      `json:"move,omitempty"` // what --move does in its stead
	Advice   string      `json:"advice,omitempty"`
	Places   []placeJSON `json:"places"`
}

// placeJSON is a row of a finding.
type placeJSON struct {
	ID     int64  `json:"id"`
	File   string `json:"file"`
	Row    int    `json:"row"` // in its file, from 1
	Group  int    `json:"group"`
	Note   string `json:"note,omitempty"`
	Delete bool   `json:"delete,omitempty"` // what the fix does to it
	Label  string `json:"label,omitempty"`
}

var checkHealth = command{
	name: "health", usage: "PROJECT [--fix CHECK]... [--move] [--dismiss CHECK]...", about: "Looks for what is wrong with the rows, and mends it where told to; undo takes a fix back.",
	run: examine,
}

// examine lets the Doctor look at the project that the only word names.
func examine(ctx context.Context, c *call) error {
	fixes := c.flags.StringArray("fix", nil, "do what is proposed for this check's rows: duplicates, leaks, ... (attunectl list checks)")
	dismiss := c.flags.StringArray("dismiss", nil, "say that the rows that this check names are right as they are; it names them no more")
	move := c.flags.Bool("move", false, "with --fix: move rows instead of deleting any, where that mends it too: leaks")
	p, _, err := c.open(1, 1)
	if err != nil {
		return err
	}
	defer p.Close()
	for _, name := range append(slices.Clone(*fixes), *dismiss...) {
		if !slices.ContainsFunc(projects.Checks(), func(c projects.Choice) bool { return c.Name == name }) {
			return &usageError{fmt.Sprintf("there is no check %q; attunectl list checks names them", name)}
		}
	}
	m := c.meter()
	h, err := p.Examine(ctx, m.progress)
	m.end()
	if err != nil {
		return err
	}
	found, fixed, dismissed := []foundJSON{}, []string{}, []string{}
	for _, f := range h.Findings { // before a fix takes rows away
		told, err := tell(ctx, p, f)
		if err != nil {
			return err
		}
		found = append(found, told)
	}
	for _, f := range h.Findings {
		if slices.Contains(*dismiss, f.Check) {
			if _, err := p.Dismiss(ctx, f, idsOf(f)); err != nil {
				return err
			}
			dismissed = append(dismissed, f.Check)
			continue
		}
		if !slices.Contains(*fixes, f.Check) || f.Fix == "" {
			continue
		}
		mend, what := p.Treat, f.Fix
		if *move && f.Move != "" {
			mend, what = p.Unite, f.Move
		}
		if _, err := mend(ctx, f, nil); err != nil {
			return err
		}
		fixed = append(fixed, what)
	}
	text := healthText(h, fixed)
	if len(*fixes) > 0 && len(fixed) == 0 {
		text += fmt.Sprintf("nothing was mended: %s proposed nothing\n", strings.Join(*fixes, ", "))
	}
	for _, name := range dismissed {
		text += fmt.Sprintf("dismissed: %s\n", name)
	}
	return c.print(map[string]any{"findings": found, "fixed": fixed, "settled": dismissed}, "%s", text)
}

func idsOf(f projects.Finding) []int64 {
	ids := make([]int64, len(f.Items))
	for i, item := range f.Items {
		ids[i] = item.ID
	}
	return ids
}

// tell gives a finding with the places of its rows.
func tell(ctx context.Context, p *projects.Project, f projects.Finding) (foundJSON, error) {
	told := foundJSON{Check: f.Check, Title: f.Title, Severity: string(f.Severity), Summary: f.Summary, Fix: f.Fix, Move: f.Move, Advice: f.Advice,
		Rows: []int64{}, Places: []placeJSON{}}
	o, err := p.Overview(ctx)
	if err != nil {
		return told, err
	}
	rows, err := p.RowsOf(ctx, idsOf(f))
	if err != nil {
		return told, err
	}
	for i, r := range rows {
		item := f.Items[i]
		number := item.ID
		if len(o.Sources) == 1 {
			number = int64(r.SourceRow)
		}
		told.Rows = append(told.Rows, number)
		told.Places = append(told.Places, placeJSON{ID: item.ID, File: r.File, Row: r.SourceRow,
			Group: item.Group, Note: item.Note, Delete: item.Change.Delete, Label: item.Change.Label})
	}
	return told, nil
}

func healthText(h projects.Health, fixed []string) string {
	if len(h.Findings) == 0 {
		return "nothing was found that is wrong with the rows\n"
	}
	var b strings.Builder
	for _, f := range h.Findings {
		fmt.Fprintf(&b, "%s: %s (%s)\n  %s\n", f.Severity, f.Title, f.Check, f.Summary)
		if f.Fix != "" {
			fmt.Fprintf(&b, "  fix: %s\n", f.Fix)
		}
		if f.Move != "" {
			fmt.Fprintf(&b, "  or with --move: %s\n", f.Move)
		}
		if f.Advice != "" {
			fmt.Fprintf(&b, "  %s\n", f.Advice)
		}
	}
	for _, f := range fixed {
		fmt.Fprintf(&b, "done: %s\n", f)
	}
	return b.String()
}
