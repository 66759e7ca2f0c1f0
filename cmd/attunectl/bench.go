package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"attune/engine/catalog"
	"attune/engine/dataset"
	"attune/engine/kernel"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/task"
	"attune/engine/technique"
	"attune/engine/tokenizer"
	"attune/engine/train"
	"attune/engine/weights"
)

var bench = command{
	name: "bench", usage: "train --config CONFIG.json --lengths FILE [--batch N] [--steps N] [--threads N]",
	about: "Times the full training step on random weights of a shape and texts of given lengths.",
	run: func(ctx context.Context, c *call) error {
		b := benchmark{}
		c.flags.StringVar(&b.config, "config", "", "config.json with the shape of the model")
		c.flags.StringVar(&b.lengths, "lengths", "", "file with the tokens of each text, one whole number a line")
		c.flags.IntVar(&b.batch, "batch", 32, "texts a step")
		c.flags.IntVar(&b.steps, "steps", 20, "steps to time, after 3 that are not")
		c.flags.IntVar(&b.threads, "threads", runtime.NumCPU(), "processor cores to use")
		words, err := c.parse(1, 1)
		if err != nil {
			return err
		}
		if words[0] != "train" || b.config == "" || b.lengths == "" || b.batch < 1 || b.steps < 1 || b.threads < 1 {
			return &usageError{"it times train, with --config and --lengths"}
		}
		r, err := b.run(ctx)
		if err != nil {
			return err
		}
		return c.print(r, "%.1f samples/s, %.0f tokens/s, median step %.1f ms, %.0f GFLOP/s, peak %.0f MB, kernels: %s\n",
			r.SamplesPerSecond, r.TokensPerSecond, r.StepMilliseconds, r.GFLOPs, r.PeakMegabytes, r.SIMD)
	},
}

// benchmark is one measurement of training.
type benchmark struct {
	config, lengths       string
	batch, steps, threads int
}

// benchmarked is its result. GFLOPs counts the multiplications and additions of
// the linear layers and of attention, three times for forward and backward.
type benchmarked struct {
	SamplesPerSecond float64 `json:"samples_per_second"`
	TokensPerSecond  float64 `json:"tokens_per_second"`
	StepMilliseconds float64 `json:"step_ms_median"`
	GFLOPs           float64 `json:"gflops"`
	PeakMegabytes    float64 `json:"peak_rss_mb"`
	SIMD             string  `json:"simd"`
	Threads          int     `json:"threads"`
}

// warmup steps are not timed: they fault pages in and fill the buffers.
const warmup = 3

func (b benchmark) run(ctx context.Context) (benchmarked, error) {
	lengths, err := readLengths(b.lengths)
	if err != nil {
		return benchmarked{}, err
	}
	base, err := randomModel(b.config)
	if err != nil {
		return benchmarked{}, err
	}
	plan, err := benchPlan(base, lengths, b.batch*(b.steps+warmup))
	if err != nil {
		return benchmarked{}, err
	}
	workers := kernel.NewWorkers(b.threads)
	defer workers.Close()
	o := train.Options{Epochs: 1, BatchSize: b.batch, LearningRate: 1e-5, Decay: 0.01, Clip: 1, Evaluations: 1, Seed: 1}
	var took []float64
	var rows, tokens int
	var work float64
	last := time.Now()
	for step, err := range train.Steps(ctx, op.NewTape(workers), plan, o, nil) {
		if err != nil {
			return benchmarked{}, err
		}
		if step.Number > warmup {
			took = append(took, time.Since(last).Seconds())
			rows += step.Rows
			tokens += step.Tokens
			work += step.Work
		}
		last = time.Now()
	}
	seconds := 0.0
	for _, t := range took {
		seconds += t
	}
	slices.Sort(took)
	return benchmarked{
		SamplesPerSecond: float64(rows) / seconds, TokensPerSecond: float64(tokens) / seconds,
		StepMilliseconds: 1000 * took[len(took)/2], GFLOPs: work / seconds / 1e9,
		PeakMegabytes: float64(peakMemory()) / (1 << 20), SIMD: kernel.SIMD(), Threads: b.threads,
	}, nil
}

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
func (d drawn) Files() (map[string][]byte, error) { return nil, nil }
