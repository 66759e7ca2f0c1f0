package tokenizer

import "hash/maphash"

// cache remembers how words were cut: a text is made of few words that come often.
// Each word has one place, where a newer one displaces it, so that the cache stays
// small and needs no tidying.
type cache struct {
	seed  maphash.Seed
	slots []slot
}

type slot struct {
	word   string
	pieces []piece
}

const (
	cacheSlots    = 1 << 14
	longestCached = 64 // bytes of a word; longer ones hardly come twice
)

// slot gives the place of a word, which may hold another.
func (c *cache) slot(word []byte) *slot {
	if c.slots == nil {
		c.seed, c.slots = maphash.MakeSeed(), make([]slot, cacheSlots)
	}
	return &c.slots[maphash.Bytes(c.seed, word)%cacheSlots]
}
