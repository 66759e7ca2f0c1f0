package health_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"attune/engine/catalog"
	"attune/engine/dataset"
	"attune/engine/health"
)

// BenchmarkExamine looks at 100,000 rows of 20 labels and 5 to 45 words: the
// words follow Zipf's law, and each label has some of its own.
func BenchmarkExamine(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 1))
	zipf := rand.NewZipf(random, 1.1, 5, 60_000)
	d := health.Data{Words: 128}
	for i := range 100_000 {
		var text []string
		for range 5 + random.IntN(40) {
			word := zipf.Uint64()
			if random.IntN(4) == 0 {
				word = 60_000 + uint64(i%20)*400 + uint64(random.IntN(400))
			}
			text = append(text, fmt.Sprintf("w%x", word*2654435761%(1<<32)))
		}
		split := dataset.Train
		if i%5 == 0 {
			split = dataset.Test
		}
		d.Rows = append(d.Rows, health.Row{Example: dataset.Example{ID: int64(i + 1), Text: strings.Join(text, " "), Labels: []string{fmt.Sprint(i % 20)}}, Split: split})
	}
	for _, c := range catalog.Checks() {
		b.Run(c.Name, func(b *testing.B) {
			for b.Loop() {
				once := d
				examine(b, &once, c)
			}
		})
	}
	b.Run("all", func(b *testing.B) {
		for b.Loop() {
			once := d
			examine(b, &once, catalog.Checks()...)
		}
	})
}
