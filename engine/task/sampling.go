package task

import (
	"math/rand/v2"

	"attune/engine/dataset"
)

// Sampled is a task that can learn rows of rare classes more often than others.
type Sampled interface {
	// Sample gives the rows as often as they are to be learned in a pass, the same ones
	// each time for the same seed.
	Sample(rows dataset.Source, seed uint64) (dataset.Source, error)
}

const (
	sampleStream = 6
	mostCopies   = 20 // of a row, however rare its class
)

// Sample repeats rows of rare classes or drops those of common ones, as the settings
// say.
func (c *Classification) Sample(rows dataset.Source, seed uint64) (dataset.Source, error) {
	if c.Sampling != "repeat" && c.Sampling != "drop" {
		return rows, nil
	}
	counts := map[string]int{}
	for e, err := range rows {
		if err != nil {
			return nil, err
		}
		if c.Labelled(e) {
			counts[e.Labels[0]]++
		}
	}
	return copies(rows, seed, c.copiesBy(counts)), nil
}

// copiesBy gives how often a row of each class is learned, on average.
func (c *Classification) copiesBy(counts map[string]int) map[string]float64 {
	most, fewest := 0, 0
	for _, n := range counts {
		most = max(most, n)
		if fewest == 0 || n < fewest {
			fewest = n
		}
	}
	all := map[string]float64{}
	for label, n := range counts {
		if c.Sampling == "repeat" {
			all[label] = min(float64(most)/float64(n), mostCopies)
		} else {
			all[label] = max(float64(fewest)/float64(n), 1.0/mostCopies)
		}
	}
	return all
}

// copies gives each row so often as is said of its label; a fraction is left to chance.
func copies(rows dataset.Source, seed uint64, often map[string]float64) dataset.Source {
	return func(yield func(dataset.Example, error) bool) {
		random := rand.New(rand.NewPCG(seed, sampleStream))
		for e, err := range rows {
			n := 1
			if err == nil && len(e.Labels) > 0 {
				n = int(often[e.Labels[0]] + random.Float64())
			}
			for range n {
				if !yield(e, err) {
					return
				}
			}
		}
	}
}
