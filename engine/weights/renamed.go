package weights

import (
	"fmt"
	"maps"
	"slices"
)

// Renamed is a file whose tensors are known by other names than it holds them under,
// and may lie there in another order.
type Renamed struct {
	*File
	of map[string]Original
}

// Original is where a renamed tensor comes from.
type Original struct {
	Name       string
	Transposed bool // rows are columns there
	// Heads is of how many heads the rows are whose second half of rows lies between
	// the first there, each behind its fellow; 0 where rows lie in order. It is how
	// llama.cpp stores what rotary embeddings turn (convert_hf_to_gguf.py, permute).
	Heads int
}

// Rename gives a file's tensors under their new names. Those without one are hidden.
func (f *File) Rename(of map[string]Original) *Renamed { return &Renamed{f, of} }

// Names lists the tensors, sorted.
func (r *Renamed) Names() []string { return slices.Sorted(maps.Keys(r.of)) }

// Shape gives a tensor's shape; ok is false when there is no such tensor.
func (r *Renamed) Shape(name string) (shape []int, ok bool) {
	from, ok := r.of[name]
	if !ok {
		return nil, false
	}
	if shape, ok = r.File.Shape(from.Name); from.Transposed {
		shape = slices.Clone(shape)
		slices.Reverse(shape)
	}
	return shape, ok
}

// Values reads a tensor, widened to float32. It fails as Fill does.
func (r *Renamed) Values(name string) ([]float32, error) {
	from, ok := r.of[name]
	if !ok {
		return nil, noTensor(name)
	}
	values, err := r.File.Values(from.Name)
	if err != nil {
		return nil, err
	}
	return from.ordered(values, r.places[from.Name].shape)
}

// Fill reads a tensor into as many values as it has. It fails when the tensor has no
// such rows and columns as its new place wants.
func (r *Renamed) Fill(name string, to []float32) error {
	from, ok := r.of[name]
	switch {
	case !ok:
		return noTensor(name)
	case !from.Transposed && from.Heads == 0:
		return r.File.Fill(from.Name, to)
	}
	values, err := r.Values(name)
	copy(to, values)
	return err
}

// ordered gives the values of a tensor as they lie under its new name.
func (o Original) ordered(values []float32, shape []int) ([]float32, error) {
	if o.Transposed && len(shape) != 2 || o.Heads != 0 && (len(shape) == 0 || o.Heads < 0 || shape[0]%2 != 0 || shape[0]/2%o.Heads != 0) {
		return nil, &Error{Reason: fmt.Sprintf("%q has the shape %v, which cannot be put in order", o.Name, shape)}
	}
	if o.Transposed {
		return transposed(values, shape[0], shape[1]), nil
	}
	if o.Heads == 0 || len(values) == 0 {
		return values, nil
	}
	width := len(values) / shape[0]
	half := shape[0] / o.Heads / 2
	all := make([]float32, 0, len(values))
	for head := range o.Heads {
		for second := range 2 {
			for i := range half {
				row := (head*half+i)*2 + second
				all = append(all, values[row*width:(row+1)*width]...)
			}
		}
	}
	return all, nil
}
