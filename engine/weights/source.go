package weights

import (
	"errors"
	"fmt"
	"math/rand/v2"
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
	fresh  *Draw // gives tensors that are missing, or nil when none may be
}

// Draw is how tensors that no file has are drawn: from a normal distribution of
// the spread (standard deviation), cut at two spreads as BERT's initialiser does.
type Draw struct {
	Random *rand.Rand
	Spread float64
}

type collected struct {
	reader   Reader
	used     map[string]bool
	drawn    []string
	problems []error
}

// NewSource makes a source at the root of a reader's names.
func NewSource(r Reader) *Source {
	return &Source{shared: &collected{reader: r, used: map[string]bool{}}}
}

// Fresh makes a source without a file: every tensor is drawn at random, as for a
// model that learns from nothing.
func Fresh(d Draw) *Source { return NewSource(nothing{}).OrFresh(d) }

// OrFresh gives a source that draws the tensors it lacks, for a new head on a
// body that was read.
func (s *Source) OrFresh(d Draw) *Source {
	return &Source{prefix: s.prefix, shared: s.shared, fresh: &d}
}

// In gives the source for the names below one.
func (s *Source) In(name string) *Source {
	return &Source{prefix: s.prefix + name + ".", shared: s.shared, fresh: s.fresh}
}

// Has says whether there is a tensor of that name.
func (s *Source) Has(name string) bool {
	_, ok := s.shared.reader.Shape(s.prefix + name)
	return ok
}

// Matrix gives a tensor as a parameter [rows x cols]. A missing or misshapen one
// is noted for Err, and a parameter of zeros given.
func (s *Source) Matrix(name string, rows, cols int) *nn.Param {
	return op.NewParam(rows, cols, s.values(name, s.normal, rows, cols))
}

// Vector gives a tensor as a parameter [1 x n]; a fresh one is zero.
func (s *Source) Vector(name string, n int) *nn.Param {
	return op.NewParam(1, n, s.values(name, zeros, n))
}

// Gain gives a tensor as a parameter [1 x n] that multiplies; a fresh one is one.
func (s *Source) Gain(name string, n int) *nn.Param {
	return op.NewParam(1, n, s.values(name, ones, n))
}

// Stack gives matrices [rows x cols] as one parameter, one above the other.
func (s *Source) Stack(names []string, rows, cols int) *nn.Param {
	var values []float32
	for _, name := range names {
		values = append(values, s.values(name, s.normal, rows, cols)...)
	}
	return op.NewParam(rows*len(names), cols, values)
}

// Join gives vectors of n values as one parameter, one after the other.
func (s *Source) Join(names []string, n int) *nn.Param {
	var values []float32
	for _, name := range names {
		values = append(values, s.values(name, zeros, n)...)
	}
	return op.NewParam(1, n*len(names), values)
}

func (s *Source) values(name string, fresh func(n int) []float32, shape ...int) []float32 {
	size := 1
	for _, d := range shape {
		size *= d
	}
	full := s.prefix + name
	if s.fresh != nil && !s.Has(name) {
		s.shared.drawn = append(s.shared.drawn, full)
		return fresh(size)
	}
	values, err := s.read(full, shape)
	if err != nil {
		s.shared.problems = append(s.shared.problems, err)
		return zeros(size)
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

// Drawn names the tensors that were missing and drawn at random, in the order in
// which the model asked for them.
func (s *Source) Drawn() []string { return s.shared.drawn }

func (s *Source) normal(n int) []float32 {
	values := make([]float32, n)
	for i := range values {
		x := s.fresh.Random.NormFloat64()
		for x < -2 || x > 2 {
			x = s.fresh.Random.NormFloat64()
		}
		values[i] = float32(x * s.fresh.Spread)
	}
	return values
}

func zeros(n int) []float32 { return make([]float32, n) }

func ones(n int) []float32 {
	values := make([]float32, n)
	for i := range values {
		values[i] = 1
	}
	return values
}

// nothing is a reader without tensors.
type nothing struct{}

func (nothing) Names() []string                  { return nil }
func (nothing) Shape(string) ([]int, bool)       { return nil, false }
func (nothing) Values(string) ([]float32, error) { return nil, nil }
