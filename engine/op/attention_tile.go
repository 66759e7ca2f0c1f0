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
}

// at is the part from a row and one of its columns on.
func (p part) at(row, column int) block {
	_, cols := Size(p.x)
	return block{Rows(p.x), cols}.at(row, p.column+column)
}

// block is a matrix within rows that begin stride values apart.
type block struct {
	values []float32
	stride int
}

// at is the block from a row and a column on; it is empty where there are none.
func (b block) at(row, column int) block {
	return block{b.values[min(row*b.stride+column, len(b.values)):], b.stride}
}

// row is a whole row.
func (b block) row(i int) []float32 { return b.values[i*b.stride : (i+1)*b.stride] }

func (b block) clear(rows, cols int) {
	for i := range rows {
		clear(b.values[i*b.stride:][:cols])
	}
}

// plus gives some rows with a vector added to each, in a buffer.
func (b block) plus(vector []float32, rows int, buffer *[]float32) block {
	sum := block{grow(buffer, rows*len(vector)), len(vector)}
	for i := range rows {
		copy(sum.row(i), b.values[i*b.stride:])
		kernel.Add(sum.row(i), vector)
	}
	return sum
}

// add adds some rows of another block, as wide as its rows are long.
func (b block) add(x block, rows int) {
	for i := range rows {
		kernel.Add(b.values[i*b.stride:][:x.stride], x.row(i))
	}
}

// sum adds some rows to a vector.
func (b block) sum(vector []float32, rows int) {
	for i := range rows {
		kernel.Add(vector, b.values[i*b.stride:])
	}
}

func multiply(l kernel.Layout, m, n, k int, a, b, c block, add bool) {
	kernel.Gemm(l, m, n, k, a.values, a.stride, b.values, b.stride, c.values, c.stride, add)
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
}

// each runs f for every head of every sequence in parallel, those that share their
// keys one after another. No two heads that run at once share a result, so their
// order does not matter.
func (a *attention) each(f func(h head, r *room)) {
	group := a.Heads / a.KeyHeads
	a.tape.Workers.Each((len(a.starts)-1)*a.KeyHeads, func(_, i int) {
		r := rooms.Get().(*room)
		defer rooms.Put(r)
		sequence, keyHead := i/a.KeyHeads, i%a.KeyHeads
		for j := range group {
			f(a.head(sequence, keyHead, keyHead*group+j, j == 0), r)
		}
	})
}

func (a *attention) head(sequence, keyHead, number int, first bool) head {
	h := head{
		sequence: sequence, number: number, first: first,
		row: a.starts[sequence], column: number * a.size, keyColumn: keyHead * a.size,
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
func (a *attention) place(h head, query int) int {
	if a.Places != nil {
		return a.Places[h.row+query]
	}
	return h.m - h.n + query
}

// tile is some queries of a head with the keys that they may see: the first ones.
type tile struct{ first, rows, keys int }

func (t tile) size() int { return t.rows * t.keys }

// last says whether no tile of the head has later queries: it is the one that comes
// first.
func (t tile) last(h head) bool { return t.first+t.rows == h.n }

const (
	// area is the number of probabilities of a tile, of which a few matrices have
	// to stay in the second-level cache.
	area = 1 << 16
	// least is the number of queries for which the keys are worth packing.
	least = 32
	// step is the number of queries of a causal tile: more of them would meet
	// more keys in vain.
	step = 64
)

// tiles cuts a head into tiles. The last comes first: its queries see all keys that
// any query sees.
func (a *attention) tiles(h head) iter.Seq[tile] {
	most := max(least, area/max(h.m, 1))
	if a.Causal {
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
	a.places, a.kept = make([]int, len(a.starts)), make([][]float32, len(a.starts))
	keep := a.tape.graph && wanted(a.Operands())
	for s := range len(a.starts) - 1 {
		n, m := a.lengths(s)
		a.places[s+1] = a.places[s] + a.Heads*n*m
		if keep && n*m <= keepable {
			a.kept[s] = a.tape.Buffer(a.Heads * n * m)
		}
	}
}

// element is the number of a tile's first probability among all.
func (a *attention) element(h head, t tile) uint64 {
	return uint64(a.places[h.sequence] + h.number*h.n*h.m + t.first*h.m)
}

// room is what one head needs at a time besides its results.
type room struct{ p, dropped, gradient, queries, window, slopes []float32 }

var rooms = sync.Pool{New: func() any { return new(room) }}

// grow gives n values of a buffer, which becomes longer where it is too short.
func grow(buffer *[]float32, n int) []float32 {
	if cap(*buffer) < n {
		*buffer = make([]float32, n)
	}
	return (*buffer)[:n]
}

// probabilities computes those of a tile, before dropout: where they are kept, or
// in the room.
func (a *attention) probabilities(h head, t tile, r *room) block {
	p := a.held(h, t, r)
	multiply(h.keysAre, t.rows, t.keys, a.size, a.queries(h, t, r), h.k, p, false)
	for _, term := range a.terms {
		term.add(h, t, p, r)
	}
	for i := range t.rows {
		row := p.row(i)
		switch {
		case a.Order != nil && !a.Order.mask(row, a.keyStarts[h.sequence], a.place(h, t.first+i)):
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
func (a *attention) queries(h head, t tile, r *room) block {
	q := h.q.at(t.first, 0)
	if a.Relative == nil {
		return q
	}
	return q.plus(Rows(a.Relative.Content)[h.column:][:a.size], t.rows, &r.queries)
}

// again gives a tile's probabilities once more, for the backward pass.
func (a *attention) again(h head, t tile, r *room) block {
	if a.kept[h.sequence] != nil {
		return a.held(h, t, r)
	}
	return a.probabilities(h, t, r)
}

// held gives the place of a tile's probabilities.
func (a *attention) held(h head, t tile, r *room) block {
	if kept := a.kept[h.sequence]; kept != nil {
		return block{kept[(h.number*h.n+t.first)*h.m:][:t.size()], t.keys}
	}
	return block{grow(&r.p, t.size()), t.keys}
}

// dropped gives a tile's probabilities after dropout.
func (a *attention) dropped(h head, t tile, p block, r *room) block {
	if a.dropout.Rate == 0 {
		return p
	}
	dropped := block{grow(&r.dropped, t.size()), t.keys}
	copy(dropped.values, p.values)
	a.dropout.Apply(dropped.values, a.element(h, t))
	return dropped
}
