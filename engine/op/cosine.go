package op

import (
	"math"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/kernel"
)

// Cosine gives the cosine [pairs x 1] of the angle between each two rows of
// x [2·pairs x width], one after the other. A row of zeros is at a right angle to all.
func Cosine(t *Tape, x mat.Tensor) mat.Tensor {
	rows, _ := Size(x)
	check(rows%2 == 0, "cosine", "%d rows are not pairs", rows)
	return t.Run(&cosine{tape: t, x: x})
}

type cosine struct {
	tape    *Tape
	x       mat.Tensor
	cosines []float32 // [pairs]
}

func (c *cosine) Operands() []mat.Tensor { return []mat.Tensor{c.x} }

// shortest is the length that a shorter row is taken for.
const shortest = 1e-8

// pair gives two rows of some values, and their lengths in x.
func (c *cosine) pair(i int, values []float32) (u, v []float32, lengthU, lengthV float64) {
	_, width := Size(c.x)
	x := Rows(c.x)[2*i*width:][:2*width]
	u, v = values[2*i*width:][:width], values[(2*i+1)*width:][:width]
	return u, v, max(math.Sqrt(kernel.SumSquares(x[:width])), shortest), max(math.Sqrt(kernel.SumSquares(x[width:])), shortest)
}

func (c *cosine) Forward() (mat.Tensor, error) {
	rows, width := Size(c.x)
	result, y := c.tape.New(rows/2, 1)
	c.cosines = y
	c.tape.Workers.Rows(rows/2, grain(width), func(_, from, to int) {
		for i := from; i < to; i++ {
			u, v, lengthU, lengthV := c.pair(i, Rows(c.x))
			sum := 0.0
			for j := range u {
				sum += float64(u[j]) * float64(v[j])
			}
			y[i] = float32(sum / (lengthU * lengthV))
		}
	})
	return result, nil
}

// Backward: the slope of the cosine by u is v/(|u||v|) - cosine·u/|u|².
func (c *cosine) Backward(gy mat.Tensor) error {
	if !c.x.RequiresGrad() {
		return nil
	}
	rows, width := Size(c.x)
	dx, dy := c.tape.Buffer(rows*width), Rows(gy)
	c.tape.Workers.Rows(rows/2, grain(width), func(_, from, to int) {
		for i := from; i < to; i++ {
			u, v, lengthU, lengthV := c.pair(i, Rows(c.x))
			du, dv, _, _ := c.pair(i, dx)
			across := dy[i] / float32(lengthU*lengthV)
			alongU := dy[i] * c.cosines[i] / float32(lengthU*lengthU)
			alongV := dy[i] * c.cosines[i] / float32(lengthV*lengthV)
			for j := range u {
				du[j] = across*v[j] - alongU*u[j]
				dv[j] = across*u[j] - alongV*v[j]
			}
		}
	})
	Give(c.x, dx)
	return nil
}
