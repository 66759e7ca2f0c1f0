package op

import (
	"github.com/nlpodyssey/spago/mat"

	"attune/engine/kernel"
)

// Gated gives f(a) * b, value by value, where each row of x [rows x 2·width] holds
// first a, then b: SwiGLU with kernel.SiLU, GEGLU with a GELU (Shazeer 2020).
func Gated(t *Tape, x mat.Tensor, f Activation) mat.Tensor {
	rows, two := Size(x)
	check(two%2 == 0, "gated", "%d values are no two halves", two)
	return t.Run(&gated{tape: t, x: x, f: f, rows: rows, width: two / 2})
}

type gated struct {
	tape        *Tape
	x           mat.Tensor
	f           Activation
	rows, width int
	dx          []float32 // [rows x 2·width] f'(a), then f(a)
}

func (g *gated) Operands() []mat.Tensor { return []mat.Tensor{g.x} }

func (g *gated) Forward() (mat.Tensor, error) {
	result, y := g.tape.New(g.rows, g.width)
	x, two := Rows(g.x), 2*g.width
	if g.tape.Learning() {
		g.dx = g.tape.Buffer(len(x))
	}
	g.tape.Workers.Rows(g.rows, grain(two), func(_, from, to int) {
		for i := from; i < to; i++ {
			row, a, b := y[i*g.width:(i+1)*g.width], x[i*two:][:g.width], x[i*two+g.width:][:g.width]
			if g.dx == nil {
				g.f(row, nil, a)
			} else {
				value := g.dx[i*two+g.width:][:g.width]
				g.f(value, g.dx[i*two:][:g.width], a)
				copy(row, value)
			}
			kernel.Multiply(row, b)
		}
	})
	return result, nil
}

func (g *gated) Backward(gy mat.Tensor) error {
	if !g.x.RequiresGrad() {
		return nil
	}
	x, dy, two := Rows(g.x), Rows(gy), 2*g.width
	g.tape.Workers.Rows(g.rows, grain(two), func(_, from, to int) {
		for i := from; i < to; i++ {
			row, da, db := dy[i*g.width:(i+1)*g.width], g.dx[i*two:][:g.width], g.dx[i*two+g.width:][:g.width]
			kernel.Multiply(da, row)
			kernel.Multiply(da, x[i*two+g.width:])
			kernel.Multiply(db, row)
		}
	})
	Give(g.x, g.dx)
	return nil
}
