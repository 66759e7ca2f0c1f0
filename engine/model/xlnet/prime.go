package xlnet

import (
	"context"
	"iter"
	"math/rand/v2"

	"attune/engine/op"
)

// passed is how much the first block's attention adds of the mean of a text.
const passed = 2

// Prime gives a new model what counting in the texts tells, before any gradient, as BERT's
// does: the table of pieces knows which keep the same company, and where heads are as wide
// as the model together, the first block's attention adds to each place the mean of all
// that it sees.
func (m *Model) Prime(ctx context.Context, texts iter.Seq[[]int], spread float64, random *rand.Rand) error {
	first, width := m.blocks[0], m.config.Width
	if m.config.Heads*m.config.headWidth() == width {
		values := op.Rows(first.keyValue.Weight)[width*width:] // below the keys
		output := op.Rows(first.output.Weight)
		for i := range width {
			values[i*width+i] += passed
			output[i*width+i]++
		}
	}
	return m.words.LearnCompany(ctx, texts, spread, random)
}
