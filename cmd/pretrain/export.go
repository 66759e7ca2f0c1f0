package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	"attune/engine/guessing"
	"attune/engine/optimizer"
	"attune/engine/tokenizer"
	"attune/engine/weights"
)

var exportModel = command{
	name: "export", about: "writes a run's model as a Hugging Face folder, in half precision, with its card",
	run: func(_ context.Context, flags *pflag.FlagSet, args []string, out io.Writer) error {
		e := export{}
		flags.StringVar(&e.data, "data", "", "folder that prepare wrote")
		flags.StringVar(&e.run, "run", "", "folder of the run")
		flags.StringVar(&e.to, "to", "", "folder to write to")
		flags.StringVar(&e.name, "name", "starter", "of the model")
		if err := parse(flags, args); err != nil {
			return err
		}
		if e.data == "" || e.run == "" || e.to == "" {
			return fmt.Errorf("%w: it takes --data, --run and --to", errUsage)
		}
		size, err := e.write()
		if err == nil {
			fmt.Fprintf(out, "%s: %.1f MB\n", e.to, float64(size)/1e6)
		}
		return err
	},
}

// export is one writing of a model.
type export struct{ data, run, to, name string }

// fineTuningDropout is what config.json recommends to who fine-tunes; pre-training
// reads no text twice in a row and drops nothing.
const fineTuningDropout = 0.1

// write writes the folder and gives its size in bytes.
func (e export) write() (size int, err error) {
	last, err := readCheckpoint(e.run)
	if err != nil {
		return 0, err
	}
	if last == nil {
		return 0, fmt.Errorf("there is no checkpoint in %s: pretrain train makes one", e.run)
	}
	defer last.tensors.Close()
	_, _, pieces, err := open(e.data)
	if err != nil {
		return 0, err
	}
	kind, err := familyOf(last.Recipe.Family)
	if err != nil {
		return 0, err
	}
	m, err := kind.new(last.Recipe, pieces)
	if err != nil {
		return 0, err
	}
	if last.Recipe.Options.Capitals > 0 {
		m.Capitals = guessing.NewCapitals(m.Body.Width())
	}
	if err := optimizer.ReadWeights(last.tensors, m.Params()); err != nil {
		return 0, err
	}
	made, err := e.history(last)
	if err != nil {
		return 0, err
	}
	files, err := e.files(m, kind, pieces, made)
	if err != nil {
		return 0, err
	}
	if err := os.MkdirAll(e.to, 0o755); err != nil {
		return 0, err
	}
	for name, write := range files {
		counted := &counter{}
		err := writeWhole(filepath.Join(e.to, name), func(w io.Writer) error { return write(io.MultiWriter(w, counted)) })
		if err != nil {
			return 0, err
		}
		size += counted.bytes
	}
	return size, nil
}

// history is that of the model, this run with it.
func (e export) history(last *checkpoint) (history, error) {
	before, err := readHistory(e.run)
	if err != nil {
		return before, err
	}
	curve, err := readTable(filepath.Join(e.run, curveFile), 9)
	if err != nil {
		return before, err
	}
	return before.with(last.stage, curve)
}

type counter struct{ bytes int }

func (c *counter) Write(p []byte) (int, error) {
	c.bytes += len(p)
	return len(p), nil
}

// files gives what writes each file of the folder.
func (e export) files(m *guessing.Model, kind family, pieces tokenizer.Tokenizer, made history) (map[string]func(io.Writer) error, error) {
	contents, err := pieces.Files()
	if err != nil {
		return nil, err
	}
	m.Body.SetDropout(fineTuningDropout)
	config := m.Config()
	config["transformers_version"] = "4.26.1" // the version whose config.json this follows
	config["torch_dtype"] = "float16"
	if kind.pooling != "" {
		config["classifier_pooling"] = kind.pooling
	}
	text, err := json.MarshalIndent(config, "", "  ")
	if err != nil {
		return nil, err
	}
	contents["config.json"] = append(text, '\n')
	if contents["README.md"], err = e.card(m, kind, made); err != nil {
		return nil, err
	}
	if contents[historyFile], err = made.text(); err != nil {
		return nil, err
	}
	files := map[string]func(io.Writer) error{
		"model.safetensors": func(w io.Writer) error {
			sink := weights.NewSink()
			m.Save(sink)
			return weights.WriteSafetensorsHalf(w, sink.Tensors(), map[string]string{"format": "pt"})
		},
	}
	for name, content := range contents {
		files[name] = func(w io.Writer) error {
			_, err := w.Write(content)
			return err
		}
	}
	return files, nil
}
