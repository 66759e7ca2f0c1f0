package op

// Past keeps the keys and values of the tokens that went before, for one attention
// of a decoder: of its own tokens it grows with each step, of an encoder's memory
// it is filled once. The zero value holds nothing yet.
type Past struct {
	heads, size int
	sequences   []*held
}

// held is what one sequence holds. Several of a beam may share it until they grow.
type held struct {
	sharers      int
	length, room int       // tokens held, tokens that there is room for
	keys         []float32 // [heads x size x room]: a key is a column, so that one query meets them without packing
	values       []float32 // [heads x room x size]
}

// Len gives the number of tokens held for a sequence.
func (p *Past) Len(sequence int) int {
	if sequence >= len(p.sequences) {
		return 0
	}
	return p.sequences[sequence].length
}

// Empty says whether the past holds nothing yet, of no sequence.
func (p *Past) Empty() bool { return p.sequences == nil }

// Keep makes the past that of the given sequences, in that order: those that go on,
// or the parents of a beam, of which one may be named several times.
func (p *Past) Keep(sequences []int) {
	if p.Empty() {
		return
	}
	kept := make([]*held, len(sequences))
	for i, s := range sequences {
		kept[i] = p.sequences[s]
	}
	for _, h := range p.sequences {
		h.sharers = 0
	}
	for _, h := range kept {
		h.sharers++
	}
	p.sequences = kept
}

// add appends to each sequence the keys and values at its starts.
func (p *Past) add(k, v part, starts []int, heads, size int) {
	if p.Empty() {
		p.heads, p.size = heads, size
		for range len(starts) - 1 {
			p.sequences = append(p.sequences, &held{sharers: 1})
		}
	}
	for s := range p.sequences {
		h := p.grown(s, starts[s+1]-starts[s])
		for row := starts[s]; row < starts[s+1]; row++ {
			h.add(k.row(row, heads*size), v.row(row, heads*size), size)
		}
	}
}

// add appends the keys and values of a token, those of its heads side by side.
func (h *held) add(keys, values []float32, size int) {
	for i, key := range keys {
		h.keys[i*h.room+h.length] = key
	}
	for i := 0; i < len(values); i += size {
		copy(h.values[i*h.room+h.length*size:], values[i:i+size])
	}
	h.length++
}

// grown gives what a sequence holds, its own, with room for so many tokens more.
func (p *Past) grown(sequence, tokens int) *held {
	h := p.sequences[sequence]
	need := h.length + tokens
	if need <= h.room && h.sharers == 1 {
		return h
	}
	room := h.room
	if need > room {
		room = max(need, 2*h.room)
	}
	own := &held{
		sharers: 1, length: h.length, room: room,
		keys: make([]float32, p.heads*p.size*room), values: make([]float32, p.heads*p.size*room),
	}
	for i := range p.heads * p.size {
		copy(own.keys[i*room:], h.keys[i*h.room:][:h.length])
	}
	for i := range p.heads {
		copy(own.values[i*room*p.size:], h.values[i*h.room*p.size:][:h.length*p.size])
	}
	h.sharers--
	p.sequences[sequence] = own
	return own
}

// head gives the keys [size x tokens] and values [tokens x size] of a head.
func (p *Past) head(sequence, head int) (keys, values block) {
	h := p.sequences[sequence]
	return block{h.keys[head*p.size*h.room:], h.room}, block{h.values[head*h.room*p.size:], p.size}
}

// fits says whether a step of so many sequences can follow, with keys or without.
func (p *Past) fits(sequences, heads, size int, keys bool) bool {
	if p.Empty() {
		return keys
	}
	return len(p.sequences) == sequences && p.heads == heads && p.size == size
}
