package op

import (
	"math"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/kernel"
)

// Attention says how queries meet keys.
type Attention struct {
	Heads    int     // of the queries
	KeyHeads int     // of keys and values, each serves Heads/KeyHeads heads in a row (Ainslie et al. 2023); 0 for Heads
	Causal   bool    // a token sees itself and the tokens before it, none after
	Scale    float64 // of the scores; 0 for 1/√(width of a head)
	Dropout  float64 // of the probabilities

	Rotation *Rotation // of the queries and keys of self-attention, or nil
	Past     *Past     // of a decoder that infers step by step, or nil

	Buckets  *Buckets  // T5's bias by distance, or nil
	Relative *Relative // Transformer-XL's and XLNet's terms by distance and segment, or nil
	Order    *Order    // in which the tokens are predicted, or nil
	Places   []int     // of each query in the sequence it attends to; nil for the last ones
}

// SelfAttention gives softmax(scale·QKᵀ)·V for every head of every sequence alone
// (Vaswani et al. 2017). The rows of qkv hold queries, keys and values side by
// side, each split into heads of one width; sequence s has the rows starts[s] to
// starts[s+1]. The result has the queries' width. With a Past the rows are the
// tokens that follow it, and are added to it.
func SelfAttention(t *Tape, qkv mat.Tensor, starts []int, o Attention) mat.Tensor {
	_, cols := Size(qkv)
	o = o.complete()
	all := o.Heads + 2*o.KeyHeads
	check(cols%all == 0, "attention", "%d values for queries of %d heads, keys and values of %d", cols, o.Heads, o.KeyHeads)
	if o.Rotation != nil {
		qkv = Rotate(t, qkv, o.Rotation, o.Heads+o.KeyHeads)
	}
	width, keyWidth := cols/all*o.Heads, cols/all*o.KeyHeads
	t.projected(qkv, width, keyWidth)
	return attend(&attention{
		Attention: o, tape: t, width: width, starts: starts, keyStarts: starts,
		q: newPart(qkv, 0), k: newPart(qkv, width), v: newPart(qkv, width+keyWidth),
	})
}

// CrossAttention gives softmax(scale·QKᵀ)·V like SelfAttention, with the queries
// of each sequence in q and the keys and values that it attends to side by side
// in kv, at its keyStarts. Where kv is nil the Past holds them from a step before.
func CrossAttention(t *Tape, q, kv mat.Tensor, starts, keyStarts []int, o Attention) mat.Tensor {
	_, width := Size(q)
	o = o.complete()
	a := &attention{Attention: o, tape: t, width: width, starts: starts, q: newPart(q, 0)}
	if kv == nil {
		check(o.Past != nil, "attention", "neither keys nor a past that holds them")
		return attend(a)
	}
	keyWidth := width / o.Heads * o.KeyHeads
	_, cols := Size(kv)
	check(cols == 2*keyWidth, "attention", "keys and values of %d heads in %d columns for queries of %d heads in %d", o.KeyHeads, cols, o.Heads, width)
	a.k, a.v, a.keyStarts = newPart(kv, 0), newPart(kv, keyWidth), keyStarts
	return attend(a)
}

// complete fills in what is left to its default.
func (o Attention) complete() Attention {
	if o.KeyHeads == 0 {
		o.KeyHeads = o.Heads
	}
	check(o.KeyHeads > 0 && o.Heads%o.KeyHeads == 0, "attention", "%d heads of queries for %d of keys", o.Heads, o.KeyHeads)
	return o
}

// attend checks an attention, of which it is known what meets what, and runs it.
func attend(a *attention) mat.Tensor {
	check(a.width > 0 && a.width%a.Heads == 0, "attention", "%d heads in %d columns", a.Heads, a.width)
	checkStarts(a.q.x, a.starts)
	if a.k.x != nil {
		checkStarts(a.k.x, a.keyStarts)
		check(len(a.keyStarts) == len(a.starts), "attention", "%d sequences attend to %d", len(a.starts)-1, len(a.keyStarts)-1)
	}
	a.size = a.width / a.Heads
	if a.scale = float32(a.Scale); a.Scale == 0 {
		a.scale = float32(1 / math.Sqrt(float64(a.size)))
	}
	a.dropout = a.tape.Dropout(a.Dropout)
	if a.Past != nil {
		a.remember()
	}
	if a.Places != nil {
		a.checkPlaces()
	}
	if a.Buckets != nil {
		a.terms = append(a.terms, newBuckets(a))
	}
	if a.Relative != nil {
		a.terms = append(a.terms, newRelative(a))
	}
	if a.Order != nil {
		a.checkOrder()
	}
	return a.tape.Run(a)
}

// remember adds the keys and values, where there are any, to those of the steps before.
func (a *attention) remember() {
	check(!a.tape.learning, "attention", "a past serves no pass that learns")
	check(a.Past.fits(len(a.starts)-1, a.KeyHeads, a.size, a.k.x != nil), "attention", "the past is not of these %d sequences", len(a.starts)-1)
	if a.k.x != nil {
		a.Past.add(a.k, a.v, a.keyStarts, a.KeyHeads, a.size)
	}
}

func checkStarts(x mat.Tensor, starts []int) {
	rows, _ := Size(x)
	check(len(starts) > 1 && starts[0] == 0 && starts[len(starts)-1] == rows, "attention", "the sequences do not cover the %d rows", rows)
}

// checkPlaces checks that every query has a place among the keys that it meets.
func (a *attention) checkPlaces() {
	check(len(a.Places) == a.starts[len(a.starts)-1], "attention", "%d places for %d queries", len(a.Places), a.starts[len(a.starts)-1])
	for s := range len(a.starts) - 1 {
		_, m := a.lengths(s)
		for _, place := range a.Places[a.starts[s]:a.starts[s+1]] {
			check(0 <= place && place < m, "attention", "a query at place %d of %d keys", place, m)
		}
	}
}

type attention struct {
	Attention
	tape              *Tape
	q, k, v           part
	starts, keyStarts []int
	width, size       int // of the queries, of a head
	scale             float32
	dropout           kernel.Dropout
	terms             []term
	elements          []int       // where each sequence begins among all probabilities
	kept              [][]float32 // for each sequence: the probabilities of its heads before dropout, or nil
}

// term is what an attention adds to its scores beside queries times keys.
type term interface {
	operands() []mat.Tensor
	// add adds it to the scores of a tile.
	add(h *head, t tile, scores block)
	// start comes before the first backward.
	start()
	// backward takes the gradient of a tile's scores, and adds to that of its queries.
	// The tiles of a head come in order.
	backward(h *head, t tile, dscores, dq block)
	// give hands the gradients of the operands out.
	give()
}

// Operands are the queries, where they are elsewhere keys and values, and what the
// terms need.
func (a *attention) Operands() []mat.Tensor {
	all := a.matrices()
	for _, term := range a.terms {
		all = append(all, term.operands()...)
	}
	return all
}

// matrices are the operands that hold queries, keys and values.
func (a *attention) matrices() []mat.Tensor {
	if a.k.x == nil || a.k.x == a.q.x {
		return []mat.Tensor{a.q.x}
	}
	return []mat.Tensor{a.q.x, a.k.x}
}

func (a *attention) Forward() (mat.Tensor, error) {
	a.lay()
	rows, _ := Size(a.q.x)
	result, values := a.tape.New(rows, a.width)
	y := block{values, a.width}
	a.each(func(h *head) {
		for t := range a.tiles(h) {
			p := a.probabilities(h, t)
			if kept := a.keeps(h, t); kept != nil {
				copy(kept, p.values)
			}
			a.dropout.Apply(p.values, a.element(h, t))
			multiply(kernel.NN, t.rows, a.size, t.keys, p, h.v, y.at(h.row+t.first, h.column), false)
		}
	})
	return result, nil
}

// gradients gives each of the matrices a buffer for its gradient.
func (a *attention) gradients() map[mat.Tensor]block {
	all := make(map[mat.Tensor]block)
	for _, x := range a.matrices() {
		rows, cols := Size(x)
		all[x] = block{a.tape.Buffer(rows * cols), cols}
	}
	return all
}

func (a *attention) Backward(gy mat.Tensor) error {
	dy := block{Rows(gy), a.width}
	gradients := a.gradients()
	forQueries, forKeys, forValues := gradients[a.q.x].at(0, a.q.column), gradients[a.k.x].at(0, a.k.column), gradients[a.v.x].at(0, a.v.column)
	for _, term := range a.terms {
		term.start()
	}
	a.each(func(h *head) {
		dq, dk, dv := forQueries.at(h.row, h.column), forKeys.at(h.keyRow, h.keyColumn), forValues.at(h.keyRow, h.keyColumn)
		add := !h.first
		if h.n == 0 {
			dk.clear(h.m, a.size)
			dv.clear(h.m, a.size)
		}
		for t := range a.tiles(h) {
			dq, dy := dq.at(t.first, 0), dy.at(h.row+t.first, h.column)
			p := block{a.keeps(h, t), t.keys}
			if p.values == nil {
				p = a.probabilities(h, t)
			}
			ds := t.matrix(&h.gradient)
			multiply(kernel.NT, t.rows, t.keys, a.size, dy, h.v, ds, false)
			a.dropout.Apply(ds.values, a.element(h, t))
			for i := range t.rows {
				kernel.SoftmaxBackward(ds.row(i, t.keys), p.row(i, t.keys), a.scale)
			}
			a.dropout.Apply(p.values, a.element(h, t)) // in place: nobody needs them again
			multiply(kernel.TN, t.keys, a.size, t.rows, p, dy, dv, add)
			multiply(kernel.NN, t.rows, a.size, t.keys, ds, h.k, dq, false)
			multiply(kernel.TN, t.keys, a.size, t.rows, ds, a.queries(h, t), dk, add)
			for _, term := range a.terms {
				term.backward(h, t, ds, dq)
			}
			add = true
		}
	})
	for _, term := range a.terms {
		term.give()
	}
	for _, x := range a.matrices() {
		if x.RequiresGrad() {
			Give(x, gradients[x].values)
		}
	}
	return nil
}
