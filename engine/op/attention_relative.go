package op

import (
	"github.com/nlpodyssey/spago/mat"

	"attune/engine/kernel"
)

// Relative is the attention by distance of Transformer-XL (Dai et al. 2019) with
// the segments of XLNet (Yang et al. 2019; Hugging Face transformers,
// models/xlnet/modeling_xlnet.py). The score of a query q and a key k is
//
//	(q + Content)·k + (q + Position)·Distances[of q and k] + (q + Segments.Bias)·Segments.Table[of one, of two]
type Relative struct {
	Content, Position mat.Tensor // [1 x width]: r_w_bias, r_r_bias
	Distances         mat.Tensor // [2·longest x width]: row i is of keys longest-i places before their query; k_head_r
	Segments          *Segments  // or nil
}

// Segments tells keys of the query's own segment from others.
type Segments struct {
	Of    []int      // the segment of each key
	Bias  mat.Tensor // [1 x width]: r_s_bias
	Table mat.Tensor // [2 x width]: of one segment, of two; seg_embed
}

type relative struct {
	*attention
	distances         mat.Tensor
	longest           int
	content, position bias
	segments          *segments // or nil
	slopes            []float32 // for each sequence of m keys: [2·m x width], the gradients of its distances from row longest-m+1 on
}

func newRelative(a *attention) *relative {
	o := a.Relative
	check(a.Past == nil && !a.Causal && a.KeyHeads == a.Heads, "attention", "relative terms go with all keys of a pass, each for one head")
	rows, width := Size(o.Distances)
	check(width == a.width, "attention", "distances of %d values for queries of %d", width, a.width)
	for s := range len(a.starts) - 1 {
		_, m := a.lengths(s)
		check(2*m <= rows, "attention", "%d distances for %d keys", rows, m)
	}
	x := &relative{
		attention: a, distances: o.Distances, longest: rows / 2,
		content: bias{a, o.Content, nil}, position: bias{a, o.Position, nil},
	}
	if o.Segments != nil {
		x.segments = newSegments(a)
	}
	return x
}

func (x *relative) operands() []mat.Tensor {
	all := []mat.Tensor{x.distances, x.content.x, x.position.x}
	if x.segments != nil {
		all = append(all, x.segments.operands()...)
	}
	return all
}

// window gives the rows of the distances that a tile needs. Row i of the tile uses
// t.keys of them, from offset(i) on.
func (x *relative) window(h *head, t tile) (first, count int, offset func(i int) int) {
	low, high := h.m, 0
	for i := range t.rows {
		place := x.place(h, t.first+i)
		low, high = min(low, place), max(high, place)
	}
	return x.longest - high, high - low + t.keys, func(i int) int { return high - x.place(h, t.first+i) }
}

func (x *relative) rows(first int, h *head) block {
	return block{Rows(x.distances), x.width}.at(first, h.column)
}

func (x *relative) add(h *head, t tile, scores block) {
	first, count, offset := x.window(h, t)
	window := tile{rows: t.rows, keys: count}.matrix(&h.window)
	q := h.q.at(t.first, 0).plus(x.position.of(h), t.rows, &h.queries)
	multiply(kernel.NT, t.rows, count, x.size, q, x.rows(first, h), window, false)
	for i := range t.rows {
		kernel.Add(scores.row(i, t.keys), window.row(i, count)[offset(i):])
	}
	if x.segments != nil {
		x.segments.add(h, t, scores)
	}
}

func (x *relative) start() {
	x.content.start()
	x.position.start()
	if x.segments != nil {
		x.segments.start()
	}
	x.slopes = x.tape.Buffer(2 * x.keyStarts[len(x.keyStarts)-1] * x.width)
}

// slopesOf gives the gradients that a sequence finds for its distances.
func (x *relative) slopesOf(sequence int) block {
	return block{x.slopes, x.width}.at(2*x.keyStarts[sequence], 0)
}

func (x *relative) backward(h *head, t tile, dscores, dq block) {
	dq.sum(x.content.slope(h), t.rows) // so far dq is the content's
	first, count, offset := x.window(h, t)
	window := tile{rows: t.rows, keys: count}.matrix(&h.window)
	clear(window.values)
	for i := range t.rows {
		copy(window.row(i, count)[offset(i):], dscores.row(i, t.keys))
	}
	own := block{grow(&h.slopes, t.rows*x.size), x.size}
	multiply(kernel.NN, t.rows, x.size, count, window, x.rows(first, h), own, false)
	own.sum(x.position.slope(h), t.rows)
	dq.add(own, t.rows)
	slopes := x.slopesOf(h.sequence).at(0, h.column)
	if t.last(h) {
		slopes.clear(2*h.m-1, x.size)
	}
	q := h.q.at(t.first, 0).plus(x.position.of(h), t.rows, &h.queries)
	multiply(kernel.TN, count, x.size, t.rows, window, q, slopes.at(first-(x.longest-h.m+1), 0), true)
	if x.segments != nil {
		x.segments.backward(h, t, dscores, dq)
	}
}

func (x *relative) give() {
	x.content.give()
	x.position.give()
	if x.segments != nil {
		x.segments.give()
	}
	if !x.distances.RequiresGrad() {
		return
	}
	rows := 2 * x.longest
	d := block{x.tape.Buffer(rows * x.width), x.width}
	x.tape.Workers.Rows(rows, grain(x.width), func(_, from, to int) {
		d.at(from, 0).clear(to-from, x.width)
		for s := range len(x.starts) - 1 {
			n, m := x.lengths(s)
			if n == 0 || m == 0 {
				continue
			}
			first := x.longest - m + 1
			for i := max(from, first); i < min(to, first+2*m-1); i++ {
				kernel.Add(d.row(i, x.width), x.slopesOf(s).row(i-first, x.width))
			}
		}
	})
	Give(x.distances, d.values)
}

// bias is a vector [1 x width] that queries have added.
type bias struct {
	*attention
	x      mat.Tensor
	slopes []float32 // [sequences x width]: the gradients that each sequence finds
}

// of gives a head's part.
func (b *bias) of(h *head) []float32 { return Rows(b.x)[h.column:][:b.size] }

func (b *bias) start() {
	b.slopes = b.tape.Buffer((len(b.starts) - 1) * b.width)
	clear(b.slopes)
}

// slope gives the place for a head's gradient.
func (b *bias) slope(h *head) []float32 { return b.slopes[h.sequence*b.width+h.column:][:b.size] }

func (b *bias) give() {
	Learn(b.x, func(gradient []float32) { b.total(gradient, 1) })
}

// total adds the gradients of all sequences, times a factor.
func (b *bias) total(gradient []float32, factor float32) {
	for s := range len(b.starts) - 1 {
		kernel.AddScaled(gradient[:b.width], b.slopes[s*b.width:], factor)
	}
}
