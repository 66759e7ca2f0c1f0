package main

import (
	"context"
	"slices"
	"strings"

	"attune/projects"
)

var exportModel = command{
	name: "export", usage: "PROJECT [--run N] --to DIR [--format hf|one-file]",
	about: "Writes a trained model to another place: as a folder that Hugging Face's transformers opens, or as one file.",
	run: func(ctx context.Context, c *call) error {
		number := c.flags.Int("run", 0, "the run whose model is written, 0 for the best")
		to := c.flags.String("to", "", "a folder that is not there yet or is empty; of one-file, a folder for the .zip or its name")
		format := c.flags.String("format", "hf", "hf, a folder, or one-file, a zip of it")
		p, _, err := c.open(1, 1)
		if err != nil {
			return err
		}
		defer p.Close()
		if *to == "" {
			return &usageError{"say where with --to DIR"}
		}
		if way, known := elsewhere[*format]; known {
			return &projects.Error{Got: "Attune does not write " + way.what + " itself", Way: way.how}
		}
		if !slices.ContainsFunc(projects.ExportFormats(), func(f projects.Choice) bool { return f.Name == *format }) {
			return &usageError{"--format is " + strings.Join(exportNames(), " or ")}
		}
		m := c.meter()
		done, err := p.Export(ctx, *number, *to, *format, m.progress)
		m.end()
		if err != nil {
			return err
		}
		return c.print(done, "run %d is in %s (%s)\n", done.Run, done.Path, megabytes(done.Bytes))
	},
}

// elsewhere are the formats that other programs make of an exported folder.
var elsewhere = map[string]struct{ what, how string }{
	"onnx":    {"ONNX", "export it as hf, and let Python's optimum convert that folder: optimum-cli export onnx --model DIR OUT; where the README.md in DIR has lines of Python, convert the body alone with --task feature-extraction"},
	"handoff": {"scripts for other machines", "export it as hf: the Trainer of Hugging Face's transformers goes on from that folder"},
}

func exportNames() (all []string) {
	for _, f := range projects.ExportFormats() {
		all = append(all, f.Name)
	}
	return all
}
