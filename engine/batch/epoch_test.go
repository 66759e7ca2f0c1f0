package batch_test

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"attune/engine/batch"
)

// texts gives lengths as texts have them: most short, some long.
func texts(n int) []int {
	random := rand.New(rand.NewPCG(7, 7))
	lengths := make([]int, n)
	for i := range lengths {
		lengths[i] = 4 + int(random.ExpFloat64()*25)
	}
	return lengths
}

var plans = []struct {
	name    string
	lengths []int
	o       batch.Options
}{
	{"no sequences", nil, batch.Options{Size: 8, Window: 4}},
	{"one sequence", []int{5}, batch.Options{Size: 8, Tokens: 2, Window: 4}},
	{"zero options", texts(20), batch.Options{}},
	{"shuffled only", texts(1000), batch.Options{Size: 32, Seed: 1}},
	{"windows", texts(1000), batch.Options{Size: 32, Window: 10, Seed: 1}},
	{"windows under a budget", texts(1000), batch.Options{Size: 32, Tokens: 400, Window: 10, Seed: 1}},
	{"a window longer than the data", texts(50), batch.Options{Size: 8, Window: 100, Seed: 1}},
	{"one more than a batch", texts(33), batch.Options{Size: 32, Window: 4, Seed: 1}},
	{"empty sequences", make([]int, 40), batch.Options{Size: 8, Tokens: 1, Window: 2}},
}

func check(t *testing.T, batches [][]int, lengths []int, o batch.Options) {
	t.Helper()
	var all []int
	for _, b := range batches {
		tokens := 0
		for _, s := range b {
			tokens += lengths[s]
		}
		if len(b) == 0 || len(b) > max(1, o.Size) {
			t.Errorf("a batch of %d sequences, at most %d were asked for", len(b), o.Size)
		}
		if o.Tokens > 0 && tokens > o.Tokens && len(b) > 1 {
			t.Errorf("a batch of %d sequences has %d tokens, at most %d were asked for", len(b), tokens, o.Tokens)
		}
		all = append(all, b...)
	}
	slices.Sort(all)
	if len(all) != len(lengths) {
		t.Fatalf("%d sequences, want %d", len(all), len(lengths))
	}
	for i, s := range all {
		if i != s {
			t.Fatalf("sequence %d stands in the epoch twice or never", i)
		}
	}
}

func TestEverySequenceOnceWithinTheBounds(t *testing.T) {
	for _, p := range plans {
		t.Run(p.name, func(t *testing.T) {
			for epoch := range 3 {
				check(t, batch.Epoch(p.lengths, p.o, epoch), p.lengths, p.o)
			}
			check(t, batch.InOrder(p.lengths, p.o), p.lengths, p.o)
		})
	}
}

func TestEpochDependsOnSeedAndNumberAlone(t *testing.T) {
	lengths := texts(500)
	o := batch.Options{Size: 16, Tokens: 600, Window: 8, Seed: 3}
	first := batch.Epoch(lengths, o, 2)
	if again := batch.Epoch(lengths, o, 2); !reflect.DeepEqual(first, again) {
		t.Error("the same epoch came out differently")
	}
	if next := batch.Epoch(lengths, o, 3); reflect.DeepEqual(first, next) {
		t.Error("two epochs have the same order")
	}
	o.Seed = 4
	if other := batch.Epoch(lengths, o, 2); reflect.DeepEqual(first, other) {
		t.Error("two seeds give the same order")
	}
}

// TestWindowsBringLikeLengthsTogether compares the spread inside batches with
// and without sorted windows.
func TestWindowsBringLikeLengthsTogether(t *testing.T) {
	lengths := texts(3200)
	spread := func(batches [][]int) (sum int) {
		for _, b := range batches {
			low, high := lengths[b[0]], lengths[b[0]]
			for _, s := range b {
				low, high = min(low, lengths[s]), max(high, lengths[s])
			}
			sum += high - low
		}
		return sum
	}
	mixed := spread(batch.Epoch(lengths, batch.Options{Size: 32, Seed: 1}, 0))
	sorted := spread(batch.Epoch(lengths, batch.Options{Size: 32, Window: 16, Seed: 1}, 0))
	if sorted*4 > mixed {
		t.Errorf("sorted windows spread %d, shuffled batches %d: want a quarter or less", sorted, mixed)
	}
}

// TestOrderIsUnbiased looks at where the longest sequences come in an epoch: on
// average over epochs, in the middle, and not always with the same neighbours.
func TestOrderIsUnbiased(t *testing.T) {
	lengths := make([]int, 320)
	lengths[0] = 500
	o := batch.Options{Size: 8, Window: 5}
	const epochs = 400
	place, neighbours := 0.0, map[int]bool{}
	for epoch := range epochs {
		batches := batch.Epoch(lengths, o, epoch)
		for i, b := range batches {
			if slices.Contains(b, 0) {
				place += float64(i) / float64(len(batches)-1)
				for _, s := range b {
					neighbours[s] = true
				}
			}
		}
	}
	// Places are uniform on 0 to 1, so the mean of 400 strays by 0.014.
	if mean := place / epochs; mean < 0.43 || mean > 0.57 {
		t.Errorf("the longest sequence comes at %.2f of an epoch on average, want about 0.5", mean)
	}
	if len(neighbours) < 300 {
		t.Errorf("the longest sequence met %d of 319 others", len(neighbours)-1)
	}
}

// TestBatchesAreOfLikeSize: a short rest would hold the longest sequences only.
func TestBatchesAreOfLikeSize(t *testing.T) {
	cases := []struct {
		name     string
		lengths  []int
		o        batch.Options
		smallest int
	}{
		{"one more than a batch", texts(33), batch.Options{Size: 32, Window: 4}, 16},
		{"a little over the budget", slices.Repeat([]int{10}, 64), batch.Options{Size: 32, Tokens: 310, Window: 4}, 16},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for epoch := range 5 {
				for _, b := range batch.Epoch(c.lengths, c.o, epoch) {
					if len(b) < c.smallest {
						t.Errorf("a batch of %d, want %d or more", len(b), c.smallest)
					}
				}
			}
		})
	}
}

func TestInOrder(t *testing.T) {
	cases := []struct {
		name    string
		lengths []int
		o       batch.Options
		want    [][]int
	}{
		{"longest first, equals in their order", []int{3, 9, 1, 9}, batch.Options{Size: 2}, [][]int{{1, 3}, {0, 2}}},
		{"a budget", []int{3, 9, 1, 9}, batch.Options{Size: 4, Tokens: 10}, [][]int{{1}, {3}, {0, 2}}},
		{"longer than the budget", []int{3, 12}, batch.Options{Size: 4, Tokens: 10}, [][]int{{1}, {0}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := batch.InOrder(c.lengths, c.o); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}
