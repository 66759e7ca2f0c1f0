package main

import (
	"context"
	"fmt"
	"strings"

	"attune/engine/dataset"
	"attune/projects"
)

var fillGaps = command{
	name: "fill", usage: "[PROJECT] TEXT... [--run N | --base starter|NAME|DIR]",
	about: "Guesses the word that each text lacks at ___, with a model of the project that got to know its texts (train --technique domain), or with another.",
	run: func(ctx context.Context, c *call) error {
		number := c.flags.Int("run", 0, "the run whose model guesses, 0 for the best that got to know the texts")
		base := c.flags.String("base", "", "the model instead of a project's: starter, one that attunectl models lists, or the folder of one")
		words, err := c.parse(1, -1)
		if err != nil {
			return err
		}
		f, texts, err := c.filler(ctx, *base, *number, words)
		if err != nil {
			return err
		}
		defer f.Close()
		answers := make([]dataset.Answer, len(texts))
		var lines strings.Builder
		for i, text := range texts {
			if answers[i], err = f.Fill(ctx, text); err != nil {
				return err
			}
			if answers[i].Labels == nil {
				answers[i].Labels = []dataset.Score{}
			}
			if len(texts) > 1 {
				fmt.Fprintf(&lines, "%.70q\n", text)
			}
			for _, s := range answers[i].Labels {
				fmt.Fprintf(&lines, "%6.1f %%  %s\n", 100*s.Score, s.Label)
			}
		}
		return c.print(map[string]any{"answers": answers}, "%s", lines.String())
	},
}

// filler opens what guesses, and gives the texts among the words.
func (c *call) filler(ctx context.Context, base string, number int, words []string) (*projects.Filler, []string, error) {
	switch {
	case base != "" && number != 0:
		return nil, nil, &usageError{"--run is of a project, and --base of none"}
	case base != "":
		f, err := projects.OpenFiller(base)
		return f, words, err
	case len(words) < 2:
		return nil, nil, &usageError{"it takes a project and texts, or --base and texts"}
	}
	p, err := projects.Open(words[0])
	if err != nil {
		return nil, nil, err
	}
	defer p.Close()
	f, _, err := p.Filler(ctx, number)
	return f, words[1:], err
}
