package main

import (
	"fmt"
	"strings"

	"attune/engine/guessing"
	"attune/engine/model"
	"attune/engine/model/bert"
	"attune/engine/model/gpt2"
	"attune/engine/model/xlnet"
	"attune/engine/tokenizer"
	"attune/engine/weights"
)

// shape is the size of a model, by the names that BERT's config.json has.
type shape struct {
	Vocabulary int `json:"vocab_size"`
	Width      int `json:"hidden_size"`
	Blocks     int `json:"num_hidden_layers"`
	Heads      int `json:"num_attention_heads"`
	Inner      int `json:"intermediate_size"`
	Positions  int `json:"max_position_embeddings"`
}

// family is a kind of model that can be made.
type family struct {
	name     string
	about    string // in the card, what it is
	pipeline string // what the Hugging Face hub calls what it does on its own
	alone    string // in the card, what it does on its own
	method   string // in the card, how it was taught: a template on the facts
	measured string // in the card, what its perplexity is of
	primed   string // in the card, what counting told it before
	capitals bool   // it may learn which words begin with a capital
	together bool   // it reads a sequence of paragraphs as one text rather than two
	pooling  string // what a classifier on it had better read, "" for what its family reads
	make     func(shape, tokenizer.Tokenizer, *weights.Source) (model.Backbone, error)
}

// classifierPooling is what a classifier on a model reads that reads from both sides:
// nothing in pre-training taught the first or last piece to stand for its text. On
// banking77 with 8 rows a class a BERT gave an accuracy of 0.702 so, and of 0.657 by the
// first piece (after 20 million tokens, 15 passes).
const classifierPooling = "mean"

// What counting told models before their first step: all of them, and those that read from
// both sides besides.
const (
	primedTable = ", but the table of pieces began with what the company of each piece in the corpus tells of its meaning (positive pointwise mutual information, its strongest directions)"
	primed      = primedTable + ", the first layer with passing on the mean of a text, and the bias of the guesses with the frequency of the pieces"
)

// families are those that are trained from text alone.
var families = []family{
	{
		name: "bert", about: "encoder", pipeline: "fill-mask", alone: "it fills gaps",
		method:   "Masked language modelling with whole words hidden: {{percent .Recipe.Options.Rate}} of the pieces are guessed, of which {{percent .Recipe.Options.Swapped}} are swapped for others, {{percent .Recipe.Options.Kept}} stay and the rest become [MASK]{{with .Recipe.Options.Capitals}}. Beside it, weighing {{.}} of that,{{with $.State.CapitalsFrom}} after {{.}} tokens{{end}} it learned which words begin with a capital, which it does not see (truecasing, Mayhew et al. 2020); the layer that tells them is kept as capitals, which transformers does not know of{{end}}",
		primed:   primed,
		measured: "15 % of the pieces hidden by [MASK]; perplexity is that of the hidden pieces",
		pooling:  classifierPooling,
		capitals: true,
		make: func(x shape, _ tokenizer.Tokenizer, s *weights.Source) (model.Backbone, error) {
			return bert.New(bert.Config{
				Vocabulary: x.Vocabulary, Width: x.Width, Blocks: x.Blocks, Heads: x.Heads, Inner: x.Inner,
				Positions: x.Positions, Activation: "gelu", Segments: 2, Epsilon: 1e-12,
			}, s)
		},
	},
	{
		name: "gpt2", about: "decoder", pipeline: "text-generation", alone: "it writes on",
		method:   "Causal language modelling: each piece is guessed from those before it",
		measured: "perplexity is that of each piece given those before it",
		primed:   primedTable,
		together: true,
		make: func(x shape, t tokenizer.Tokenizer, s *weights.Source) (model.Backbone, error) {
			begin, end := around(t)
			return gpt2.New(gpt2.Config{
				Vocabulary: x.Vocabulary, Width: x.Width, Blocks: x.Blocks, Heads: x.Heads, Inner: x.Inner,
				Positions: x.Positions, Activation: "gelu_new", Epsilon: 1e-5, Scaled: true, Begin: begin, End: end,
			}, s)
		},
	},
	{
		name: "xlnet", about: "encoder", pipeline: "feature-extraction", alone: "it guesses words in any order",
		method:   "Permutation language modelling with two streams: a sixth of the pieces, in spans of one to five words, is guessed in a random order from all others and those before it in the order (Yang et al. 2019)",
		primed:   primed,
		measured: "a sixth of the pieces in spans; perplexity is that of these pieces, given all others and those before them in a random order",
		pooling:  classifierPooling,
		make: func(x shape, t tokenizer.Tokenizer, s *weights.Source) (model.Backbone, error) {
			begin, end := around(t)
			return xlnet.New(xlnet.Config{
				Vocabulary: x.Vocabulary, Width: x.Width, Blocks: x.Blocks, Heads: x.Heads, Inner: x.Inner,
				Activation: "gelu", Kind: "bi", Clamp: -1, Epsilon: 1e-12, Begin: begin, End: end,
			}, s)
		},
	},
}

// around gives the pieces that a tokenizer sets before and behind a text.
func around(t tokenizer.Tokenizer) (begin, end int) {
	specials, _ := t.Join(nil, nil)
	return specials[0], specials[len(specials)-1]
}

// familyOf finds a family by its name; runs from before there were several have none.
func familyOf(name string) (family, error) {
	var names []string
	for _, f := range families {
		if f.name == name || name == "" {
			return f, nil
		}
		names = append(names, f.name)
	}
	return family{}, fmt.Errorf("%w: there is no family %q to make, but %s", errUsage, name, strings.Join(names, ", "))
}

// new draws the weights of a new model.
func (f family) new(r recipe, pieces tokenizer.Tokenizer) (*guessing.Model, error) {
	return f.model(r.Model, pieces, weights.Fresh(r.draw()))
}

// read gives the model of a folder that export wrote.
func (f family) read(r recipe, pieces tokenizer.Tokenizer, dir string) (*guessing.Model, error) {
	folder, err := weights.OpenFolder(dir)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	source := weights.NewSource(folder)
	m, err := f.model(r.Model, pieces, source)
	if err == nil && r.Options.Capitals > 0 {
		m.Capitals = guessing.SavedCapitals(source, m.Body.Width())
	}
	return m, err
}

// model takes the weights of body and head from a source.
func (f family) model(x shape, pieces tokenizer.Tokenizer, source *weights.Source) (*guessing.Model, error) {
	body, err := f.make(x, pieces, source)
	if err != nil {
		return nil, err
	}
	return guessing.New(body, pieces, source)
}
