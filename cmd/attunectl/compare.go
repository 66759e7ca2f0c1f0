package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"attune/engine/dataset"
	"attune/projects"
)

var compareRuns = command{
	name: "compare", usage: "PROJECT RUN RUN [--split validation|test|train]",
	about: "Sets the scores of two trainings beside each other, label by label, on the rows as they are now.",
	run: func(ctx context.Context, c *call) error {
		split := c.flags.String("split", "validation", "the rows to score both on")
		p, words, err := c.open(3, 3)
		if err != nil {
			return err
		}
		defer p.Close()
		var numbers [2]int
		for i, word := range words {
			if numbers[i], err = strconv.Atoi(word); err != nil {
				return &usageError{fmt.Sprintf("%q is not the number of a run; attunectl runs lists them", word)}
			}
		}
		if err := knownSplit(*split); err != nil {
			return err
		}
		m := c.meter()
		compared, err := p.CompareRuns(ctx, numbers[0], numbers[1], dataset.Split(*split), m.progress)
		m.end()
		if err != nil {
			return err
		}
		return c.print(compared, "%s", comparedText(compared))
	},
}

func comparedText(r projects.RunsCompared) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%-24s %8s %8s %8s\n", r.Verdict, "", fmt.Sprint("run ", r.A), fmt.Sprint("run ", r.B), "change")
	line := func(name string, x, y float64) { fmt.Fprintf(&b, "%-24s %8.4f %8.4f %+8.4f\n", name, x, y, y-x) }
	for _, s := range r.Scores {
		line(s.Name, s.A, s.B)
	}
	for _, l := range r.Labels {
		line(l.Label, l.A, l.B)
	}
	return b.String()
}

// foldsText is a table of the folds with the mean and the spread of each score.
func foldsText(v projects.CrossValidation) string {
	var b strings.Builder
	names := slices.Sorted(maps.Keys(v.Scores))
	fmt.Fprintf(&b, "%-6s %8s %8s %8s", "part", "learned", "checked", "loss")
	for _, name := range names {
		fmt.Fprintf(&b, " %10s", name)
	}
	for i, f := range v.Folds {
		fmt.Fprintf(&b, "\n%-6d %8d %8d %8.4f", i+1, f.Learned, f.Checked, f.Loss)
		for _, name := range names {
			fmt.Fprintf(&b, " %10.4f", f.Scores[name])
		}
	}
	for _, row := range []struct {
		name  string
		value func(projects.Range) float64
	}{{"mean", func(r projects.Range) float64 { return r.Mean }}, {"spread", func(r projects.Range) float64 { return r.Spread }}} {
		fmt.Fprintf(&b, "\n%-6s %8s %8s %8s", row.name, "", "", "")
		for _, name := range names {
			fmt.Fprintf(&b, " %10.4f", row.value(v.Scores[name]))
		}
	}
	return b.String() + "\n"
}
