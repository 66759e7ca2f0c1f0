package loss

import (
	"math"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/kernel"
	"attune/engine/op"
)

// Contrastive draws rows of one label together and those of others apart: the
// supervised contrastive loss L_out of Khosla et al. 2020 (arXiv 2004.11362, eq. 2). For
// x [rows x width] it is the mean, over the rows that have another of their label, of the
// negative log-probability of those others under the softmax of the cosines of the row
// with all rows but itself, divided by the temperature.
func Contrastive(t *op.Tape, x mat.Tensor, labels []int, temperature float64) mat.Tensor {
	rows, width := op.Size(x)
	if rows != len(labels) {
		panic(&op.ShapeError{Op: "contrastive", Reason: "rows and labels differ in number"})
	}
	t.Weigh(float64(rows))
	return t.Run(&contrastive{tape: t, x: x, labels: labels, temperature: temperature, rows: rows, width: width})
}

type contrastive struct {
	tape        *op.Tape
	x           mat.Tensor
	labels      []int
	temperature float64
	rows, width int
	grad        []float32 // [rows x width] gradient of the rows
}

func (c *contrastive) Operands() []mat.Tensor { return []mat.Tensor{c.x} }

// shortest is the length that a shorter row is taken for.
const shortest = 1e-8

func (c *contrastive) Forward() (mat.Tensor, error) {
	n, w := c.rows, c.width
	unit, lengths := c.tape.Buffer(n*w), make([]float64, n)
	for i := range n {
		row := op.Rows(c.x)[i*w : (i+1)*w]
		lengths[i] = max(math.Sqrt(kernel.SumSquares(row)), shortest)
		for j, v := range row {
			unit[i*w+j] = float32(float64(v) / lengths[i])
		}
	}
	cosines, slopes := c.tape.Buffer(n*n), c.tape.Buffer(n*n)
	c.tape.Workers.Linear(n, n, w, unit, unit, nil, cosines)
	mean := c.slopes(cosines, slopes)
	c.tape.Count(mean, float64(n))
	result, y := c.tape.New(1, 1)
	y[0] = float32(mean)
	// Each cosine is one of both rows.
	for i := range n {
		for j := range i {
			both := slopes[i*n+j] + slopes[j*n+i]
			slopes[i*n+j], slopes[j*n+i] = both, both
		}
	}
	c.grad = c.tape.Buffer(n * w)
	c.tape.Workers.Gemm(kernel.NN, n, w, n, slopes, n, unit, w, c.grad, w, false)
	for i := range n {
		g, u := c.grad[i*w:(i+1)*w], unit[i*w:(i+1)*w]
		along := 0.0
		for j := range g {
			along += float64(g[j]) * float64(u[j])
		}
		for j := range g {
			g[j] = float32((float64(g[j]) - along*float64(u[j])) / lengths[i])
		}
	}
	return result, nil
}

// slopes gives the loss and puts its slope by each row's cosines with the others beside
// them, 0 by that with itself.
func (c *contrastive) slopes(cosines, slopes []float32) float64 {
	n, sum, counted := c.rows, 0.0, 0
	for i := range n {
		row, slope := cosines[i*n:(i+1)*n], slopes[i*n:(i+1)*n]
		clear(slope)
		partners, total, drawn := 0, 0.0, 0.0
		for j, v := range row {
			if j == i {
				continue
			}
			total += math.Exp((float64(v) - 1) / c.temperature) // a cosine is at most 1
			if c.labels[j] == c.labels[i] {
				partners++
				drawn += (float64(v) - 1) / c.temperature
			}
		}
		if partners == 0 {
			continue
		}
		counted++
		sum += math.Log(total) - drawn/float64(partners)
		for j, v := range row {
			if j == i {
				continue
			}
			s := math.Exp((float64(v)-1)/c.temperature) / total
			if c.labels[j] == c.labels[i] {
				s -= 1 / float64(partners)
			}
			slope[j] = float32(s / c.temperature)
		}
	}
	kernel.Scale(slopes[:n*n], 1/float32(max(counted, 1)))
	return sum / float64(max(counted, 1))
}

func (c *contrastive) Backward(gy mat.Tensor) error {
	giveScaled(c.x, c.grad, gy)
	return nil
}
