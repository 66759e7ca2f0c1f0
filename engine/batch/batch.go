// Package batch packs encoded examples into the rows of one matrix and cuts an
// epoch into batches. It knows no text and no tensors.
package batch

// Item is one encoded example, or one part of an example that is too long to be
// read at once. Segments may be nil, which stands for all zero; else it is as long
// as IDs. Targets is what the model's head wants (one class number for
// classification), and Places says where the tokens stand in the example's text,
// nil where no answer is a place. Marks tells what the pieces do not show, an entry of a
// table for each token or Unmarked, and is nil where the model is not told. Index is the
// example's place in its data, Part that of the item among the example's. Features [width]
// is what a body that does not learn made of the item, or nil. Ranks [tokens] is the order
// in which tokens are to be predicted: 0 for those that are given, then 1, 2, ...; nil
// where all are given. Output is what a decoder beside an encoder is given to write on
// from, nil where there is none.
type Item struct {
	IDs, Segments []int
	Output        []int
	Targets       []int
	Places        []Place
	Ranks         []int
	Marks         []int
	Index, Part   int
	Features      []float32
}

// Unmarked is a token of which nothing is told.
const Unmarked = -1

// Place is a stretch of a text in bytes, End exclusive; an empty one is nowhere.
type Place struct{ Start, End int32 }

// Empty says whether it is nowhere.
func (p Place) Empty() bool { return p.Start >= p.End }

// Packed holds several sequences without padding: their tokens are the rows of
// one matrix, in order.
type Packed struct {
	IDs, Segments []int     // one entry a token
	Targets       []int     // the targets of all items, one after another
	Places        []Place   // one entry a token, nil when no item has any
	Ranks         []int     // one entry a token, nil when no item has any
	Marks         []int     // one entry a token, nil when no item has any
	Starts        []int     // sequence s has rows Starts[s] to Starts[s+1]; one entry more than sequences
	Indices       []int     // one entry a sequence: its Item's Index
	Parts         []int     // one entry a sequence: its Item's Part
	Features      []float32 // [sequences x width] those of the items, nil unless all have them
	Output        *Packed   // the items' outputs, nil unless all have one
}

// Pack lays the items out one after another. Slices are copied, so the items
// may be used again.
func Pack(items []Item) *Packed {
	tokens, targets, placed, ranked := 0, 0, false, false
	for _, it := range items {
		tokens += len(it.IDs)
		targets += len(it.Targets)
		placed = placed || it.Places != nil
		ranked = ranked || it.Ranks != nil
	}
	p := &Packed{
		IDs:      make([]int, 0, tokens),
		Segments: make([]int, tokens),
		Targets:  make([]int, 0, targets),
		Starts:   make([]int, 1, len(items)+1),
		Indices:  make([]int, 0, len(items)),
		Parts:    make([]int, 0, len(items)),
	}
	if placed {
		p.Places = make([]Place, tokens)
	}
	if ranked {
		p.Ranks = make([]int, tokens)
	}
	for _, it := range items {
		copy(p.Segments[len(p.IDs):], it.Segments)
		if placed {
			copy(p.Places[len(p.IDs):], it.Places)
		}
		if ranked {
			copy(p.Ranks[len(p.IDs):], it.Ranks)
		}
		p.IDs = append(p.IDs, it.IDs...)
		p.Targets = append(p.Targets, it.Targets...)
		p.Starts = append(p.Starts, len(p.IDs))
		p.Indices = append(p.Indices, it.Index)
		p.Parts = append(p.Parts, it.Part)
		p.Features = append(p.Features, it.Features...)
		p.Marks = append(p.Marks, it.Marks...)
	}
	p.Output = outputs(items)
	return p
}

// outputs packs what the items have written, or gives nil.
func outputs(items []Item) *Packed {
	written := make([]Item, len(items))
	for i, it := range items {
		if it.Output == nil {
			return nil
		}
		written[i] = Item{IDs: it.Output, Index: it.Index}
	}
	if len(items) == 0 {
		return nil
	}
	return Pack(written)
}

// Tokens is the number of tokens that are read and written.
func (it Item) Tokens() int { return len(it.IDs) + len(it.Output) }

// Len is the number of sequences.
func (p *Packed) Len() int { return len(p.Indices) }

// Tokens is the number of rows, over all sequences.
func (p *Packed) Tokens() int { return len(p.IDs) }
