package train_test

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"

	"attune/engine/dataset"
	"attune/engine/kernel"
	"attune/engine/model/bert"
	"attune/engine/op"
	"attune/engine/task"
	"attune/engine/technique"
	"attune/engine/train"
)

// BenchmarkSmallEncoder trains the encoder that a fresh training starts from on
// texts of 4 to 25 words, 32 a step. The time is that of a row.
func BenchmarkSmallEncoder(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 1))
	words := make([]string, 5000)
	for i := range words {
		for range 3 + random.IntN(6) {
			words[i] += string(rune('a' + random.IntN(26)))
		}
	}
	examples := make([]dataset.Example, max(b.N, 2))
	for i := range examples {
		var text []string
		for range 4 + random.IntN(22) {
			text = append(text, words[random.IntN(len(words))])
		}
		examples[i] = dataset.Example{Text: strings.Join(text, " "), Labels: []string{string(rune('a' + i%2))}}
	}
	base, err := bert.Fresh(context.Background(), func(yield func(string) bool) {
		for _, w := range words {
			if !yield(w) {
				return
			}
		}
	}, 1)
	if err != nil {
		b.Fatal(err)
	}
	plan := &technique.Plan{Task: task.NewClassification(), Base: base, Learn: dataset.FromSlice(examples), Seed: 1}
	if err := technique.NewHeadSwap().Apply(plan); err != nil {
		b.Fatal(err)
	}
	workers := kernel.NewWorkers(2)
	defer workers.Close()
	o := options
	o.Epochs, o.BatchSize = 1, 32
	b.ResetTimer()
	tokens := 0
	for s, err := range train.Steps(context.Background(), op.NewTape(workers), plan, o, nil) {
		if err != nil {
			b.Fatal(err)
		}
		tokens += s.Tokens
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(tokens)/b.Elapsed().Seconds(), "tokens/s")
}
