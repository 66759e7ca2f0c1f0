package weights

import (
	"fmt"
	"maps"
	"slices"
)

// Held is a set of tensors in memory.
type Held map[string]Tensor

// Hold reads every tensor of a reader into memory, so that its file may close.
func Hold(r Reader) (Held, error) {
	held := Held{}
	for _, name := range r.Names() {
		shape, _ := r.Shape(name)
		values, err := r.Values(name)
		if err != nil {
			return nil, err
		}
		held[name] = Tensor{Name: name, Shape: shape, Values: values}
	}
	return held, nil
}

// Names lists the tensors, sorted.
func (h Held) Names() []string { return slices.Sorted(maps.Keys(h)) }

// Shape gives a tensor's shape; ok is false when there is no such tensor.
func (h Held) Shape(name string) (shape []int, ok bool) {
	t, ok := h[name]
	return t.Shape, ok
}

// Values gives a tensor's values, which are the holder's own.
func (h Held) Values(name string) ([]float32, error) {
	t, ok := h[name]
	if !ok {
		return nil, &Error{Reason: fmt.Sprintf("there is no tensor %q", name)}
	}
	return t.Values, nil
}
