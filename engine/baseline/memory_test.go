package baseline_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"attune/engine/baseline"
	"attune/engine/dataset"
)

// What is foretold from a part of the examples is what training takes, of which hardly
// anything is thrown away: garbage would let the heap grow by all that a training holds.
func TestMemoryIsForetold(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	word := rand.NewZipf(random, 1.2, 10, 1<<20)
	for _, c := range []struct{ rows, words, labels int }{{6000, 20, 2}, {4000, 8, 77}, {12000, 4, 10}} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			var examples []dataset.Example
			for i := range c.rows {
				words := []string{fmt.Sprint("label", i%c.labels)}
				for range c.words {
					words = append(words, fmt.Sprintf("%x", 0x9e3779b9*uint32(word.Uint64()+1)))
				}
				examples = append(examples, dataset.Example{Text: strings.Join(words, " "), Labels: words[:1]})
			}
			o := baseline.Options{NGrams: 100_000}
			foretold := float64(baseline.Memory(examples[:1000], float64(c.rows)/1000, c.labels, o))
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if _, err := baseline.Train(t.Context(), examples, o); err != nil {
				t.Fatal(err)
			}
			runtime.ReadMemStats(&after)
			took := float64(after.TotalAlloc - before.TotalAlloc)
			if t.Logf("foretold %.1f MB, took %.1f MB", foretold/1e6, took/1e6); took < 0.7*foretold || took > 1.3*foretold {
				t.Errorf("foretold %.1f MB, took %.1f MB", foretold/1e6, took/1e6)
			}
		})
	}
	if n := baseline.Memory(nil, 1, 2, baseline.Options{}); n != 0 {
		t.Errorf("no examples take %d bytes", n)
	}
}
