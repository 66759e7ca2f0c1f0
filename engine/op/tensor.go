package op

import (
	"fmt"
	"sync"

	"github.com/nlpodyssey/spago/ag"
	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"
)

// tensor is a spaGO matrix that keeps the gradient buffer it is given. spaGO's
// own clones the first gradient of every node and drops it afterwards, which
// costs a copy and fresh pages for every activation of every step.
type tensor struct {
	*mat.Dense[float32]
	mu      sync.Mutex
	grad    *mat.Dense[float32]
	home    *arena // of its values and gradients, or nil
	passing bool   // the result of a segment, whose place the next one may take
	gone    bool   // its place was taken
}

func newTensor(rows, cols int, values []float32) *tensor {
	return &tensor{Dense: dense(rows, cols, values)}
}

func dense(rows, cols int, values []float32) *mat.Dense[float32] {
	return mat.NewDense[float32](mat.WithShape(rows, cols), mat.WithBacking(values))
}

// Value is the tensor itself, so that a gradient reaches this type's AccGrad.
func (x *tensor) Value() mat.Tensor { return x }

// Grad gives the gradient, or nil while there is none.
func (x *tensor) Grad() mat.Tensor {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.grad == nil {
		return nil
	}
	return x.grad
}

// HasGrad says whether a gradient arrived.
func (x *tensor) HasGrad() bool { return x.Grad() != nil }

// ZeroGrad forgets the gradient.
func (x *tensor) ZeroGrad() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.grad = nil
}

// AccGrad takes the first gradient as its own buffer and adds later ones to it.
// Whoever calls it must not use the buffer afterwards.
func (x *tensor) AccGrad(gradient mat.Tensor) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.grad == nil {
		x.grad = gradient.(*mat.Dense[float32])
		return
	}
	x.grad.AddInPlace(gradient.(mat.Matrix))
	if x.home != nil {
		x.home.put(mat.Data[float32](gradient))
	}
}

// Constant is a matrix [rows x cols] of the values, which it keeps. It wants no
// gradient.
func Constant(rows, cols int, values []float32) mat.Tensor { return newTensor(rows, cols, values) }

// Rows gives the values of a tensor, row after row, without a copy. It waits for
// nothing: the operators of this package run at once.
func Rows(x mat.Tensor) []float32 {
	switch x := x.(type) {
	case *ag.Operator:
		return Rows(x.Value())
	case *nn.Param:
		return Rows(x.Matrix)
	case *tensor:
		check(!x.gone, "segment", "its input was used after it")
		return mat.Data[float32](x.Dense)
	}
	return mat.Data[float32](x)
}

// Size gives the rows and columns of a tensor.
func Size(x mat.Tensor) (rows, cols int) {
	shape := x.Value().Shape()
	return shape[0], shape[1]
}

// ShapeError is what an operator panics with when its operands do not fit
// together. It is raised while the graph is built, where the training loop
// recovers it; a failure in spaGO's backward pass would end the process.
type ShapeError struct{ Op, Reason string }

func (e *ShapeError) Error() string { return fmt.Sprintf("%s: %s", e.Op, e.Reason) }

// check panics with a ShapeError unless the condition holds.
func check(holds bool, op, reason string, values ...any) {
	if !holds {
		panic(&ShapeError{Op: op, Reason: fmt.Sprintf(reason, values...)})
	}
}
