package op

import "math"

// Order hides tokens that are predicted later, for permutation language modelling
// (Yang et al. 2019). A token sees those whose rank is not above its own.
type Order struct {
	Ranks  []int  // of each key; those that are given and not predicted share the lowest
	Strict []bool // of each query, whether it sees none of its own rank: it must not know what it predicts; nil when all see theirs
}

func (a *attention) checkOrder() {
	keys := a.keyStarts[len(a.keyStarts)-1]
	check(!a.Causal && a.Past == nil && len(a.Order.Ranks) == keys, "attention", "%d ranks for %d keys", len(a.Order.Ranks), keys)
	queries := a.starts[len(a.starts)-1]
	check(a.Order.Strict == nil || len(a.Order.Strict) == queries, "attention", "%d of %d queries are strict or not", len(a.Order.Strict), queries)
}

// mask makes the scores of hidden keys minus infinity, for a query, counted over all
// sequences, at a place of a sequence that begins at the row. It says whether any are
// left. A query that sees nothing gets zeros.
func (o *Order) mask(scores []float32, query, row, place int) bool {
	limit := o.Ranks[row+place]
	if o.Strict != nil && o.Strict[query] {
		limit--
	}
	hidden := 0
	for j, rank := range o.Ranks[row:][:len(scores)] {
		if rank > limit {
			scores[j] = float32(math.Inf(-1))
			hidden++
		}
	}
	return hidden < len(scores)
}
