package main

import (
	"slices"
	"time"

	"attune/engine/kernel"
	"attune/engine/model"
	"attune/engine/op"
)

// limits are the rates that bound a step, measured on the same machine and threads.
type limits struct {
	Products float64 `json:"product_gflops"` // of the step's linear layers alone, one product after another
	Peak     float64 `json:"peak_gflops"`    // of multiply-adds on numbers in the innermost cache
}

func measureLimits(w *kernel.Workers, b model.Backbone, tokens int, backward bool) *limits {
	return &limits{Products: productRate(w, b, tokens, backward) / 1e9, Peak: w.Peak(300*time.Millisecond) / 1e9}
}

// productRate computes the products of every linear layer of a body for so many
// tokens, as a step does, and gives the operations a second: the median of three.
func productRate(w *kernel.Workers, b model.Backbone, tokens int, backward bool) float64 {
	widest, largest := 0, 0
	for _, l := range b.Linears() {
		out, in := op.Size(l.Weight)
		widest, largest = max(widest, out, in), max(largest, out*in)
	}
	x, y, gradient := make([]float32, tokens*widest), make([]float32, tokens*widest), make([]float32, largest)
	var rates []float64
	for range 3 {
		began, did := time.Now(), 0.0
		for _, l := range b.Linears() {
			out, in := op.Size(l.Weight)
			weight := op.Rows(l.Weight)
			one := 2 * float64(tokens) * float64(out*in)
			w.Gemm(kernel.NT, tokens, out, in, x, in, weight, in, y, out, false)
			did += one
			if backward {
				w.Gemm(kernel.NN, tokens, in, out, y, out, weight, in, x, in, false)
				w.Gemm(kernel.TN, out, in, tokens, y, out, x, in, gradient, in, true)
				did += 2 * one
			}
		}
		rates = append(rates, did/time.Since(began).Seconds())
	}
	slices.Sort(rates)
	return rates[len(rates)/2]
}
