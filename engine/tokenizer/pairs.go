package tokenizer

import "math/bits"

// merge says what a pair of pieces becomes, and how early that was learnt: lower
// ranks come first. Without a merge the rank is none.
type merge struct{ rank, id int32 }

// pairs is a map from pairs to merges, with open addressing: it is asked for every
// two neighbours in a text.
type pairs struct {
	keys   []pair // left is none where a slot is free
	merges []merge
	shift  int
}

func newPairs(count int) pairs {
	size := max(bits.Len(uint(count))+1, 4) // at most half full
	p := pairs{make([]pair, 1<<size), make([]merge, 1<<size), 64 - size}
	for i := range p.keys {
		p.keys[i].left = none
	}
	return p
}

// slot gives where a pair is, or would be.
func (p *pairs) slot(key pair) int {
	const golden = 0x9E3779B97F4A7C15 // Knuth's multiplicative hashing
	i := int((uint64(key.left)<<32 | uint64(uint32(key.right))) * golden >> p.shift)
	for p.keys[i].left != none && p.keys[i] != key {
		i = (i + 1) & (len(p.keys) - 1)
	}
	return i
}

func (p *pairs) set(key pair, m merge) {
	i := p.slot(key)
	p.keys[i], p.merges[i] = key, m
}

func (p *pairs) get(key pair) merge {
	if i := p.slot(key); p.keys[i].left != none {
		return p.merges[i]
	}
	return merge{rank: none}
}
