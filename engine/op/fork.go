package op

import "github.com/nlpodyssey/spago/mat"

// Fork gives x itself for two operators to read, and hands x the sum of their gradients
// as one. The order in which gradients arrive is not fixed, and the sum of three in
// another order has other bits: where a third operator reads x, two of them read its
// fork.
func Fork(t *Tape, x mat.Tensor) mat.Tensor {
	if !t.graph || !x.RequiresGrad() {
		return x
	}
	return t.Run(&fork{tape: t, x: x})
}

type fork struct {
	tape *Tape
	x    mat.Tensor
}

func (f *fork) Operands() []mat.Tensor { return []mat.Tensor{f.x} }

func (*fork) handsOn() {}

func (f *fork) Forward() (mat.Tensor, error) {
	rows, width := Size(f.x)
	result := newTensor(rows, width, Rows(f.x))
	result.home = &f.tape.arena
	return result, nil
}

func (f *fork) Backward(gy mat.Tensor) error {
	Give(f.x, Rows(gy))
	return nil
}
