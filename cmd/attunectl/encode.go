package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"attune/engine/bundle"
	"attune/engine/catalog"
	"attune/engine/tokenizer"
)

// encoding is a text, or two, as a model reads it.
type encoding struct {
	IDs      []int    `json:"ids"`
	Tokens   []string `json:"tokens"`
	Offsets  [][2]int `json:"offsets"` // bytes of the text that the token is of; 0, 0 for what was added
	Segments []int    `json:"segments"`
}

var encodeTexts = command{
	name: "encode", usage: "--model DIR|FILE.gguf TEXT... [--pair TEXT]",
	about: "Shows the tokens that a model reads a text as.",
	run: func(_ context.Context, c *call) error {
		dir := c.flags.String("model", "", "a model's folder or .gguf file, or a folder with tokenizer files only")
		pair := c.flags.String("pair", "", "the second text")
		texts, err := c.parse(1, -1)
		if err != nil {
			return err
		}
		if *dir == "" {
			return &usageError{"--model names the folder or file"}
		}
		t, err := bundle.ReadTokenizer(*dir, catalog.Families())
		if err != nil {
			return err
		}
		var all []encoding
		var lines strings.Builder
		for _, text := range texts {
			var second *string
			if c.flags.Changed("pair") {
				second = pair
			}
			e := encode(t, text, second)
			all = append(all, e)
			for i, token := range e.Tokens {
				fmt.Fprintf(&lines, "%8d  %-20s %d-%d\n", e.IDs[i], token, e.Offsets[i][0], e.Offsets[i][1])
			}
			lines.WriteByte('\n')
		}
		return c.print(struct {
			Encodings []encoding `json:"encodings"`
		}{all}, "%s", lines.String())
	},
}

// encode gives one text, or two, as the model reads them, cut to what the
// tokenizer's file allows.
func encode(t tokenizer.Tokenizer, text string, pair *string) encoding {
	a, names := pieces(t, text)
	var b []tokenizer.Token
	if pair != nil {
		var more []string
		b, more = pieces(t, *pair)
		names = append(names, more...)
	}
	all := slices.Concat(a, b)
	// Join keeps the numbers of pieces, so that places in all, counted below zero,
	// show where each piece went.
	place := func(tokens []tokenizer.Token, from int) []tokenizer.Token {
		if tokens == nil {
			return nil
		}
		placed := make([]tokenizer.Token, len(tokens))
		for i := range placed {
			placed[i].ID = -1 - from - i
		}
		return placed
	}
	first, second := place(a, 0), place(b, len(a))
	if long, ok := t.(truncating); ok {
		first, second = long.Truncate(first, second, t.Specials(pair != nil))
	}
	ids, segments := t.Join(first, second)
	e := encoding{IDs: ids, Tokens: make([]string, len(ids)), Offsets: make([][2]int, len(ids)), Segments: segments}
	for i, id := range ids {
		if id >= 0 {
			e.Tokens[i] = t.Piece(id)
			continue
		}
		token := all[-1-id]
		e.IDs[i], e.Tokens[i], e.Offsets[i] = token.ID, names[-1-id], [2]int{token.Start, token.End}
	}
	return e
}

// truncating is a tokenizer whose file may say how long an input is at most.
type truncating interface {
	Truncate(a, b []tokenizer.Token, specials int) ([]tokenizer.Token, []tokenizer.Token)
}

// pieces gives the pieces of a text and what each is called.
func pieces(t tokenizer.Tokenizer, text string) ([]tokenizer.Token, []string) {
	if named, ok := t.(interface {
		EncodePieces(string) ([]tokenizer.Token, []string)
	}); ok {
		return named.EncodePieces(text)
	}
	tokens := t.Encode(text)
	names := make([]string, len(tokens))
	for i, token := range tokens {
		names[i] = t.Piece(token.ID)
	}
	return tokens, names
}
