package train

import (
	"slices"

	"github.com/nlpodyssey/spago/nn"

	"attune/engine/op"
)

// work counts the multiplications and additions of a step's matrix products in
// the body: every linear layer, and the scores and sums of attention, once forward,
// and backward once for what lies below and once for what they learn themselves.
func (l *loop) work(rows []int) float64 {
	if l.fixed != nil {
		return 0
	}
	body := l.phase.Model.Backbone()
	seen, written := l.extents(rows)
	reading := -1
	if r, ok := body.(rewriting); ok {
		reading = r.Reading()
	}
	products := 0.0
	below := false // something that learns
	number := 0    // of the layer: the first are the embeddings
	for params := range body.Layers() {
		if number == reading+1 && reading >= 0 {
			seen = written
		}
		attention := 2 * seen.pairs * float64(body.Width())
		for _, p := range params {
			rows, cols := op.Size(p)
			if number == 0 || rows == 1 || cols == 1 {
				continue
			}
			products += seen.tokens * float64(p.Size()) * passes(below, p.RequiresGrad())
		}
		if number > 0 {
			products += attention * passes(below, below)
		}
		below = below || slices.ContainsFunc(params, func(p *nn.Param) bool { return p.RequiresGrad() })
		number++
	}
	return 2 * products
}

// rewriting is a body whose first layers read and whose others write about it.
type rewriting interface {
	Reading() int // layers above the embeddings that read
}

// extent is what layers compute: tokens, and pairs of them that attention brings together.
type extent struct{ tokens, pairs float64 }

// extents gives that of what is read in some rows and of what is written beside it.
func (l *loop) extents(rows []int) (read, written extent) {
	for _, row := range rows {
		in, out := float64(len(l.items[row].IDs)), float64(len(l.items[row].Output))
		read.tokens += in
		read.pairs += in * in
		written.tokens += out
		written.pairs += out*out + in*out
	}
	return read, written
}

// pairs counts the pairs of tokens that attention brings together.
func (l *loop) pairs(rows []int) int {
	n := 0
	for _, row := range rows {
		n += l.lengths[row] * l.lengths[row]
	}
	return n
}

// passes is how often a matrix is multiplied in a step.
func passes(below, learns bool) float64 {
	n := 1.0
	if below {
		n++
	}
	if learns {
		n++
	}
	return n
}
