package weights

import (
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/op"
)

// Sink collects a model's tensors under their published names: the way back of a
// Source.
type Sink struct {
	prefix string
	shared *sunk
}

type sunk struct {
	tensors []Tensor
	adapter Adapter
}

// NewSink makes an empty sink.
func NewSink() *Sink { return &Sink{shared: &sunk{}} }

// In gives the sink for the names below one.
func (s *Sink) In(name string) *Sink { return &Sink{prefix: s.prefix + name + ".", shared: s.shared} }

// Matrix puts in a parameter with its two dimensions.
func (s *Sink) Matrix(name string, p *nn.Param) {
	rows, cols := op.Size(p)
	s.put(name, op.Rows(p), rows, cols)
}

// Transposed puts in a parameter [rows x cols] as a tensor [cols x rows]: the way
// back of Source.Transposed.
func (s *Sink) Transposed(name string, p *nn.Param) {
	rows, cols := op.Size(p)
	s.put(name, transposed(op.Rows(p), rows, cols), cols, rows)
}

// Vector puts in a parameter [1 x n] with one dimension.
func (s *Sink) Vector(name string, p *nn.Param) { s.put(name, op.Rows(p), p.Size()) }

// Reshaped puts in the values of a parameter in a shape of their own.
func (s *Sink) Reshaped(name string, p *nn.Param, shape ...int) { s.put(name, op.Rows(p), shape...) }

// UnstackTransposed puts in what Source.StackTransposed took.
func (s *Sink) UnstackTransposed(names []string, p *nn.Param, shape ...int) {
	rows, cols := op.Size(p)
	rows /= len(names)
	for i, name := range names {
		s.put(name, transposed(op.Rows(p)[i*rows*cols:(i+1)*rows*cols], rows, cols), shape...)
	}
}

// Unstack puts in the matrices that Source.Stack set one above the other.
func (s *Sink) Unstack(names []string, p *nn.Param) {
	rows, cols := op.Size(p)
	rows /= len(names)
	for i, name := range names {
		s.put(name, op.Rows(p)[i*rows*cols:(i+1)*rows*cols], rows, cols)
	}
}

// Unpile puts in the matrices that Source.Pile set one above the other.
func (s *Sink) Unpile(names []string, rows []int, p *nn.Param) {
	_, cols := op.Size(p)
	values := op.Rows(p)
	for i, name := range names {
		s.put(name, values[:rows[i]*cols], rows[i], cols)
		values = values[rows[i]*cols:]
	}
}

// Unchain puts in the vectors that Source.Chain set one after the other.
func (s *Sink) Unchain(names []string, lengths []int, p *nn.Param) {
	values := op.Rows(p)
	for i, name := range names {
		s.put(name, values[:lengths[i]], lengths[i])
		values = values[lengths[i]:]
	}
}

// Unjoin puts in the vectors that Source.Join set one after the other.
func (s *Sink) Unjoin(names []string, p *nn.Param) {
	n := p.Size() / len(names)
	for i, name := range names {
		s.put(name, op.Rows(p)[i*n:(i+1)*n], n)
	}
}

func (s *Sink) put(name string, values []float32, shape ...int) {
	s.shared.tensors = append(s.shared.tensors, Tensor{Name: s.prefix + name, Shape: shape, Values: values})
}

// Tensors gives what was put in. The values are the parameters' own.
func (s *Sink) Tensors() []Tensor { return s.shared.tensors }
