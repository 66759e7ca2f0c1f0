package health

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"attune/engine/dataset"
)

// Drift finds splits whose labels are dealt otherwise than the training's.
var Drift = Check{
	Name: "drift", Title: "Splits that differ", Cost: 1,
	About: "A test or validation set whose labels have other shares than in training, by more than chance.",
	look:  findDrift,
}

// Shares that differ by mostDrift together, and by more than chance deals them,
// measure something else than was learned.
const (
	mostDrift     = 0.15
	fewestToDrift = 30
)

func findDrift(ctx context.Context, d *Data, tell func(done float64)) ([]Finding, error) {
	shares := map[dataset.Split]map[string]float64{}
	sizes := map[dataset.Split]float64{}
	err := eachRow(ctx, d, tell, func(_ int, r *Row) {
		if len(r.Labels) == 1 {
			if shares[r.Split] == nil {
				shares[r.Split] = map[string]float64{}
			}
			shares[r.Split][r.label()]++
			sizes[r.Split]++
		}
	})
	if err != nil || sizes[dataset.Train] < fewestToDrift {
		return nil, err
	}
	var all []Finding
	for _, held := range []dataset.Split{dataset.Test, dataset.Validation} {
		if sizes[held] < fewestToDrift {
			continue
		}
		labels := map[string]bool{}
		for label := range shares[dataset.Train] {
			labels[label] = true
		}
		for label := range shares[held] {
			labels[label] = true
		}
		apart, widest, most := 0.0, "", 0.0
		for _, label := range slices.Sorted(maps.Keys(labels)) {
			a, b := shares[dataset.Train][label]/sizes[dataset.Train], shares[held][label]/sizes[held]
			apart += math.Abs(a-b) / 2
			if x := math.Abs(a - b); x > most {
				widest, most = label, x
			}
		}
		// The distance that chance alone makes of a sample, at most: sqrt(labels/rows)/2.
		chance := math.Sqrt(float64(len(labels))*(1/sizes[held]+1/sizes[dataset.Train])) / 2
		if apart < mostDrift || apart < 2*chance {
			continue
		}
		all = append(all, Finding{Severity: Warning,
			Summary: fmt.Sprintf("The labels of the %s rows are dealt otherwise than those of the training rows: %q makes up %s there and %s in training. The score then tells of other data than was learned.",
				held, widest, percent(shares[held][widest]/sizes[held]), percent(shares[dataset.Train][widest]/sizes[dataset.Train])),
			Advice: "Split the rows anew with the labels' shares kept, unless the difference is what you want to measure.", Items: []Item{}})
	}
	return all, nil
}
