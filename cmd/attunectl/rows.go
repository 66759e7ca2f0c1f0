package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"attune/engine/dataset"
	"attune/projects"
)

// rowJSON is a row as scripts read it.
type rowJSON struct {
	ID     int64          `json:"id"`
	File   string         `json:"file"`
	Row    int            `json:"row"` // in its file, from 1
	Split  dataset.Split  `json:"split"`
	Text   string         `json:"text"`
	Pair   string         `json:"pair,omitempty"`
	Target string         `json:"target,omitempty"`
	Labels []string       `json:"labels"`
	Spans  []dataset.Span `json:"spans,omitempty"`
}

var listRows = command{
	name: "rows", usage: "PROJECT [--id N]... [--split SPLIT] [--label L] [--search WORDS] [--limit N] [--relabel L | --rename L | --move SPLIT | --delete]",
	about: "Shows rows, or changes all of those that are named; undo takes a change back.",
	run: func(ctx context.Context, c *call) error {
		var f rowFlags
		f.declare(c)
		p, _, err := c.open(1, 1)
		if err != nil {
			return err
		}
		defer p.Close()
		if err := f.check(c); err != nil {
			return err
		}
		if f.changes(c) == 0 {
			return c.showRows(ctx, p, f)
		}
		ids, err := f.found(ctx, p)
		if err != nil {
			return err
		}
		if err := f.change(ctx, c, p, ids); err != nil {
			return err
		}
		return c.print(map[string]any{"rows": len(ids)}, "changed %s; attunectl undo takes it back\n", plural(len(ids), "row"))
	},
}

// rowFlags say which rows, and what becomes of them.
type rowFlags struct {
	ids                   []int64
	query                 projects.Query
	split, label          string
	limit                 int
	relabel, rename, move string
	remove                bool
}

func (f *rowFlags) declare(c *call) {
	c.flags.Int64SliceVar(&f.ids, "id", nil, "the number of a row, as rows and health --json tell it")
	c.flags.StringVar(&f.split, "split", "", "those for train, validation, test or unlabelled")
	c.flags.StringVar(&f.label, "label", "", "those with this label, \"\" for those without any")
	c.flags.StringVar(&f.query.Search, "search", "", "those whose texts contain this, upper and lower case alike")
	c.flags.StringVar(&f.query.Sort, "sort", "", "text, label or length instead of the order of import")
	c.flags.IntVar(&f.limit, "limit", 20, "how many are shown at most, 0 for all")
	c.flags.StringVar(&f.relabel, "relabel", "", "give them this label, \"\" for none")
	c.flags.StringVar(&f.rename, "rename", "", "with --label: call that label so everywhere, or join it with one of that name")
	c.flags.StringVar(&f.move, "move", "", "use them for train, validation or test")
	c.flags.BoolVar(&f.remove, "delete", false, "take them away")
}

// changes is how many changes are asked for.
func (f *rowFlags) changes(c *call) (n int) {
	for _, name := range []string{"relabel", "rename", "move", "delete"} {
		if c.flags.Changed(name) {
			n++
		}
	}
	return n
}

func (f *rowFlags) check(c *call) error {
	chosen := slices.ContainsFunc([]string{"id", "split", "label", "search"}, c.flags.Changed)
	switch {
	case c.flags.Changed("split") && !slices.Contains(dataset.Splits, dataset.Split(f.split)):
		return &usageError{fmt.Sprintf("--split %s: rows are for train, validation, test or unlabelled", f.split)}
	case !slices.Contains([]string{"", "text", "label", "length"}, f.query.Sort):
		return &usageError{fmt.Sprintf("--sort %s: rows are sorted by text, label or length", f.query.Sort)}
	case f.changes(c) > 1:
		return &usageError{"choose one of --relabel, --rename, --move and --delete"}
	case f.changes(c) == 1 && !chosen:
		return &usageError{"name the rows to be changed with --id, --split, --label or --search"}
	case c.flags.Changed("rename") && !c.flags.Changed("label"):
		return &usageError{"--rename needs --label, the name as it is"}
	case c.flags.Changed("id") && (c.flags.Changed("split") || c.flags.Changed("label") || f.query.Search != ""):
		return &usageError{"rows are named by --id, or found by --split, --label and --search"}
	}
	if c.flags.Changed("move") {
		if err := knownSplit(f.move); err != nil {
			return err
		}
	}
	if c.flags.Changed("split") {
		split := dataset.Split(f.split)
		f.query.Split = &split
	}
	if c.flags.Changed("label") {
		f.query.Label = &f.label
	}
	return nil
}

// found gives the numbers of the rows that are named.
func (f *rowFlags) found(ctx context.Context, p *projects.Project) ([]int64, error) {
	const page = 1000
	if len(f.ids) > 0 {
		known, err := p.RowsOf(ctx, f.ids)
		if err != nil {
			return nil, err
		}
		for i, r := range known {
			if r.ID == 0 {
				return nil, &projects.Error{Got: fmt.Sprintf("there is no row %d", f.ids[i]), Way: "attunectl rows PROJECT --json tells their numbers, under id"}
			}
		}
		return f.ids, nil
	}
	var ids []int64
	for {
		some, err := p.Rows(ctx, f.query, len(ids), page)
		if err != nil {
			return nil, err
		}
		for _, r := range some {
			ids = append(ids, r.ID)
		}
		if len(some) < page {
			return ids, nil
		}
	}
}

func (f *rowFlags) change(ctx context.Context, c *call, p *projects.Project, ids []int64) (err error) {
	switch {
	case c.flags.Changed("rename"):
		return p.RenameLabel(ctx, f.label, f.rename)
	case c.flags.Changed("move"):
		_, err = p.Move(ctx, ids, dataset.Split(f.move))
		return err
	case f.remove:
		return p.Delete(ctx, ids)
	}
	return p.Relabel(ctx, ids, f.relabel)
}

func (c *call) showRows(ctx context.Context, p *projects.Project, f rowFlags) error {
	count := len(f.ids)
	var shown []projects.Row
	var err error
	if count > 0 {
		shown, err = p.RowsOf(ctx, f.ids)
	} else if count, err = p.Count(ctx, f.query); err == nil {
		limit := f.limit
		if limit <= 0 {
			limit = count
		}
		shown, err = p.Rows(ctx, f.query, 0, limit)
	}
	if err != nil {
		return err
	}
	all := []rowJSON{}
	var b strings.Builder
	for _, r := range shown {
		if r.ID == 0 {
			continue // a number that no row has
		}
		all = append(all, rowJSON{ID: r.ID, File: r.File, Row: r.SourceRow, Split: r.Split, Text: r.Text, Pair: r.Pair, Target: r.Target, Labels: append([]string{}, r.Labels...), Spans: r.Spans})
		fmt.Fprintf(&b, "%8d  %-10s  %-24s  %.80q\n", r.ID, r.Split, strings.Join(r.Labels, ", "), r.Text)
	}
	if len(all) < count {
		fmt.Fprintf(&b, "... and %s more; --limit 0 shows all\n", dataset.Thousands(count-len(all)))
	}
	return c.print(map[string]any{"count": count, "rows": all}, "%s", b.String())
}
