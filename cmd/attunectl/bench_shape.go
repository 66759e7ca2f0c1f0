package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"

	"attune/engine/catalog"
	"attune/engine/dataset"
	"attune/engine/model"
	"attune/engine/task"
	"attune/engine/technique"
	"attune/engine/tokenizer"
	"attune/engine/weights"
)

func readLengths(path string) ([]int, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var all []int
	for lines := bufio.NewScanner(f); lines.Scan(); {
		text := strings.TrimSpace(lines.Text())
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return nil, &usageError{fmt.Sprintf("%s: %q is not a number of tokens", path, text)}
		}
		all = append(all, n)
	}
	if len(all) == 0 {
		return nil, &usageError{path + " holds no lengths"}
	}
	return all, nil
}

// randomModel gives a model of the shape in a config.json.
func randomModel(path string) (*model.Base, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var config struct {
		Type  string `json:"model_type"`
		Words int    `json:"vocab_size"`
	}
	if err := json.Unmarshal(text, &config); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	for _, f := range catalog.Families() {
		if !slices.Contains(f.Types, config.Type) {
			continue
		}
		source := weights.Fresh(weights.Draw{Random: rand.New(rand.NewPCG(1, 1)), Spread: 0.05})
		body, err := f.Load(text, source)
		return &model.Base{Name: path, Backbone: body, Weights: source, Tokenizer: drawn{words: config.Words}}, err
	}
	return nil, &usageError{fmt.Sprintf("%s: the model type %q is not known", path, config.Type)}
}

// benchPlan fine-tunes on n texts of the given lengths, over and over.
func benchPlan(base *model.Base, lengths []int, n int) (*technique.Plan, error) {
	classification := task.NewClassification().(*task.Classification)
	classification.MaxLength = base.Backbone.Longest()
	examples := make([]dataset.Example, n)
	for i := range examples {
		examples[i] = dataset.Example{Text: strings.Repeat("x", lengths[i%len(lengths)]), Labels: []string{strconv.Itoa(i % 4)}}
	}
	plan := &technique.Plan{Task: classification, Base: base, Learn: dataset.FromSlice(examples), Seed: 1}
	return plan, technique.NewHeadSwap().Apply(plan)
}

// drawn is a tokenizer that draws a piece at random for each byte, so that a
// text's length is its number of tokens.
type drawn struct{ words int }

func (d drawn) Encode(text string) []tokenizer.Token {
	random := rand.New(rand.NewPCG(uint64(len(text)), 3))
	all := make([]tokenizer.Token, len(text))
	for i := range all {
		all[i] = tokenizer.Token{ID: random.IntN(d.words), Start: i, End: i + 1}
	}
	return all
}

func (d drawn) Join(a, _ []tokenizer.Token) (ids, segments []int) {
	for _, t := range a {
		ids = append(ids, t.ID)
	}
	return ids, make([]int, len(ids))
}

func (d drawn) Prefix() int                       { return 0 }
func (d drawn) Specials(bool) int                 { return 0 }
func (d drawn) Piece(int) string                  { return "" }
func (d drawn) ID(string) (int, bool)             { return 0, false }
func (d drawn) Size() int                         { return d.words }
func (d drawn) Decode([]int) string               { return "" }
func (d drawn) Files() (map[string][]byte, error) { return nil, nil }
