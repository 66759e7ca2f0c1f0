package batch

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// Options say how an epoch is cut into batches.
type Options struct {
	Size   int    // the most sequences in a batch; below 1 it is 1
	Tokens int    // the most tokens in a batch, so that memory is bounded; 0 is no bound
	Window int    // how many batches are sorted by length together; below 2 lengths mix freely
	Seed   uint64 // decides the order, together with the number of the epoch
}

// Epoch gives the numbers of the sequences (their places in lengths) batch by
// batch, each exactly once. The order depends on the seed and the number of the
// epoch alone, so a position in it is all that a stopped run has to remember.
//
// All sequences are shuffled, sorted by length inside windows of o.Window
// batches, cut, and the batches are shuffled again: sequences of like length
// come together, yet which ones meet, and when, is left to chance. A sequence
// longer than o.Tokens makes a batch of its own.
func Epoch(lengths []int, o Options, epoch int) [][]int {
	random := rand.New(rand.NewPCG(o.Seed, uint64(epoch)))
	order := random.Perm(len(lengths))
	var batches [][]int
	for window := range slices.Chunk(order, max(1, o.Size)*max(1, o.Window)) {
		if o.Window > 1 {
			slices.SortStableFunc(window, func(a, b int) int { return cmp.Compare(lengths[a], lengths[b]) })
		}
		batches = append(batches, cut(window, lengths, o)...)
	}
	random.Shuffle(len(batches), func(i, j int) { batches[i], batches[j] = batches[j], batches[i] })
	return batches
}

// InOrder gives batches for evaluation: the longest sequences first, so that
// memory peaks at once, and nothing is shuffled.
func InOrder(lengths []int, o Options) [][]int {
	order := make([]int, len(lengths))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(lengths[b], lengths[a]) })
	return cut(order, lengths, o)
}

// cut parts an order into as few batches of at most o.Size as there can be, of
// sizes as equal as there can be: a short rest would always hold the longest
// sequences of its window and give them too much weight.
func cut(order, lengths []int, o Options) [][]int {
	size := max(1, o.Size)
	count := (len(order) + size - 1) / size
	batches := make([][]int, 0, count)
	for b := range count {
		from, to := len(order)*b/count, len(order)*(b+1)/count
		batches = appendWithin(batches, order[from:to:to], lengths, o.Tokens)
	}
	return batches
}

// appendWithin halves a part until every piece keeps to the budget of tokens.
func appendWithin(batches [][]int, part, lengths []int, budget int) [][]int {
	tokens := 0
	for _, s := range part {
		tokens += lengths[s]
	}
	if budget <= 0 || tokens <= budget || len(part) == 1 {
		return append(batches, part)
	}
	half := (len(part) + 1) / 2
	batches = appendWithin(batches, part[:half:half], lengths, budget)
	return appendWithin(batches, part[half:], lengths, budget)
}
