package main

import (
	"context"
	"os"
	"path/filepath"
)

// What a first build is explained by.
const (
	glTakes     = "the first one compiles the OpenGL bindings, about three minutes"
	sqliteTakes = "the first one compiles SQLite, about a minute"
)

// sampleTickets is the sample's place in the tree: embedding it would make dev
// itself, which runs so often, heavier by all assets.
const sampleTickets = "assets/sample/tickets.csv"

// run opens Attune with the sample project, or does its job in the terminal.
func run(ctx context.Context, m machine, args []string) error {
	if len(args) > 0 {
		return usageError("run takes no arguments.")
	}
	if !hasDisplay() {
		m.printf("There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so attunectl does the job of the window in this terminal.\n")
		return runHeadless(ctx, m)
	}
	if err := newProvider(m).provide(toFetch, toBuild, toDraw); err != nil {
		return err
	}
	attune, err := m.build("attune", glTakes)
	if err != nil {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return m.show(program{args: []string{attune, "--sample"}})
}

// runHeadless fine-tunes on the sample with attunectl, each step in full view.
func runHeadless(ctx context.Context, m machine) error {
	if err := newProvider(m).provide(toFetch); err != nil {
		return err
	}
	attunectl, err := m.build("attunectl", sqliteTakes, "CGO_ENABLED=0")
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "attune-sample-")
	if err != nil {
		return err
	}
	project := filepath.Join(folder, "Tickets.attune")
	for _, args := range sampleSteps(project) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		m.printf("\n$ %s\n", program{args: append([]string{"attunectl"}, args...)})
		if err := m.show(program{args: append([]string{attunectl}, args...)}); err != nil {
			return err
		}
	}
	m.printf("\nThe project is %s: try more with\n  %s\n", project,
		program{args: []string{attunectl, "predict", project, "Where is my parcel?"}})
	return nil
}

// sampleSteps is the way of the window through the sample, for attunectl.
func sampleSteps(project string) [][]string {
	return [][]string{
		{"new", project, "--task", "classification"},
		{"import", project, sampleTickets},
		{"split", project, "--test", "0.2", "--validation", "0.1", "--stratify", "--seed", "1"},
		{"train", project, "--preset", "quick", "--seed", "1"},
		{"eval", project},
		{"predict", project, "The kettle came broken and I want my money back"},
	}
}
