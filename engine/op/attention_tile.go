package op

import (
	"iter"
	"sync"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/kernel"
)

// part is a tensor from one of its columns on.
type part struct {
	x      mat.Tensor
	column int
	block
}

func newPart(x mat.Tensor, column int) part {
	_, cols := Size(x)
	return part{x, column, block{Rows(x), cols}.at(0, column)}
}

// head is one head of one sequence.
type head struct {
	sequence, number  int
	first             bool // of the heads that share their keys
	n, m              int  // queries, keys
	row, column       int  // of the queries and of the result, in their matrices
	keyRow, keyColumn int
	q, k, v           block
	keysAre           kernel.Layout // NT: rows of k, NN: columns of k
	room
}

// room is what a head needs at a time besides its results.
type room struct{ p, gradient, queries, window, slopes []float32 }

// heads that are at work nowhere keep their room.
var heads = sync.Pool{New: func() any { return new(head) }}

// each runs f for every head of every sequence in parallel, those that share their
// keys one after another. No two heads that run at once share a result, so their
// order does not matter.
func (a *attention) each(f func(h *head)) {
	group := a.Heads / a.KeyHeads
	own := make([]*head, a.tape.Workers.Count())
	for i := range own {
		own[i] = heads.Get().(*head)
		defer heads.Put(own[i])
	}
	a.tape.Workers.Each((len(a.starts)-1)*a.KeyHeads, func(worker, i int) {
		h := own[worker]
		for j := range group {
			*h = a.head(i/a.KeyHeads, i%a.KeyHeads, j, h.room)
			f(h)
		}
	})
}

// head gives the one of that number among those that share a head of the keys.
func (a *attention) head(sequence, keyHead, sharer int, r room) head {
	number := keyHead*a.Heads/a.KeyHeads + sharer
	h := head{
		sequence: sequence, number: number, first: sharer == 0,
		row: a.starts[sequence], column: number * a.size, keyColumn: keyHead * a.size, room: r,
	}
	h.n, h.m = a.lengths(sequence)
	h.q = a.q.at(h.row, h.column)
	if a.Past != nil {
		h.k, h.v = a.Past.head(sequence, keyHead)
		return h
	}
	h.keyRow, h.keysAre = a.keyStarts[sequence], kernel.NT
	h.k, h.v = a.k.at(h.keyRow, h.keyColumn), a.v.at(h.keyRow, h.keyColumn)
	return h
}

// lengths gives the number of a sequence's queries and of the keys they meet.
func (a *attention) lengths(sequence int) (n, m int) {
	n = a.starts[sequence+1] - a.starts[sequence]
	if a.Past != nil {
		return n, a.Past.Len(sequence)
	}
	return n, a.keyStarts[sequence+1] - a.keyStarts[sequence]
}

// place gives the place of a query in the sequence that it attends to.
func (a *attention) place(h *head, query int) int {
	if a.Places != nil {
		return a.Places[h.row+query]
	}
	return h.m - h.n + query
}

// tile is some queries of a head with the keys that they may see: the first ones.
type tile struct{ first, rows, keys int }

// matrix gives one [rows x keys] in a buffer.
func (t tile) matrix(buffer *[]float32) block {
	return block{grow(buffer, t.rows*t.keys), t.keys}
}

// last says whether no tile of the head has later queries: it is the one that comes
// first.
func (t tile) last(h *head) bool { return t.first+t.rows == h.n }

const (
	// area is the number of probabilities of a tile, of which a few matrices have
	// to stay in the second-level cache.
	area = 1 << 16
	// least is the number of queries for which the keys are worth packing.
	least = 32
	// step is the number of queries above which a tile does more in vain than it
	// saves, where the keys or distances that it needs differ from query to query.
	step = 64
)

// tiles cuts a head into tiles. The last comes first: its queries see all keys that
// any query sees.
func (a *attention) tiles(h *head) iter.Seq[tile] {
	most := max(least, area/max(h.m, 1))
	if a.Causal || a.Relative != nil {
		most = min(most, step)
	}
	count := (h.n + most - 1) / most
	return func(yield func(tile) bool) {
		for i := count - 1; i >= 0; i-- {
			from, to := h.n*i/count, h.n*(i+1)/count
			t := tile{first: from, rows: to - from, keys: h.m}
			if a.Causal {
				t.keys = h.m - h.n + to
			}
			if !yield(t) {
				return
			}
		}
	}
}

// keepable is the number of probabilities of a head up to which they are kept for
// the backward pass. Those of longer sequences are computed again, tile by tile, so
// that memory grows with the length and not with its square (FlashAttention, Dao et
// al. 2022).
const keepable = 128 * 128

// lay gives every sequence its place among the probabilities.
func (a *attention) lay() {
	a.elements, a.kept = make([]int, len(a.starts)), make([][]float32, len(a.starts))
	keep := a.tape.graph && wanted(a.Operands())
	for s := range len(a.starts) - 1 {
		n, m := a.lengths(s)
		a.elements[s+1] = a.elements[s] + a.Heads*n*m
		if keep && n*m <= keepable {
			a.kept[s] = a.tape.Buffer(a.Heads * n * m)
		}
	}
}

// element is the number of a tile's first probability among all.
func (a *attention) element(h *head, t tile) uint64 {
	return uint64(a.elements[h.sequence] + (h.number*h.n+t.first)*h.m)
}

// probabilities computes those of a tile before dropout.
func (a *attention) probabilities(h *head, t tile) block {
	p := t.matrix(&h.p)
	multiply(h.keysAre, t.rows, t.keys, a.size, a.queries(h, t), h.k, p, false)
	for _, term := range a.terms {
		term.add(h, t, p)
	}
	for i := range t.rows {
		row := p.row(i, t.keys)
		switch {
		case a.Order != nil && !a.Order.mask(row, h.row+t.first+i, a.keyStarts[h.sequence], a.place(h, t.first+i)):
			clear(row)
			continue
		case a.Causal:
			after := t.keys - (t.rows - 1 - i)
			clear(row[after:])
			row = row[:after]
		}
		kernel.Softmax(row, a.scale)
	}
	return p
}

// queries gives those of a tile, with what Relative adds to them.
func (a *attention) queries(h *head, t tile) block {
	q := h.q.at(t.first, 0)
	if a.Relative == nil {
		return q
	}
	return q.plus(Rows(a.Relative.Content)[h.column:][:a.size], t.rows, &h.queries)
}

// keeps gives the place where the probabilities of a tile are kept for the backward
// pass, or nil.
func (a *attention) keeps(h *head, t tile) []float32 {
	kept := a.kept[h.sequence]
	if kept == nil {
		return nil
	}
	return kept[(h.number*h.n+t.first)*h.m:][:t.rows*t.keys]
}
