package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"attune/engine/catalog"
	"attune/engine/dataset"
	"attune/projects"
)

var newProject = command{
	name: "new", usage: "PROJECT --task TASK", about: "Makes an empty project in the folder PROJECT.attune.",
	run: func(ctx context.Context, c *call) error {
		name := c.flags.String("task", "classification", "what to learn: "+strings.Join(taskNames(), ", "))
		words, err := c.parse(1, 1)
		if err != nil {
			return err
		}
		if !slices.Contains(taskNames(), *name) {
			return &usageError{fmt.Sprintf("there is no task %q; there are %s", *name, strings.Join(taskNames(), ", "))}
		}
		p, err := projects.Create(words[0], *name)
		if err != nil {
			return err
		}
		defer p.Close()
		return c.print(map[string]any{"project": p.Path(), "task": p.Task()}, "made %s for %s\n", p.Path(), p.Task())
	},
}

func taskNames() []string {
	var names []string
	for _, t := range catalog.Tasks() {
		names = append(names, t.Name())
	}
	return names
}

var importRows = command{
	name: "import", usage: "PROJECT FILE... [--text COL] [--label COL] [--as SPLIT] [--sheet S] [--format F] [--encoding E] [--delimiter D] [--header yes|no] [--update [--preview] [--key COL] [--of NAME]]",
	about: "Imports the rows of files, folders and archives, or of the standard input (-); format, encoding, delimiter and columns are found by looking.",
	run: func(ctx context.Context, c *call) error {
		flags := c.importFlags()
		as := c.flags.String("as", "", "what all rows are for: train, validation, test, unlabelled")
		update := c.flags.Bool("update", false, "the file was imported before and has changed: bring its rows to what they are now")
		preview := c.flags.Bool("preview", false, "with --update: tell what would change, and do nothing")
		var changed projects.UpdateOptions
		c.flags.StringVar(&changed.Key, "key", "", "with --update: the column that names each row; else its text does, or its place")
		c.flags.StringVar(&changed.Of, "of", "", "with --update: the file as it was called when it was imported")
		p, files, err := c.open(2, -1)
		if err != nil {
			return err
		}
		defer p.Close()
		o, err := flags.parsed()
		if err != nil {
			return err
		}
		if o.As = dataset.Split(*as); *as != "" && !slices.Contains(dataset.Splits, o.As) {
			return &usageError{fmt.Sprintf("--as %s: rows are for train, validation, test or unlabelled", *as)}
		}
		for i, file := range files {
			if file != "-" {
				continue
			}
			held, release, err := projects.Hold("standard input", c.stdin)
			if err != nil {
				return err
			}
			defer release()
			files[i] = held
		}
		if changed.ImportOptions = o; *update {
			if len(files) != 1 {
				return &usageError{"--update takes one file"}
			}
			return c.update(ctx, p, files[0], changed, *preview)
		}
		if *preview || changed.Key != "" || changed.Of != "" {
			return &usageError{"--preview, --key and --of go with --update"}
		}
		m := c.meter()
		imported, err := p.Import(ctx, files, o, m.progress)
		m.end()
		if err != nil {
			return err
		}
		return c.print(imported, "%s", importedText(imported))
	},
}

// update brings the rows of a changed file into the project, or tells what would
// change.
func (c *call) update(ctx context.Context, p *projects.Project, file string, o projects.UpdateOptions, preview bool) error {
	m := c.meter()
	do, verb := p.Update, "updated"
	if preview {
		do, verb = p.Compare, "would update"
	}
	done, err := do(ctx, file, o, m.progress)
	m.end()
	if err != nil {
		return err
	}
	text := fmt.Sprintf("%s %s: %s added, %s changed, %s removed, %s as they were\n", verb, done.Of,
		dataset.Thousands(done.Added), dataset.Thousands(done.Changed), dataset.Thousands(done.Removed), dataset.Thousands(done.Unchanged))
	for n, d := range done.Differences {
		if n == 20 {
			text += fmt.Sprintf("... and %s more; --json lists the first %s\n", dataset.Thousands(done.Added+done.Changed+done.Removed-n), dataset.Thousands(len(done.Differences)))
			break
		}
		text += fmt.Sprintf("%8s  row %d: %s\n", d.Kind, d.Row, differenceText(d))
	}
	return c.print(done, "%s", text)
}

// differenceText shows what a row was and what it becomes, as far as they differ.
func differenceText(d projects.Difference) string {
	show := func(r projects.Row) string {
		text := fmt.Sprintf("%.60q", r.Text)
		if len(r.Labels) > 0 {
			text += " (" + strings.Join(r.Labels, ", ") + ")"
		}
		return text
	}
	switch d.Kind {
	case projects.RowAdded:
		return show(d.After)
	case projects.RowRemoved:
		return show(d.Before)
	}
	return show(d.Before) + " -> " + show(d.After)
}

func importedText(i projects.Imported) string {
	var b strings.Builder
	how := []string{i.Format}
	if i.Sheet != "" {
		how = append(how, fmt.Sprintf("sheet %q", i.Sheet))
	}
	if i.Encoding != "" {
		how = append(how, i.Encoding)
	}
	if i.Delimiter != "" {
		how = append(how, fmt.Sprintf("delimiter %q", i.Delimiter))
	}
	fmt.Fprintf(&b, "imported %s of %s (%s)\n", dataset.Thousands(i.Imported), plural(i.Rows, "row"), strings.Join(how, ", "))
	for _, role := range slices.Sorted(maps.Keys(i.Columns)) {
		fmt.Fprintf(&b, "  %s: column %q\n", role, i.Columns[role])
	}
	for _, label := range slices.Sorted(maps.Keys(i.Labels)) {
		fmt.Fprintf(&b, "  %6d  %s\n", i.Labels[label], label)
	}
	for _, w := range i.Warnings {
		fmt.Fprintf(&b, "note: %s\n", w)
	}
	for n, problem := range i.Problems {
		if n == 10 {
			fmt.Fprintf(&b, "... and %s more; --json lists them\n", dataset.Thousands(i.ProblemCount-n))
			break
		}
		fmt.Fprintf(&b, "row %d of %s: %s; %s\n", problem.Row, problem.File, problem.Reason, problem.Fix)
	}
	return b.String()
}

var splitRows = command{
	name: "split", usage: "PROJECT [--test 0.2] [--validation 0.1] [--stratify] [--group COL] [--time COL | --column COL | --folds K --fold N] [--seed N]",
	about: "Decides which rows are learned from, which check the learning, and which are kept for the final test.",
	run: func(ctx context.Context, c *call) error {
		o := projects.DefaultSplit()
		c.flags.Float64Var(&o.Test, "test", o.Test, "share kept for the final test")
		c.flags.Float64Var(&o.Validation, "validation", o.Validation, "share kept to check the learning")
		c.flags.BoolVar(&o.Stratify, "stratify", o.Stratify, "keep the shares of the labels")
		c.flags.StringVar(&o.Group, "group", "", "column whose equal values stay together")
		c.flags.StringVar(&o.Time, "time", "", "column with dates: the newest rows are the test, those before them validation")
		c.flags.StringVar(&o.Column, "column", "", "column that says train, validation or test by itself")
		c.flags.IntVar(&o.Folds, "folds", 0, "deal the rows into so many equal parts, of which one is for validation")
		c.flags.IntVar(&o.Fold, "fold", 1, "which of the parts, from 1 on; the same seed gives the same parts")
		c.flags.Uint64Var(&o.Seed, "seed", 1, "another number gives another split")
		p, _, err := c.open(1, 1)
		if err != nil {
			return err
		}
		defer p.Close()
		s, err := p.Split(ctx, o)
		if err != nil {
			return err
		}
		var parts []string
		for _, split := range dataset.Splits {
			if n := s.Counts[split]; n > 0 {
				parts = append(parts, dataset.Thousands(n)+" "+string(split))
			}
		}
		text := strings.Join(parts, ", ") + "\n"
		if s.Note != "" {
			text += s.Note + "\n"
		}
		for _, w := range s.Warnings {
			text += "note: " + w + "\n"
		}
		return c.print(map[string]any{"counts": s.Counts, "note": s.Note, "warnings": s.Warnings}, "%s", text)
	},
}

var showTestSet = command{
	name: "testset", usage: "PROJECT [--lock | --unlock]",
	about: "Tells how often models were scored on the test rows, and locks them, so that no later split changes them.",
	run: func(ctx context.Context, c *call) error {
		lock := c.flags.Bool("lock", false, "keep these rows as the test")
		unlock := c.flags.Bool("unlock", false, "let them be split anew")
		p, _, err := c.open(1, 1)
		if err != nil {
			return err
		}
		defer p.Close()
		if *lock && *unlock {
			return &usageError{"choose --lock or --unlock"}
		}
		if *lock || *unlock {
			if err := p.LockTest(ctx, *lock); err != nil {
				return err
			}
		}
		s, err := p.TestSet(ctx)
		if err != nil {
			return err
		}
		return c.print(s, "%s\n", s.Sentence())
	},
}
