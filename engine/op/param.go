package op

import (
	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"
)

// NewParam makes a learnable matrix [rows x cols] over the values, which it
// keeps. Its gradient buffer is made with the first gradient, stays for good, and
// is cleared in place by the optimizer.
func NewParam(rows, cols int, values []float32) *nn.Param {
	p := &nn.Param{Matrix: &tensor{Dense: dense(rows, cols, values)}}
	p.SetRequiresGrad(true)
	return p
}

// Gradient gives the gradient buffer of a parameter made by NewParam, or nil
// when no gradient ever reached it.
func Gradient(p *nn.Param) []float32 {
	g := p.Matrix.(*tensor).Grad()
	if g == nil {
		return nil
	}
	return mat.Data[float32](g)
}

// Learn lets f add to the gradient of a parameter that wants one. Operators add to
// parameters before they hand gradients to their inputs: by then every later
// layer is done, so tied parameters are summed in a fixed order.
func Learn(p mat.Tensor, f func(gradient []float32)) {
	if p == nil || !p.RequiresGrad() {
		return
	}
	x := p.(*nn.Param).Matrix.(*tensor)
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.grad == nil {
		rows, cols := Size(x)
		x.grad = dense(rows, cols, make([]float32, rows*cols))
	}
	f(mat.Data[float32](x.grad))
}
