package op

import (
	"github.com/nlpodyssey/spago/mat"

	"attune/engine/kernel"
)

// Pick gives the chosen rows of x, in the order asked for: the first token of
// every sequence for a classifier, the masked ones for a language model.
func Pick(t *Tape, x mat.Tensor, rows []int) mat.Tensor {
	n, _ := Size(x)
	for _, r := range rows {
		check(0 <= r && r < n, "pick", "row %d of %d", r, n)
	}
	return t.Run(&pick{tape: t, x: x, rows: rows})
}

type pick struct {
	tape *Tape
	x    mat.Tensor
	rows []int
}

func (p *pick) Operands() []mat.Tensor { return []mat.Tensor{p.x} }

func (p *pick) Forward() (mat.Tensor, error) {
	_, width := Size(p.x)
	result, y := p.tape.New(len(p.rows), width)
	x := Rows(p.x)
	for i, r := range p.rows {
		copy(y[i*width:(i+1)*width], x[r*width:(r+1)*width])
	}
	return result, nil
}

func (p *pick) Backward(gy mat.Tensor) error {
	if p.x.RequiresGrad() {
		n, width := Size(p.x)
		dx, dy := p.tape.Buffer(n*width), Rows(gy)
		clear(dx)
		for i, r := range p.rows {
			kernel.Add(dx[r*width:(r+1)*width], dy[i*width:(i+1)*width])
		}
		Give(p.x, dx)
	}
	return nil
}
