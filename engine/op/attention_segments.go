package op

import (
	"iter"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/kernel"
)

// segments is the part of relative attention by segment. What a query scores with
// all keys alike changes no probability, so keys of its own segment get nothing
// and the others the difference of the two.
type segments struct {
	*attention
	of          []int
	table       mat.Tensor
	bias, other bias      // other is Table[1] - Table[0]
	runs        [][]run   // of each sequence
	ones        []float32 // as many as the longest sequence has keys
}

// run is a stretch of keys of one segment.
type run struct{ from, to, segment int }

func newSegments(a *attention) *segments {
	o := a.Relative.Segments
	keys := a.keyStarts[len(a.keyStarts)-1]
	check(len(o.Of) == keys, "attention", "segments of %d keys for %d", len(o.Of), keys)
	other, values := a.tape.New(1, a.width)
	table := Rows(o.Table)
	copy(values, table[a.width:])
	kernel.AddScaled(values, table, -1)
	x := &segments{attention: a, of: o.Of, table: o.Table, bias: bias{a, o.Bias, nil}, other: bias{a, other, nil}}
	longest := 0
	for s := range len(a.keyStarts) - 1 {
		of := o.Of[a.keyStarts[s]:a.keyStarts[s+1]]
		longest = max(longest, len(of))
		x.runs = append(x.runs, runs(of))
	}
	x.ones = a.tape.Buffer(longest)
	for i := range x.ones {
		x.ones[i] = 1
	}
	return x
}

func runs(segments []int) []run {
	var all []run
	for i, segment := range segments {
		if i == 0 || segments[i-1] != segment {
			all = append(all, run{from: i, segment: segment})
		}
		all[len(all)-1].to = i + 1
	}
	return all
}

func (x *segments) operands() []mat.Tensor { return []mat.Tensor{x.bias.x, x.table} }

// others gives the stretches of keys that are not of a query's segment.
func (x *segments) others(h *head, query int) iter.Seq[run] {
	own := x.of[h.keyRow+x.place(h, query)]
	return func(yield func(run) bool) {
		for _, r := range x.runs[h.sequence] {
			if r.segment != own && !yield(r) {
				return
			}
		}
	}
}

// queries gives those of a tile with the bias.
func (x *segments) queries(h *head, t tile) block {
	return h.q.at(t.first, 0).plus(x.bias.of(h), t.rows, &h.queries)
}

func (x *segments) add(h *head, t tile, scores block) {
	score := block{grow(&h.window, t.rows), 1}
	multiply(kernel.NT, t.rows, 1, x.size, x.queries(h, t), block{x.other.of(h), x.size}, score, false)
	for i := range t.rows {
		for other := range x.others(h, t.first+i) {
			kernel.AddScaled(scores.row(i, t.keys)[other.from:other.to], x.ones, score.values[i])
		}
	}
}

func (x *segments) start() {
	x.bias.start()
	x.other.start()
}

func (x *segments) backward(h *head, t tile, dscores, dq block) {
	q, other := x.queries(h, t), x.other.of(h)
	for i := range t.rows {
		slope := float32(0)
		for other := range x.others(h, t.first+i) {
			slope += kernel.Sum(dscores.row(i, t.keys)[other.from:other.to])
		}
		kernel.AddScaled(dq.row(i, x.size), other, slope)
		kernel.AddScaled(x.bias.slope(h), other, slope)
		kernel.AddScaled(x.other.slope(h), q.row(i, x.size), slope)
	}
}

// give hands out the gradients. What the difference of the two rows of the table
// found is that of the one, and with the other sign that of the other.
func (x *segments) give() {
	x.bias.give()
	Learn(x.table, func(gradient []float32) {
		x.other.total(gradient[x.width:], 1)
		x.other.total(gradient, -1)
	})
}
