package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"attune/projects"
)

var undoChange = turning("undo", "undone", "Takes back the last change of the data: an edit, a split, an import.", (*projects.Project).Undo)

var redoChange = turning("redo", "redone", "Does again what was taken back last, unless something else was done since.", (*projects.Project).Redo)

// turning is a command that goes a step back or forth in what was done to the data.
func turning(name, done, about string, turn func(*projects.Project, context.Context) (string, error)) command {
	return command{
		name: name, usage: "PROJECT", about: about,
		run: func(ctx context.Context, c *call) error {
			p, _, err := c.open(1, 1)
			if err != nil {
				return err
			}
			defer p.Close()
			what, err := turn(p, ctx)
			if err != nil {
				return err
			}
			if what == "" && !c.json {
				return c.print(nil, "there is nothing to %s\n", name)
			}
			return c.print(map[string]any{done: what}, "%s: %s\n", done, what)
		},
	}
}

var setTask = command{
	name: "task", usage: "PROJECT [TASK]", about: "Says what a project's models are to learn, or changes it before the first training.",
	run: func(ctx context.Context, c *call) error {
		p, words, err := c.open(1, 2)
		if err != nil {
			return err
		}
		defer p.Close()
		if len(words) == 1 {
			if !slices.Contains(taskNames(), words[0]) {
				return &usageError{fmt.Sprintf("there is no task %q; there are %s", words[0], strings.Join(taskNames(), ", "))}
			}
			if err := p.SetTask(ctx, words[0]); err != nil {
				return err
			}
		}
		return c.print(map[string]any{"task": p.Task()}, "%s\n", p.Task())
	},
}
