package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"attune/engine/dataset"
	"attune/projects"
)

var shrinkModel = command{
	name: "shrink", usage: "PROJECT [--run N] [--layers 2,1] [--set KEY=VALUE] [--split validation|test|train]",
	about: "Trains smaller students of a run's model, one for each number of layers, and sets all its students beside it: size, speed, score, and labels that got worse.",
	run: func(ctx context.Context, c *call) error {
		number := c.flags.Int("run", 0, "the run whose model is the teacher, 0 for the best")
		layers := c.flags.String("layers", "", "how many layers students have, as 2,1; without it those that there are already are compared")
		sets := c.flags.StringArray("set", nil, "KEY=VALUE of a setting of the students' training; attunectl list settings names them")
		split := c.flags.String("split", "validation", "the rows to score all on")
		p, _, err := c.open(1, 1)
		if err != nil {
			return err
		}
		defer p.Close()
		counts, err := layerCounts(*layers)
		if err != nil {
			return err
		}
		teacher, err := p.Run(ctx, *number) // the best one may be a student later
		if err != nil {
			return err
		}
		for _, n := range counts {
			s, err := p.StudentSetup(ctx, teacher.Number, n)
			if err != nil {
				return err
			}
			if err := apply(s, *sets); err != nil {
				return err
			}
			if _, err := c.carryOut(ctx, p, s); err != nil {
				return err
			}
		}
		m := c.meter()
		shrunk, err := p.Shrunk(ctx, teacher.Number, dataset.Split(*split), m.progress)
		m.end()
		if err != nil {
			return err
		}
		return c.print(shrunk, "%s", shrunkText(shrunk))
	},
}

// layerCounts reads numbers with commas between them.
func layerCounts(text string) (counts []int, err error) {
	if text == "" {
		return nil, nil
	}
	for word := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(word))
		if err != nil {
			return nil, &usageError{fmt.Sprintf("--layers takes numbers, as 2,1; %q is none", word)}
		}
		counts = append(counts, n)
	}
	return counts, nil
}

// mostWorse is how many labels that got worse are named.
const mostWorse = 5

// shrunkText is a table with the teacher first.
func shrunkText(r projects.Shrunk) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-6s %7s %12s %9s %9s %10s  %s\n", "run", "layers", "parameters", "MB", "rows/s", strings.ReplaceAll(r.Main, "_", " "), "labels that got worse")
	for _, m := range r.Models {
		var labels []string
		for _, l := range m.Worse[:min(mostWorse, len(m.Worse))] {
			labels = append(labels, fmt.Sprintf("%s %+.2f", l.Label, l.B-l.A))
		}
		if more := len(m.Worse) - len(labels); more > 0 {
			labels = append(labels, fmt.Sprintf("and %d more", more))
		}
		fmt.Fprintf(&b, "%-6d %7d %12d %9.1f %9.0f %10.4f  %s\n", m.Run, m.Layers, m.Parameters, float64(m.Bytes)/1e6, m.Speed, m.Score, strings.Join(labels, ", "))
	}
	return b.String()
}
