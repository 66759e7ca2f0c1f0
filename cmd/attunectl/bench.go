package main

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/batch"
	"attune/engine/dataset"
	"attune/engine/kernel"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/predict"
	"attune/engine/technique"
	"attune/engine/train"
)

var bench = command{
	name: "bench", usage: "train|predict --config CONFIG.json --lengths FILE [--batch N] [--steps N] [--threads N] [--accumulate N] [--recompute] [--limits] [--int8]",
	about: "Times the full training step, or answers, on random weights of a shape and texts of given lengths.",
	run: func(ctx context.Context, c *call) error {
		b := benchmark{}
		c.flags.StringVar(&b.config, "config", "", "config.json with the shape of the model")
		c.flags.StringVar(&b.lengths, "lengths", "", "file with the tokens of each text, one whole number a line")
		c.flags.IntVar(&b.batch, "batch", 32, "texts a step")
		c.flags.IntVar(&b.steps, "steps", 20, "steps to time, after 3 that are not")
		c.flags.IntVar(&b.threads, "threads", runtime.NumCPU(), "processor cores to use")
		c.flags.IntVar(&b.parts, "accumulate", 0, "parts that a step is computed in, 0 for as many as bound its memory")
		c.flags.BoolVar(&b.recompute, "recompute", false, "compute layers a second time instead of keeping what they gave")
		c.flags.BoolVar(&b.limits, "limits", false, "measure also how fast the matrix products alone are")
		c.flags.BoolVar(&b.int8, "int8", false, "answer with weights in 8 bits, and in float32 in turn to compare")
		words, err := c.parse(1, 1)
		if err != nil {
			return err
		}
		b.what = words[0]
		if b.int8 && (b.what != "predict" || b.limits) {
			return &usageError{"--int8 goes with predict, and without --limits"}
		}
		if b.what != "train" && b.what != "predict" || b.config == "" || b.lengths == "" || b.batch < 1 || b.steps < 1 || b.threads < 1 {
			return &usageError{"it times train or predict, with --config and --lengths"}
		}
		r, err := b.run(ctx)
		if err != nil {
			return err
		}
		return c.print(r, "%s", r.text())
	},
}

// benchmark is one measurement.
type benchmark struct {
	what                  string // train or predict
	config, lengths       string
	batch, steps, threads int
	parts                 int
	recompute             bool
	limits, int8          bool
}

// benchmarked is its result. GFLOPs counts the multiplications and additions of
// the linear layers and of attention, once for forward and twice for backward.
type benchmarked struct {
	SamplesPerSecond float64 `json:"samples_per_second"`
	TokensPerSecond  float64 `json:"tokens_per_second"`
	StepMilliseconds float64 `json:"step_ms_median"`
	GFLOPs           float64 `json:"gflops"`
	PeakMegabytes    float64 `json:"peak_rss_mb"`
	Forecast         float64 `json:"forecast_mb,omitempty"` // of the training's share of the peak
	SIMD             string  `json:"simd"`
	Threads          int     `json:"threads"`
	*limits
	*inInt8
}

// inInt8 compares answers with weights in 8 bits with those in float32, batch by batch
// in turn. The memory is that of both.
type inInt8 struct {
	Float32 float64 `json:"float32_samples_per_second"`
	Ratio   float64 `json:"int8_ratio"` // of the tokens a second in the fastest step of each
	Weights float64 `json:"int8_weight_mb"`
	Before  float64 `json:"float32_weight_mb"` // of the linear layers of the body
}

func (r benchmarked) text() string {
	text := fmt.Sprintf("%.1f samples/s, %.0f tokens/s, median step %.1f ms, %.0f GFLOP/s, peak %.0f MB (forecast %.0f), kernels: %s\n",
		r.SamplesPerSecond, r.TokensPerSecond, r.StepMilliseconds, r.GFLOPs, r.PeakMegabytes, r.Forecast, r.SIMD)
	if r.limits != nil {
		text += fmt.Sprintf("the linear layers' products alone reach %.0f GFLOP/s, a product in the innermost cache %.0f\n", r.Products, r.Peak)
	}
	if r.inInt8 != nil {
		text += fmt.Sprintf("in float32 %.1f samples/s: 8 bits are %.2f times as fast, with %.1f MB of weights instead of %.1f\n", r.Float32, r.Ratio, r.Weights, r.Before)
	}
	return text
}

// warmup steps are not timed: they fault pages in and fill the buffers.
const warmup = 3

func (b benchmark) run(ctx context.Context) (benchmarked, error) {
	lengths, err := readLengths(b.lengths)
	if err != nil {
		return benchmarked{}, err
	}
	plan, err := b.plan(lengths)
	if err != nil {
		return benchmarked{}, err
	}
	workers := kernel.NewWorkers(b.threads)
	defer workers.Close()
	tape := op.NewTape(workers)
	var w stopwatch
	var compared *inInt8
	var forecast train.Memory
	switch {
	case b.what == "train":
		forecast, err = b.train(ctx, tape, plan, &w)
	case b.int8:
		compared, err = b.compare(ctx, tape, plan, lengths, &w)
	default:
		err = b.predict(ctx, tape, []*technique.Plan{plan}, []*stopwatch{&w})
	}
	if err != nil {
		return benchmarked{}, err
	}
	r := w.result()
	r.Forecast = float64(forecast.Total()) / (1 << 20)
	r.PeakMegabytes, r.SIMD, r.Threads, r.inInt8 = float64(peakMemory())/(1<<20), kernel.SIMD(), b.threads, compared
	if b.limits {
		r.limits = measureLimits(workers, plan.Base.Backbone, w.tokens/len(w.took), b.what == "train")
	}
	return r, nil
}

// plan is that of a training of the shape on texts of the lengths.
func (b benchmark) plan(lengths []int) (*technique.Plan, error) {
	base, err := randomModel(b.config)
	if err != nil {
		return nil, err
	}
	return benchPlan(base, lengths, b.batch*(b.steps+warmup))
}

// train times the shipped trainer.
func (b benchmark) train(ctx context.Context, tape *op.Tape, plan *technique.Plan, w *stopwatch) (train.Memory, error) {
	o := train.Options{
		Epochs: 1, BatchSize: b.batch, LearningRate: 1e-5, Decay: 0.01, Clip: 1, Evaluations: 1, Seed: 1,
		Parts: b.parts, Recompute: b.recompute,
	}
	forecast, err := train.Forecast(ctx, tape.Workers, plan, o)
	if err != nil {
		return forecast, err
	}
	w.last = time.Now()
	for step, err := range train.Steps(ctx, tape, plan, o, nil) {
		if err != nil {
			return forecast, err
		}
		w.step(step.Rows, step.Tokens, step.Work)
	}
	return forecast, ctx.Err()
}

// compare times the model of the plan beside one of the same weights in 8 bits.
func (b benchmark) compare(ctx context.Context, tape *op.Tape, plan *technique.Plan, lengths []int, w *stopwatch) (*inInt8, error) {
	small, err := b.plan(lengths)
	if err != nil {
		return nil, err
	}
	before, after := model.Quantise(small.Base.Backbone)
	var inFloat stopwatch
	if err := b.predict(ctx, tape, []*technique.Plan{plan, small}, []*stopwatch{&inFloat, w}); err != nil {
		return nil, err
	}
	return &inInt8{
		Float32: inFloat.result().SamplesPerSecond, Ratio: w.fastest / inFloat.fastest,
		Weights: float64(after) / (1 << 20), Before: float64(before) / (1 << 20),
	}, nil
}

// predict times the shipped way to answers, a batch at a time, by each model in turn.
// They are of one shape; the first is in float32, and tells the work.
func (b benchmark) predict(ctx context.Context, tape *op.Tape, plans []*technique.Plan, watches []*stopwatch) error {
	examples, err := dataset.Collect(plans[0].Learn)
	if err != nil {
		return err
	}
	items, err := predict.Encode(ctx, tape.Workers, plans[0].Model, examples)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(items, b.batch) {
		for i, plan := range plans {
			tokens, work := 0, 0.0
			watches[i].last = time.Now()
			err := predict.Batches(ctx, tape, plan.Model, part, func(p *batch.Packed, logits mat.Tensor) {
				plan.Model.Answers(logits, p)
				tokens += p.Tokens()
				work += forwardWork(plans[0].Base.Backbone, p)
			})
			if err != nil {
				return err
			}
			watches[i].step(len(part), tokens, work)
		}
	}
	return nil
}

// forwardWork counts the multiplications and additions of the matrix products when a
// body reads a batch: every linear layer, and the scores and sums of attention.
func forwardWork(body model.Backbone, b *batch.Packed) float64 {
	products := 0.0
	for _, l := range body.Linears() {
		products += float64(b.Tokens()) * float64(l.Weight.Size())
	}
	blocks := -1.0 // the embeddings are a layer too
	for range body.Layers() {
		blocks++
	}
	for s := range b.Len() {
		n := float64(b.Starts[s+1] - b.Starts[s])
		products += 2 * blocks * n * n * float64(body.Width())
	}
	return 2 * products
}

// stopwatch times steps, of which the first few do not count.
type stopwatch struct {
	last         time.Time
	steps        int
	took         []float64 // seconds
	rows, tokens int
	work         float64
	fastest      float64 // tokens a second
}

func (w *stopwatch) step(rows, tokens int, work float64) {
	now := time.Now()
	if w.steps++; w.steps > warmup {
		seconds := now.Sub(w.last).Seconds()
		w.took = append(w.took, seconds)
		w.fastest = max(w.fastest, float64(tokens)/seconds)
		w.rows += rows
		w.tokens += tokens
		w.work += work
	}
	w.last = now
}

func (w *stopwatch) result() benchmarked {
	seconds := 0.0
	for _, t := range w.took {
		seconds += t
	}
	slices.Sort(w.took)
	return benchmarked{
		SamplesPerSecond: float64(w.rows) / seconds, TokensPerSecond: float64(w.tokens) / seconds,
		StepMilliseconds: 1000 * w.took[len(w.took)/2], GFLOPs: w.work / seconds / 1e9,
	}
}
