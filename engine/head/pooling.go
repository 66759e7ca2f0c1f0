package head

import (
	"github.com/nlpodyssey/spago/mat"

	"attune/engine/op"
)

// Pooling gives one representation a sequence [sequences x width] from those of
// its tokens [tokens x width], whose sequences begin at the starts.
type Pooling func(t *op.Tape, x mat.Tensor, starts []int) mat.Tensor

// First takes the first token of each sequence, which BERT and its kin are
// pre-trained to gather the whole in.
func First(t *op.Tape, x mat.Tensor, starts []int) mat.Tensor {
	return op.Pick(t, x, starts[:len(starts)-1])
}

// Mean takes the mean of all tokens, which says more of a text's meaning than one token
// of a body that was not trained to gather it (Reimers & Gurevych 2019).
func Mean(t *op.Tape, x mat.Tensor, starts []int) mat.Tensor { return op.Mean(t, x, starts) }

// Last takes the last token, the only one of a decoder that has seen all others.
func Last(t *op.Tape, x mat.Tensor, starts []int) mat.Tensor {
	ends := make([]int, len(starts)-1)
	for s := range ends {
		ends[s] = starts[s+1] - 1
	}
	return op.Pick(t, x, ends)
}
