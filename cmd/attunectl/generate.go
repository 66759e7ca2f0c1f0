package main

import (
	"context"
	"fmt"
	"runtime"
	"strings"

	"attune/engine/bundle"
	"attune/engine/catalog"
	"attune/engine/generate"
	"attune/engine/kernel"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/tokenizer"
)

var generateTexts = command{
	name: "generate", usage: "--model DIR|FILE.gguf TEXT... [--max-tokens N] [--beams K] [--temperature T] [--top-k K] [--top-p P] [--repetition-penalty P] [--seed N]",
	about: "Writes on from each text, or what a model that translates or summarises makes of it.",
	run: func(ctx context.Context, c *call) error {
		var o generate.Options
		dir := c.flags.String("model", "", "folder or .gguf file of the model")
		c.flags.IntVar(&o.MaxTokens, "max-tokens", 100, "pieces to write at most")
		c.flags.IntVar(&o.Beams, "beams", 1, "texts that are kept in sight while one is written; 1 for none beside it")
		c.flags.Float64Var(&o.LengthPenalty, "length-penalty", 1, "above 1 favours long texts among the beams")
		c.flags.Float64Var(&o.Temperature, "temperature", 0, "0 for the likeliest piece each time; higher is more surprising")
		c.flags.IntVar(&o.TopK, "top-k", 0, "draws among so many of the likeliest pieces; 0 for all")
		c.flags.Float64Var(&o.TopP, "top-p", 0, "draws among the likeliest pieces that have this share of the probability; 0 for all")
		c.flags.Float64Var(&o.RepetitionPenalty, "repetition-penalty", 1, "above 1 makes pieces that are there already less likely")
		c.flags.Uint64Var(&o.Seed, "seed", 1, "where random numbers begin")
		texts, err := c.parse(1, -1)
		if err != nil {
			return err
		}
		if *dir == "" || o.MaxTokens < 1 || o.Beams < 1 || o.Temperature < 0 || o.TopK < 0 || o.TopP < 0 || o.RepetitionPenalty <= 0 {
			return &usageError{"it needs --model, and no number below what its flag allows"}
		}
		w, err := openWriter(*dir)
		if err != nil {
			return err
		}
		defer w.workers.Close()
		var all []written
		var lines strings.Builder
		for _, text := range texts {
			pieces, err := w.write(ctx, text, o)
			if err != nil {
				return err
			}
			all = append(all, written{Text: w.pieces.Decode(pieces), IDs: pieces})
			fmt.Fprintln(&lines, all[len(all)-1].Text)
		}
		return c.print(struct {
			Outputs []written `json:"outputs"`
		}{all}, "%s", lines.String())
	},
}

// written is what a model wrote for one text.
type written struct {
	Text string `json:"text"`
	IDs  []int  `json:"ids"`
}

// textWriter is a model that writes, with its tokenizer and the workers it runs on.
type textWriter struct {
	*generate.Writer
	pieces  tokenizer.Tokenizer
	workers *kernel.Workers
}

// openWriter reads a model that writes.
func openWriter(dir string) (*textWriter, error) {
	m, err := bundle.OpenPublished(dir, catalog.Families())
	if err != nil {
		return nil, err
	}
	body, ok := m.Body.(model.Decoder)
	if !ok || m.LanguageModel() == nil {
		return nil, &generate.Error{
			Reason: fmt.Sprintf("%s holds a model that writes no text", dir),
			Way:    "choose one like GPT-2, Llama, BART, Marian or T5, with its language model head",
		}
	}
	pieces, err := bundle.ReadTokenizer(dir, catalog.Families())
	if err != nil {
		return nil, err
	}
	workers := kernel.NewWorkers(runtime.NumCPU())
	return &textWriter{generate.New(body, m.LanguageModel(), op.NewTape(workers)), pieces, workers}, nil
}

func (w *textWriter) write(ctx context.Context, text string, o generate.Options) (pieces []int, err error) {
	prompt, _ := w.pieces.Join(w.pieces.Encode(text), nil)
	if o.Beams > 1 {
		best, err := w.Beams(ctx, prompt, o)
		if err != nil {
			return nil, err
		}
		return best[0].Pieces, nil
	}
	for piece, err := range w.Stream(ctx, prompt, o) {
		if err != nil {
			return nil, err
		}
		pieces = append(pieces, piece)
	}
	return pieces, nil
}
