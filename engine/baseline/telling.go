package baseline

import (
	"context"
	"math"
	"slices"

	"attune/engine/dataset"
)

// smoothing is how many texts with an n-gram, and how many without, each label is taken to
// have had before any was seen. With 0.1, 0.3 and 1 the results were alike.
const smoothing = 0.2

// leastTelling keeps the vector of a text without any n-gram that tells something from being
// divided by nothing.
const leastTelling = 1e-3

// weighByLabels multiplies what n-grams weigh by how much they tell of a label: the root of
// the largest ratio, as a logarithm, between the share of texts with it among those of the
// label and among the others. NBSVM (Wang and Manning 2012) takes the ratio itself for two
// labels; its root is as good there and costs less where many labels have few texts. Beside
// TF-IDF alone accuracy rose from 0.828 to 0.844 on SST-2 and from 0.890 to 0.900 on
// ag_news, and stayed at 0.918 on banking77 and at 0.725 with 8 rows a class of it. counts is
// room for a number for each n-gram and label, all zero.
func (v *vocabulary) weighByLabels(ctx context.Context, examples []dataset.Example, labels []string, counts []float32) error {
	texts := make([]float64, len(labels))   // with the label
	with := make([]float64, len(v.weights)) // texts with the n-gram, whatever their labels
	r := reader{longest: v.longest}
	var right []int // the labels of a text
	for _, e := range examples {
		if err := ctx.Err(); err != nil {
			return err
		}
		right = right[:0]
		for _, label := range e.Labels {
			c, _ := slices.BinarySearch(labels, label)
			right = append(right, c)
			texts[c]++
		}
		for b := range r.different(e.Text) {
			column, ok := v.column[b]
			if !ok {
				continue
			}
			with[column]++
			for _, c := range right {
				counts[int(column)*len(labels)+c]++
			}
		}
	}
	for column, n := range with {
		most := 0.0
		for c, both := range counts[column*len(labels):][:len(labels)] {
			among := logShare(float64(both), texts[c])
			elsewhere := logShare(n-float64(both), float64(len(examples))-texts[c])
			most = max(most, math.Abs(among-elsewhere))
		}
		v.weights[column] *= math.Sqrt(max(most, leastTelling))
	}
	return nil
}

func logShare(some, of float64) float64 { return math.Log((some + smoothing) / (of + 2*smoothing)) }
