package op

import (
	"github.com/nlpodyssey/spago/mat"

	"attune/engine/kernel"
)

// WeightedMean gives the mean [sequences x width] of the rows of each sequence of x, each
// as heavy as the softmax of the sequence's scores [rows x 1] says. No sequence may be
// empty.
func WeightedMean(t *Tape, x, scores mat.Tensor, starts []int) mat.Tensor {
	rows, _ := Size(x)
	check(len(starts) > 0 && starts[0] == 0 && starts[len(starts)-1] == rows, "weighted mean", "the sequences do not cover the %d rows", rows)
	check(scores.Size() == rows, "weighted mean", "%d scores for %d rows", scores.Size(), rows)
	return t.Run(&weightedMean{mean: mean{t, x, starts}, scores: scores})
}

type weightedMean struct {
	mean
	scores mat.Tensor
	shares []float32 // [rows]
	result []float32 // [sequences x width]
}

func (m *weightedMean) Operands() []mat.Tensor { return []mat.Tensor{m.x, m.scores} }

func (m *weightedMean) Forward() (mat.Tensor, error) {
	rows, width := Size(m.x)
	result, y := m.tape.New(len(m.starts)-1, width)
	m.result, m.shares = y, m.tape.Buffer(rows)
	copy(m.shares, Rows(m.scores))
	x := Rows(m.x)
	m.each(func(s, from, to int) {
		kernel.Softmax(m.shares[from:to], 1)
		sum := y[s*width : (s+1)*width]
		clear(sum)
		for row := from; row < to; row++ {
			kernel.AddScaled(sum, x[row*width:(row+1)*width], m.shares[row])
		}
	})
	return result, nil
}

// Backward: a row moves the mean by its share, and its score by that times how far the
// row lies from the mean.
func (m *weightedMean) Backward(gy mat.Tensor) error {
	rows, width := Size(m.x)
	dx, dscores, x, dy := m.tape.Buffer(rows*width), m.tape.Buffer(rows), Rows(m.x), Rows(gy)
	m.each(func(s, from, to int) {
		slope, mean := dy[s*width:(s+1)*width], m.result[s*width:(s+1)*width]
		for row := from; row < to; row++ {
			sum := float32(0)
			for j, v := range x[row*width : (row+1)*width] {
				sum += slope[j] * (v - mean[j])
			}
			dscores[row] = m.shares[row] * sum
			gradient := dx[row*width : (row+1)*width]
			copy(gradient, slope)
			kernel.Scale(gradient, m.shares[row])
		}
	})
	if m.x.RequiresGrad() {
		Give(m.x, dx)
	}
	if m.scores.RequiresGrad() {
		Give(m.scores, dscores)
	}
	return nil
}
