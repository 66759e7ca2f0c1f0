package op

import (
	"slices"

	"github.com/nlpodyssey/spago/mat"
)

// Watched is what a pass tells of its inside.
type Watched struct {
	Blocks []mat.Tensor // what each segment gave [tokens x width]
	Last   Projected    // what the last self-attention read
}

// Projected holds queries, keys and values [tokens x their widths] side by side.
type Projected struct {
	Rows   mat.Tensor // nil where no self-attention was computed
	Widths [3]int
}

// Watch lets the pass under way tell what its segments give and what their attention
// reads. None of them is computed twice in such a pass.
func (t *Tape) Watch() *Watched {
	t.watched = &Watched{}
	return t.watched
}

// segmented tells the watcher of a segment's result.
func (t *Tape) segmented(y mat.Tensor) {
	if t.watched != nil {
		t.watched.Blocks = append(t.watched.Blocks, t.outlive(y))
	}
}

// projected tells the watcher of what a self-attention reads.
func (t *Tape) projected(x mat.Tensor, queries, keys int) {
	if t.watched != nil {
		t.watched.Last = Projected{Rows: t.outlive(x), Widths: [3]int{queries, keys, keys}}
	}
}

// outlive gives a tensor that stays when the segment under way ends.
func (t *Tape) outlive(x mat.Tensor) mat.Tensor {
	if x.RequiresGrad() {
		return x
	}
	rows, cols := Size(x)
	return Constant(rows, cols, slices.Clone(Rows(x)))
}

// Beside gives a tape that is ready to infer with another model while this pass waits.
// Its buffers are held with this tape's.
func (t *Tape) Beside() *Tape {
	if t.beside == nil {
		t.beside = NewTape(t.Workers)
		t.beside.arena.counting = t.arena.counting
	}
	t.beside.Infer()
	return t.beside
}
