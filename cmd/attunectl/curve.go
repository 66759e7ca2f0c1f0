package main

import (
	"context"
	"fmt"
	"strings"

	"attune/projects"
)

var showCurve = command{
	name: "curve", usage: "PROJECT [--base NAME|DIR]",
	about: "Foretells what more rows would buy: learns from 10, 20, 40 and 80 % of the training rows, and scores on the validation rows.",
	run: func(ctx context.Context, c *call) error {
		base := c.flags.String("base", "", "a pre-trained model whose features are learned from; else that of the last training, or starter for counted words")
		p, _, err := c.open(1, 1)
		if err != nil {
			return err
		}
		defer p.Close()
		m := c.meter()
		curve, err := p.LearningCurve(ctx, *base, m.progress)
		m.end()
		if err != nil {
			return err
		}
		return c.print(curve, "%s", curveText(curve))
	},
}

func curveText(c projects.LearningCurve) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s on %s\n", c.Learner, c.Metric, plural(c.Checked, "validation row"))
	for _, p := range c.Points {
		fmt.Fprintf(&b, "%8d rows  %.4f\n", p.Rows, p.Score)
	}
	for _, f := range c.Foretold {
		fmt.Fprintf(&b, "%8d rows  about %.4f, between %.4f and %.4f\n", f.Rows, f.Score, f.Low, f.High)
	}
	return b.String() + c.Sentence + "\n"
}
