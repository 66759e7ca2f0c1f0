package main

import (
	"context"
	"time"
)

var testDomain = command{
	name: "domain", usage: "PROJECT [--base starter|NAME|DIR] [--minutes M] [--seed N] [--threads N]",
	about: "Tries for a short time whether getting to know the texts first (train --technique domain) is likely to help a pre-trained model.",
	run: func(ctx context.Context, c *call) error {
		base := c.flags.String("base", "", "the pre-trained model: starter (by itself for English texts), one that attunectl models lists, or the folder or .gguf file of one")
		minutes := c.flags.Float64("minutes", 2, "how long to try at most")
		seed := c.flags.Uint64("seed", 1, "another number gives other random choices")
		threads := c.flags.Int("threads", 0, "processor cores to use, 0 for all")
		p, _, err := c.open(1, 1)
		if err != nil {
			return err
		}
		defer p.Close()
		s, err := p.NewSetup("")
		if err != nil {
			return err
		}
		s.StartFrom(*base)
		s.Seed, s.Threads = *seed, *threads
		m := c.meter()
		d, err := p.TestDomain(ctx, s, time.Duration(*minutes*float64(time.Minute)), m.progress)
		m.end()
		if err != nil {
			return err
		}
		return c.print(map[string]any{
			"texts": d.Texts, "whole_words": d.Words, "perplexity_before": d.Before, "perplexity_after": d.After,
			"fall": d.Fall(), "steps": d.Steps, "seconds": d.Seconds, "sentence": d.Sentence(),
		}, "%s\n", d.Sentence())
	},
}
