package main

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// A benchCase is one line of the table: a shape, and texts for it.
type benchCase struct {
	name, title  string
	shape        shape
	what         string // train or predict
	batch, steps int    // texts a step, steps that are timed
	short        bool   // texts of many lengths instead of 128 tokens each
}

// A shape is what config.json says of an encoder.
type shape struct {
	Type      string `json:"model_type"`
	Words     int    `json:"vocab_size"`
	Width     int    `json:"hidden_size"`
	Blocks    int    `json:"num_hidden_layers"`
	Heads     int    `json:"num_attention_heads"`
	Inner     int    `json:"intermediate_size"`
	Positions int    `json:"max_position_embeddings"`
}

// The shapes of all-MiniLM-L6-v2 and of distilbert-base-uncased.
var (
	miniLM     = shape{"bert", 30522, 384, 6, 12, 1536, 512}
	distilBERT = shape{"bert", 30522, 768, 6, 12, 3072, 512}
)

var benchCases = []benchCase{
	{"minilm-128", "MiniLM, training, 32 x 128 tokens", miniLM, "train", 32, 4, false},
	{"minilm-short", "MiniLM, training, 32 short texts", miniLM, "train", 32, 16, true},
	{"distil-128", "DistilBERT, training, 16 x 128 tokens", distilBERT, "train", 16, 4, false},
	{"distil-short", "DistilBERT, training, 16 short texts", distilBERT, "train", 16, 16, true},
	{"answers-128", "MiniLM, answers, 32 x 128 tokens", miniLM, "predict", 32, 8, false},
	{"answers-short", "MiniLM, answers, 32 short texts", miniLM, "predict", 32, 16, true},
}

// lengths are the tokens of the texts that are timed: 128, or drawn from a
// lognormal distribution of mean 25 and sigma 0.6, from 4 to 128.
func (c benchCase) lengths() []int {
	random := rand.New(rand.NewPCG(1, 1))
	all := make([]int, c.batch*c.steps)
	for i := range all {
		all[i] = 128
		if c.short {
			const mean, sigma = 25, 0.6
			n := math.Exp(math.Log(mean) - sigma*sigma/2 + sigma*random.NormFloat64())
			all[i] = min(max(int(math.Round(n)), 4), 128)
		}
	}
	return all
}

// mean is that of the lengths.
func (c benchCase) mean() float64 {
	sum := 0
	for _, n := range c.lengths() {
		sum += n
	}
	return float64(sum) / float64(c.batch*c.steps)
}

// The sides of a comparison, in the order of their turns.
const (
	ours = iota
	padded
	grouped
	sideCount
)

var sideNames = [sideCount]string{"Attune", "PyTorch padded", "PyTorch grouped by length"}

// sides gives what to run for each side; those that are not to be timed are empty.
// Texts that are equally long are grouped as they come.
func (c benchCase) sides(folder, attunectl string, t *torch, o benchOptions) (all [sideCount]program, err error) {
	config, lengths := filepath.Join(folder, "config.json"), filepath.Join(folder, "lengths.txt")
	text, err := json.Marshal(c.shape)
	if err != nil {
		return all, err
	}
	if err := os.WriteFile(config, text, 0o644); err != nil {
		return all, err
	}
	var lines strings.Builder
	for _, n := range c.lengths() {
		fmt.Fprintln(&lines, n)
	}
	if err := os.WriteFile(lengths, []byte(lines.String()), 0o644); err != nil {
		return all, err
	}
	args := []string{c.what, "--config", config, "--lengths", lengths,
		"--batch", strconv.Itoa(c.batch), "--steps", strconv.Itoa(c.steps), "--threads", strconv.Itoa(o.threads)}
	all[ours] = program{args: append([]string{attunectl, "bench", "--json", "--limits"}, args...)}
	if o.simd != "" {
		all[ours] = all[ours].with("ATTUNE_SIMD=" + o.simd)
	}
	if t != nil {
		all[padded] = t.run(args...)
		if c.short {
			all[grouped] = t.run(append(args, "--grouped")...)
		}
	}
	return all, nil
}
