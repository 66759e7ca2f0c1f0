package baseline

import (
	"math"
	"slices"

	"attune/engine/dataset"
)

// Memory gives about how many bytes Train takes at its height, besides the examples, for so
// many times as many as these, of so many labels. How many n-grams differ grows as a power
// of how many examples there are (Heaps 1978), which these examples tell.
func Memory(examples []dataset.Example, times float64, labels int, o Options) int64 {
	l := usual.with(o, labels)
	if len(examples) == 0 || labels < 1 || labels > l.labels {
		return 0 // nothing is counted
	}
	r := reader{longest: longestStretch}
	seen := make([]bool, buckets)
	numbers, different, half := 0.0, 0.0, 0.0
	for i, e := range examples {
		for _, block := range r.grams(e.Text) {
			slices.Sort(block)
			for _, b := range slices.Compact(block) {
				numbers++
				if !seen[b] {
					seen[b] = true
					different++
				}
			}
		}
		if i < len(examples)/2 {
			half = different
		}
	}
	power := 1.0
	if half > 0 {
		power = min(math.Log2(different/half), 1)
	}
	different = min(different*math.Pow(times, power), buckets)
	counted := min(different, float64(l.weights/labels))
	rows := times * float64(len(examples))
	room := float64(min(l.values, l.work/labels) + mostGrams)
	learned := min(1, room/max(1, times*numbers)) // share of the rows
	const (
		bucket = 4            // bytes, of how many texts have what falls into it
		order  = 4            // of an n-gram, by how common it is
		column = 18 + 8       // of one that is counted, in a map, and its frequency
		number = 4 + 4        // of a text's vector
		row    = 104 + 16 + 8 // in a list, its label in another, its place among the shuffled
		place  = 8 + 8        // of a row that is learned: where its vector begins, and among the shuffled
		weight = 4
	)
	return bucket*buckets + int64(order*different+(column+weight*float64(labels))*counted+
		row*rows+learned*(number*times*numbers+(place+weight*float64(labels))*rows))
}
