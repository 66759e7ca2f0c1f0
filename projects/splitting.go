package projects

import "attune/engine/dataset"

// SplitOptions says how examples are dealt out to training, validation and
// test.
type SplitOptions struct {
	Test, Validation float64 // shares of the labelled rows, 0 to 1
	Stratify         bool    // each label keeps its share in every split
	Group            string  // a column whose equal values stay together in one split; "" for none
	Seed             uint64  // the same seed deals the same rows the same way
}

// DefaultSplit is a fifth for the test, a tenth for validation, stratified.
func DefaultSplit() SplitOptions {
	return SplitOptions{Test: 0.2, Validation: 0.1, Stratify: true, Seed: 1}
}

// SplitSummary says how examples were dealt out.
type SplitSummary struct {
	Counts   map[dataset.Split]int
	Warnings []string // a sentence each, with the way out
}
