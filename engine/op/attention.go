package op

import (
	"math"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/kernel"
)

// SelfAttention gives softmax(QKᵀ/√d)·V for every head of every sequence alone
// (Vaswani et al. 2017). The rows of qkv [tokens x 3·width] hold queries, keys
// and values side by side, each split into heads; sequence s has the rows
// starts[s] to starts[s+1]. The result is [tokens x width]. Dropout falls on the
// probabilities, as in BERT.
func SelfAttention(t *Tape, qkv mat.Tensor, starts []int, heads int, dropout float64) mat.Tensor {
	rows, three := Size(qkv)
	width := three / 3
	check(three%3 == 0 && width%heads == 0, "attention", "%d values for queries, keys and values of %d heads", three, heads)
	check(len(starts) > 1 && starts[0] == 0 && starts[len(starts)-1] == rows, "attention", "the sequences do not cover the %d rows", rows)
	a := &selfAttention{tape: t, qkv: qkv, starts: starts, heads: heads, width: width, dropout: t.Dropout(dropout)}
	a.places = make([]int, len(starts))
	for s := range a.sequences() {
		n := starts[s+1] - starts[s]
		a.places[s+1] = a.places[s] + heads*n*n
		a.longest = max(a.longest, n)
	}
	return t.Run(a)
}

type selfAttention struct {
	tape         *Tape
	qkv          mat.Tensor
	starts       []int
	heads, width int
	dropout      kernel.Dropout
	places       []int     // where the probabilities of each sequence begin
	longest      int       // tokens of the longest sequence
	p            []float32 // for each sequence and head: probabilities [tokens x tokens], before dropout
}

func (a *selfAttention) Operands() []mat.Tensor { return []mat.Tensor{a.qkv} }

func (a *selfAttention) sequences() int { return len(a.starts) - 1 }

// head is one head of one sequence: its n tokens' place in the rows and in the
// probabilities.
type head struct{ n, row, column, place int }

// each runs f for every head of every sequence, in parallel, with room for two
// matrices [tokens x tokens] of its worker's own. No two heads share a result, so
// their order does not matter.
func (a *selfAttention) each(f func(h head, one, two []float32)) {
	size, room := a.width/a.heads, a.longest*a.longest
	scratch := a.tape.Buffer(2 * room * a.tape.Workers.Count())
	a.tape.Workers.Each(a.sequences()*a.heads, func(worker, i int) {
		s, number := i/a.heads, i%a.heads
		n := a.starts[s+1] - a.starts[s]
		own := scratch[2*worker*room:]
		f(head{n: n, row: a.starts[s], column: number * size, place: a.places[s] + number*n*n},
			own[:n*n], own[room:room+n*n])
	})
}

func (a *selfAttention) scale() float32 {
	return float32(1 / math.Sqrt(float64(a.width/a.heads)))
}

func (a *selfAttention) Forward() (mat.Tensor, error) {
	rows, _ := Size(a.qkv)
	result, y := a.tape.New(rows, a.width)
	a.p = a.tape.Buffer(a.places[a.sequences()])
	size, three := a.width/a.heads, 3*a.width
	qkv := Rows(a.qkv)
	a.each(func(h head, scratch, _ []float32) {
		q := qkv[h.row*three+h.column:]
		k, v := q[a.width:], q[2*a.width:]
		p := a.p[h.place : h.place+h.n*h.n]
		kernel.Gemm(kernel.NT, h.n, h.n, size, q, three, k, three, p, h.n, false)
		for i := range h.n {
			kernel.Softmax(p[i*h.n:(i+1)*h.n], a.scale())
		}
		kernel.Gemm(kernel.NN, h.n, size, h.n, a.dropped(h, scratch), h.n, v, three, y[h.row*a.width+h.column:], a.width, false)
	})
	return result, nil
}

// dropped gives the probabilities of a head after dropout, drawn anew into the
// scratch when there is any.
func (a *selfAttention) dropped(h head, scratch []float32) []float32 {
	p := a.p[h.place : h.place+h.n*h.n]
	if a.dropout.Rate == 0 {
		return p
	}
	copy(scratch, p)
	a.dropout.Apply(scratch, uint64(h.place))
	return scratch
}

func (a *selfAttention) Backward(gy mat.Tensor) error {
	if !a.qkv.RequiresGrad() {
		return nil
	}
	rows, three := Size(a.qkv)
	size := a.width / a.heads
	qkv, dy := Rows(a.qkv), Rows(gy)
	dqkv := a.tape.Buffer(rows * three)
	a.each(func(h head, scratch, dp []float32) {
		q, dq := qkv[h.row*three+h.column:], dqkv[h.row*three+h.column:]
		k, v := q[a.width:], q[2*a.width:]
		dk, dv := dq[a.width:], dq[2*a.width:]
		dc := dy[h.row*a.width+h.column:]
		p := a.p[h.place : h.place+h.n*h.n]
		kernel.Gemm(kernel.TN, h.n, size, h.n, a.dropped(h, scratch), h.n, dc, a.width, dv, three, false)
		kernel.Gemm(kernel.NT, h.n, h.n, size, dc, a.width, v, three, dp, h.n, false)
		a.dropout.Apply(dp, uint64(h.place))
		for i := range h.n {
			kernel.SoftmaxBackward(dp[i*h.n:(i+1)*h.n], p[i*h.n:(i+1)*h.n], a.scale())
		}
		kernel.Gemm(kernel.NN, h.n, size, h.n, dp, h.n, k, three, dq, three, false)
		kernel.Gemm(kernel.TN, h.n, size, h.n, dp, h.n, q, three, dk, three, false)
	})
	Give(a.qkv, dqkv)
	return nil
}
