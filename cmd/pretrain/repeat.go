package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/pflag"

	"attune/engine/pretrain"
)

var repeatModel = command{
	name: "repeat", about: "makes a model again from a corpus, as its pretraining.json tells; interrupt it at any time",
	run: func(ctx context.Context, flags *pflag.FlagSet, args []string, out io.Writer) error {
		r := repetition{out: out}
		flags.StringVar(&r.model, "model", "", "folder of the model, or of its pretraining.json alone")
		flags.StringVar(&r.from, "from", "", "folder with corpus.txt.xz, heldout.txt.xz and SOURCES.tsv")
		flags.StringVar(&r.tests, "tests", "", "folder of the data sets that the model is measured on")
		flags.StringVar(&r.to, "to", "", "folder to work in; the model will be in it, under its own name")
		flags.StringVar(&r.name, "name", "starter", "of the model")
		if err := parse(flags, args); err != nil {
			return err
		}
		if r.model == "" || r.from == "" || r.tests == "" || r.to == "" {
			return fmt.Errorf("%w: it takes --model, --from, --tests and --to", errUsage)
		}
		return r.run(ctx)
	},
}

// repetition makes a model again. What it has done so far lies in its folder, so that
// it goes on from there.
type repetition struct {
	model, from, tests, to, name string
	out                          io.Writer
}

func (r repetition) run(ctx context.Context) error {
	h, err := modelHistory(r.model)
	if err != nil {
		return err
	}
	data := filepath.Join(r.to, "prepared")
	if _, err := os.Stat(filepath.Join(data, preparedFile)); errors.Is(err, fs.ErrNotExist) {
		p := preparation{from: r.from, tests: r.tests, to: data, pieces: h.Stages[0].Recipe.Model.Vocabulary, out: r.out}
		if err := p.run(ctx); err != nil {
			return err
		}
	}
	begin := "" // the model that a stage begins with
	for i, s := range h.Stages {
		dir := filepath.Join(r.to, "run"+strconv.Itoa(i+1))
		fmt.Fprintf(r.out, "run %d of %d\n", i+1, len(h.Stages))
		if err := r.stage(ctx, s, data, dir, begin); err != nil || ctx.Err() != nil {
			return err
		}
		begin = filepath.Join(dir, "model")
		if i == len(h.Stages)-1 {
			begin = filepath.Join(r.to, r.name)
		}
		if _, err := (export{data: data, run: dir, to: begin, name: r.name}).write(); err != nil {
			return err
		}
	}
	fmt.Fprintln(r.out, begin)
	return nil
}

// stage repeats one run of the model, in two parts where it began to learn capitals on
// the way.
func (r repetition) stage(ctx context.Context, s stage, data, dir, begin string) error {
	if from := s.State.CapitalsFrom; from > 0 {
		first := s
		first.Recipe.Options.Capitals, first.State.Tokens = 0, from
		if last, err := readCheckpoint(dir); err != nil {
			return err
		} else if last == nil || last.State.Tokens < from {
			if err := r.sitting(first, data, dir, begin).run(ctx); err != nil || ctx.Err() != nil {
				return err
			}
		}
	}
	return r.sitting(s, data, dir, begin).run(ctx)
}

// sitting goes on with a run until it has read what the stage has.
func (r repetition) sitting(s stage, data, dir, begin string) *sitting {
	again := &sitting{out: r.out}
	again.flags(pflag.NewFlagSet("", pflag.ContinueOnError)) // what is not in a recipe is as usual
	again.data, again.dir, again.model = data, dir, begin
	again.tokens = size(s.State.Tokens)
	again.as = &pretrain.State{FallFrom: s.State.FallFrom, FallTo: s.State.FallTo}
	again.recipe = s.Recipe
	again.again = func() error {
		again.recipe = s.Recipe
		return nil
	}
	return again
}
