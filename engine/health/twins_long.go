package health

import (
	"context"
	"slices"
)

// Longer texts are found by MinHash (Broder 1997) in bands (Leskovec, Rajaraman
// and Ullman, Mining of Massive Datasets, 3.4): two texts share a band by the
// share of their words in common to the power of bandRows. Near ones have 7 of
// 10 in common or more, and meet in one of the bands but for 1 in 5,000.
const (
	fewestLong = mostShort - 1 // so that each near pair is short together, or long together
	bands      = 48
	bandRows   = 5
)

// findLong finds the near pairs among longer texts, a band at a time, so that
// one hash a row is held.
func (t *twinSearch) findLong(ctx context.Context, tell func(done float64)) error {
	sets, starts := t.wordSets()
	entries := make([]alike, 0, len(starts))
	for band := range uint64(bands) {
		entries = entries[:0]
		for n, row := range starts {
			if n%every == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			end := len(sets)
			if n+1 < len(starts) {
				end = starts[n+1].at
			}
			entries = append(entries, alike{signature(sets[row.at:end], band), row.row})
		}
		t.compare(entries)
		tell(float64(band+1) / bands)
	}
	return nil
}

// place says where the words of a row begin.
type place struct {
	row int32
	at  int
}

// wordSets gives the different words of each longer text.
func (t *twinSearch) wordSets() (sets []uint32, starts []place) {
	for i := range t.first {
		if all := t.of(i); t.first[i] == i && len(all) >= fewestLong {
			starts = append(starts, place{int32(i), len(sets)})
			from := len(sets)
			sets = append(sets, all...)
			slices.Sort(sets[from:])
			sets = sets[:from+len(slices.Compact(sets[from:]))]
		}
	}
	return sets, starts
}

// signature is the hash of a band: of the smallest hash of the words, for each
// of its hash functions.
func signature(set []uint32, band uint64) uint64 {
	var least [bandRows]uint64
	for i := range least {
		least[i] = ^uint64(0)
	}
	for _, w := range set {
		hash := mix(band<<32, uint64(w))
		for i := range least {
			// Multiplying by odd numbers orders the words anew for each function.
			least[i] = min(least[i], hash*multipliers[i])
		}
	}
	whole := band
	for _, l := range least {
		whole = mix(whole, l)
	}
	return whole
}

// multipliers are odd, with bits well spread.
var multipliers = [bandRows]uint64{
	0x9e3779b97f4a7c15, 0xbf58476d1ce4e5b9, 0x94d049bb133111eb, 0xd6e8feb86659fd93, 0xa0761d6478bd642f,
}
