package head

import (
	"maps"
	"slices"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/op"
	"attune/engine/weights"
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

// poolings are by their names, as config.json has them under classifier_pooling.
var poolings = map[string]Pooling{"first": First, "mean": Mean, "last": Last}

// attention is the name of the pooling that learns which tokens count.
const attention = "attention"

// Poolings names what can stand for a text, sorted.
func Poolings() []string {
	return slices.Sorted(slices.Values(append(slices.Collect(maps.Keys(poolings)), attention)))
}

// PoolBy lets other tokens stand for a text than those that the family's classifiers
// read, by the name of a pooling; what that learns is in the source. By any other name
// the classifier stays as it is, and it is not done.
func (c *Classifier) PoolBy(name string, s *weights.Source, width int) (done bool) {
	if name == attention {
		c.attend(s, width)
		return true
	}
	p, ok := poolings[name]
	if ok {
		c.Pooling = p
	}
	return ok
}
