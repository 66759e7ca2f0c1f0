package optimizer

import (
	"fmt"
	"iter"

	"github.com/nlpodyssey/spago/nn"

	"attune/engine/op"
	"attune/engine/weights"
)

// The tensors of a parameter at rest; the start is that of one that returns to it.
const (
	weightPrefix = "weight."
	firstPrefix  = "first."
	secondPrefix = "second."
	startPrefix  = "start."
)

// Tensors gives everything that a training needs to go on: each parameter that
// learns with its moments. The values are the live ones.
func (a *AdamW) Tensors() []weights.Tensor {
	var all []weights.Tensor
	_ = a.each(func(name string, s *slot, values []float32) error {
		rows, cols := op.Size(s.param)
		all = append(all, weights.Tensor{Name: name, Shape: []int{rows, cols}, Values: values})
		return nil
	})
	return all
}

// Restore puts parameters and moments where Tensors found them after a number of
// steps. It fails when a tensor is missing or of another size.
func (a *AdamW) Restore(from weights.Reader, step int) error {
	err := a.each(func(name string, _ *slot, values []float32) error { return read(from, name, values) })
	if err == nil {
		a.SetStep(step)
	}
	return err
}

// ReadWeights puts parameters alone where Tensors found them, for who only uses what
// was learned.
func ReadWeights(from weights.Reader, params iter.Seq2[string, *nn.Param]) error {
	for name, p := range params {
		if err := read(from, weightPrefix+name, op.Rows(p)); err != nil {
			return err
		}
	}
	return nil
}

func read(from weights.Reader, name string, to []float32) error {
	values, err := from.Values(name)
	if err != nil {
		return err
	}
	if len(values) != len(to) {
		return fmt.Errorf("%s has %d values, not %d", name, len(values), len(to))
	}
	copy(to, values)
	return nil
}

// each visits the tensors of every parameter.
func (a *AdamW) each(visit func(name string, s *slot, values []float32) error) error {
	for i := range a.slots {
		s := &a.slots[i]
		for _, part := range []struct {
			prefix string
			values []float32
		}{{weightPrefix, op.Rows(s.param)}, {firstPrefix, s.First}, {secondPrefix, s.Second}, {startPrefix, s.Start}} {
			if part.values == nil {
				continue
			}
			if err := visit(part.prefix+s.name, s, part.values); err != nil {
				return err
			}
		}
	}
	return nil
}
