package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"attune/engine/dataset"
	"attune/engine/setting"
	"attune/projects"
)

var cleanRows = command{
	name: "clean", usage: "PROJECT [--list] [--step STEP... | --add STEP [--set KEY=VALUE]...]... [--change N --set KEY=VALUE]... [--remove N|STEP]... [--clear] [--preview [--samples N]]",
	about: "Makes texts and labels tidy, in the project and before every answer of its models; without a flag it shows the steps that hold.",
	run: func(ctx context.Context, c *call) error {
		var changes []cleaningChange
		c.flags.Var(&changeFlag{&changes, "add"}, "add", "add a step; attunectl list cleaners names them")
		c.flags.Var(&changeFlag{&changes, "add"}, "step", "the same as --add, and takes several")
		c.flags.Var(&changeFlag{&changes, "change"}, "change", "the number of a step to be set anew")
		c.flags.Var(&changeFlag{&changes, "set"}, "set", "KEY=VALUE of the step that was named last")
		c.flags.Var(&changeFlag{&changes, "remove"}, "remove", "take a step out, by number or name")
		clear := c.flags.Bool("clear", false, "take all steps out")
		relearn := c.flags.Bool("relearn", false, "let the steps that learn from the rows do so anew")
		preview := c.flags.Bool("preview", false, "say what would change, and change nothing")
		samples := c.flags.Int("samples", 5, "how many rows a preview shows")
		list := c.flags.Bool("list", false, "show the steps that hold")
		p, more, err := c.open(1, -1)
		if err != nil {
			return err
		}
		defer p.Close()
		if len(more) > 0 && !c.flags.Changed("step") {
			return &usageError{fmt.Sprintf("before %q a flag is missing", more[0])}
		}
		for _, step := range more { // --step takes several
			changes = append(changes, cleaningChange{"add", step})
		}
		cleaning, err := p.Cleaning(ctx)
		if err != nil {
			return err
		}
		if *clear {
			cleaning = &projects.Cleaning{}
		}
		if err := change(cleaning, changes); err != nil {
			return err
		}
		if *relearn {
			cleaning.Relearn()
		}
		switch {
		case *list || len(changes) == 0 && !*clear && !*relearn && !*preview:
			return c.print(map[string]any{"steps": stepsOf(cleaning)}, "%s", stepsText(cleaning))
		case *preview:
			return c.previewCleaning(ctx, p, cleaning, *samples)
		}
		m := c.meter()
		done, err := p.Clean(ctx, cleaning, m.progress)
		m.end()
		if err != nil {
			return err
		}
		return c.print(map[string]any{"steps": stepsOf(cleaning), "rows": done.Rows, "changed": done.Changed, "dropped": done.Dropped, "added": done.Added, "by": done.By},
			"%s", cleanedText(cleaning, done, "changed", "left out"))
	},
}

// cleaningChange is one flag: they are carried out in the order in which they stand.
type cleaningChange struct{ flag, value string }

type changeFlag struct {
	to   *[]cleaningChange
	flag string
}

var _ pflag.Value = (*changeFlag)(nil)

func (f *changeFlag) String() string { return "" }
func (f *changeFlag) Type() string   { return "string" }
func (f *changeFlag) Set(value string) error {
	*f.to = append(*f.to, cleaningChange{f.flag, value})
	return nil
}

// change carries the flags out on a cleaning.
func change(c *projects.Cleaning, changes []cleaningChange) error {
	at := -1 // of the step that was named last
	for _, each := range changes {
		var err error
		switch each.flag {
		case "add":
			at, err = c.Add(each.value)
		case "change":
			at, err = stepAt(c, each.value)
		case "remove":
			var gone int
			if gone, err = stepAt(c, each.value); err == nil {
				c.Remove(gone)
				at = -1
			}
		case "set":
			key, value, ok := strings.Cut(each.value, "=")
			if !ok || at < 0 {
				return &usageError{fmt.Sprintf("--set %s: write KEY=VALUE, after --add STEP or --change N", each.value)}
			}
			err = set(c.Steps()[at], key, value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// set sets a step anew.
func set(s projects.CleaningStep, key, value string) error {
	err := setting.Apply(s.Fields, key, value)
	if unknown := new(setting.UnknownKeyError); errors.As(err, &unknown) && unknown.Nearest == "" {
		var keys []string
		for _, f := range s.Fields {
			keys = append(keys, f.Key)
		}
		way := "it has " + strings.Join(keys, ", ")
		if len(keys) == 0 {
			way = "it has none"
		}
		return &projects.Error{Got: fmt.Sprintf("the step %s has no setting %q", s.Name, key), Way: way}
	}
	return err
}

// stepAt finds a step by its number, from 1, or by its name.
func stepAt(c *projects.Cleaning, word string) (int, error) {
	steps := c.Steps()
	if n, err := strconv.Atoi(word); err == nil && n >= 1 && n <= len(steps) {
		return n - 1, nil
	}
	for i, s := range steps {
		if s.Name == word {
			return i, nil
		}
	}
	return 0, &projects.Error{Got: fmt.Sprintf("there is no step %q", word), Way: "attunectl clean PROJECT --list numbers those that hold"}
}

// cleaningStep is a step as JSON.
type cleaningStep struct {
	Step     string            `json:"step"`
	Settings map[string]string `json:"settings"`
}

func stepsOf(c *projects.Cleaning) []cleaningStep {
	all := []cleaningStep{}
	for _, s := range c.Steps() {
		all = append(all, cleaningStep{s.Name, setting.Values(s.Fields)})
	}
	return all
}

func stepsText(c *projects.Cleaning) string {
	var b strings.Builder
	for i, s := range c.Steps() {
		fmt.Fprintf(&b, "%2d  %s\n", i+1, stepText(s))
	}
	if b.Len() == 0 {
		return "no step of cleaning; the rows are as they were imported\n"
	}
	return b.String()
}

func stepText(s projects.CleaningStep) string {
	text := s.Name
	for _, f := range s.Fields {
		text += fmt.Sprintf(" %s=%q", f.Key, f.Value)
	}
	return text
}

func cleanedText(c *projects.Cleaning, done projects.Cleaned, changed, dropped string) string {
	var b strings.Builder
	for i, s := range c.Steps() {
		fmt.Fprintf(&b, "%8d  %s\n", done.By[i], stepText(s))
	}
	fmt.Fprintf(&b, "%s: %s %s, %s %s", plural(done.Rows, "row"), dataset.Thousands(done.Changed), changed, dataset.Thousands(done.Dropped), dropped)
	if done.Added > 0 {
		fmt.Fprintf(&b, ", %s more of the parts of long texts", plural(done.Added, "row"))
	}
	b.WriteString("\n")
	return b.String()
}

func (c *call) previewCleaning(ctx context.Context, p *projects.Project, cleaning *projects.Cleaning, samples int) error {
	m := c.meter()
	preview, err := p.PreviewCleaning(ctx, cleaning, samples, m.progress)
	m.end()
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, s := range preview.Samples {
		fmt.Fprintf(&b, "- %q %q\n", whole(s.Before), s.LabelsBefore)
		if s.Dropped != "" {
			fmt.Fprintf(&b, "  left out: %s\n", s.Dropped)
			continue
		}
		fmt.Fprintf(&b, "+ %q %q\n", whole(s.After), s.LabelsAfter)
	}
	return c.print(preview, "%s%s", b.String(), cleanedText(cleaning, preview.Cleaned, "would change", "would be left out"))
}

func whole(parts []projects.TextPart) (text string) {
	for _, p := range parts {
		text += p.Text
	}
	return text
}
