package weights

import (
	"fmt"
	"maps"
	"slices"
)

// Held is a set of tensors in memory.
type Held map[string]Tensor

// Hold reads the tensors that nothing asked for yet into memory, so that the
// reader's file may close: those of heads, of which only the task knows.
func (s *Source) Hold() {
	held := Held{}
	for _, name := range s.shared.reader.Names() {
		t := Tensor{Name: name}
		t.Shape, _ = s.shared.reader.Shape(name)
		if !s.shared.used[name] {
			// One that cannot be read is told when somebody asks for it.
			t.Values, _ = s.shared.reader.Values(name)
		}
		held[name] = t
	}
	s.shared.reader = held
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
		return nil, noTensor(name)
	}
	if len(t.Values) != count(t.Shape) {
		return nil, &Error{Reason: fmt.Sprintf("the values of %q are not in memory", name)}
	}
	return t.Values, nil
}

// Fill copies a tensor into as many values as it has.
func (h Held) Fill(name string, to []float32) error {
	values, err := h.Values(name)
	copy(to, values)
	return err
}
