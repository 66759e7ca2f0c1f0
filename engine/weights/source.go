package weights

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nlpodyssey/spago/nn"

	"attune/engine/op"
)

// Reader gives tensors by name, as an opened file does.
type Reader interface {
	Names() []string
	Shape(name string) (shape []int, ok bool)
	Values(name string) ([]float32, error)
}

// Source hands tensors to a model that walks their names: In("encoder"),
// In("layer.0"), Matrix("weight", ...), so that the model's code is the name map.
// What goes wrong on the way is collected, and told all at once by Err.
type Source struct {
	prefix string
	shared *collected
}

type collected struct {
	reader   Reader
	used     map[string]bool
	problems []error
}

// NewSource makes a source at the root of a reader's names.
func NewSource(r Reader) *Source {
	return &Source{shared: &collected{reader: r, used: map[string]bool{}}}
}

// In gives the source for the names below one.
func (s *Source) In(name string) *Source {
	return &Source{prefix: s.prefix + name + ".", shared: s.shared}
}

// Has says whether there is a tensor of that name.
func (s *Source) Has(name string) bool {
	_, ok := s.shared.reader.Shape(s.prefix + name)
	return ok
}

// Matrix gives a tensor as a parameter [rows x cols]. A missing or misshapen one
// is noted for Err, and a parameter of zeros given.
func (s *Source) Matrix(name string, rows, cols int) *nn.Param {
	return op.NewParam(rows, cols, s.values(name, rows, cols))
}

// Vector gives a tensor as a parameter [1 x n].
func (s *Source) Vector(name string, n int) *nn.Param {
	return op.NewParam(1, n, s.values(name, n))
}

// Stack gives matrices [rows x cols] as one parameter, one above the other.
func (s *Source) Stack(names []string, rows, cols int) *nn.Param {
	var values []float32
	for _, name := range names {
		values = append(values, s.values(name, rows, cols)...)
	}
	return op.NewParam(rows*len(names), cols, values)
}

// Join gives vectors of n values as one parameter, one after the other.
func (s *Source) Join(names []string, n int) *nn.Param {
	var values []float32
	for _, name := range names {
		values = append(values, s.values(name, n)...)
	}
	return op.NewParam(1, n*len(names), values)
}

func (s *Source) values(name string, shape ...int) []float32 {
	full := s.prefix + name
	values, err := s.read(full, shape)
	if err != nil {
		s.shared.problems = append(s.shared.problems, err)
		size := 1
		for _, d := range shape {
			size *= d
		}
		return make([]float32, size)
	}
	return values
}

func (s *Source) read(full string, want []int) ([]float32, error) {
	shape, ok := s.shared.reader.Shape(full)
	if !ok {
		return nil, fmt.Errorf("%s is missing", full)
	}
	s.shared.used[full] = true
	if !slices.Equal(shape, want) {
		return nil, fmt.Errorf("%s has the shape %v, not %v", full, shape, want)
	}
	return s.shared.reader.Values(full)
}

// Err tells of every tensor that was missing or misshapen so far, or gives nil.
func (s *Source) Err() error {
	if len(s.shared.problems) == 0 {
		return nil
	}
	return &Error{Reason: strings.TrimSpace(errors.Join(s.shared.problems...).Error())}
}

// Unused names the tensors that nothing asked for, sorted.
func (s *Source) Unused() []string {
	return slices.DeleteFunc(s.shared.reader.Names(), func(name string) bool { return s.shared.used[name] })
}
