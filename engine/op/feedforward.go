package op

import (
	"github.com/nlpodyssey/spago/mat"
)

// FeedForward gives f(x·W1ᵀ + b1)·W2ᵀ + b2 for the rows of x [rows x width]: the
// two-layer network of a transformer block, with W1 [inner x width], W2 [width x inner],
// and biases [1 x inner] and [1 x width], or nil. It is Linear, Activate, Linear with
// two buffers for the inner values instead of four.
func FeedForward(t *Tape, x, w1, b1 mat.Tensor, f Activation, w2, b2 mat.Tensor) mat.Tensor {
	_, width := Size(x)
	in := newAffine("feed-forward", width, w1, b1)
	return t.Run(&feedForward{tape: t, x: x, in: in, f: f, out: newAffine("feed-forward", in.out, w2, b2)})
}

type feedForward struct {
	tape    *Tape
	x       mat.Tensor
	in, out affine
	f       Activation
	inner   []float32 // [rows x inner] after the activation
	slope   []float32 // [rows x inner] the activation's derivative
}

func (n *feedForward) Operands() []mat.Tensor {
	return append(append([]mat.Tensor{n.x}, n.in.operands()...), n.out.operands()...)
}

func (n *feedForward) Forward() (mat.Tensor, error) {
	rows, _ := Size(n.x)
	inner := n.tape.Buffer(rows * n.in.out)
	if n.tape.Learning() {
		n.inner, n.slope = inner, n.tape.Buffer(len(inner))
	}
	n.in.apply(n.tape.Workers, inner, Rows(n.x))
	n.f.apply(n.tape.Workers, inner, n.slope, inner)
	result, y := n.tape.New(rows, n.out.out)
	n.out.apply(n.tape.Workers, y, inner)
	return result, nil
}

func (n *feedForward) Backward(gy mat.Tensor) error {
	x, dy, workers := Rows(n.x), Rows(gy), n.tape.Workers
	n.out.learn(workers, n.inner, dy)
	if !n.x.RequiresGrad() && !n.in.learns() {
		return nil
	}
	dinner := n.inner // which nothing reads any more
	n.out.back(workers, dinner, dy)
	scaleEach(workers, dinner, n.slope)
	n.in.learn(workers, x, dinner)
	if n.x.RequiresGrad() {
		dx := n.tape.Buffer(len(x))
		n.in.back(workers, dx, dinner)
		Give(n.x, dx)
	}
	return nil
}
