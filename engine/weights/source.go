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

// Source hands tensors to a model that walks their names: In("encoder"),
// In("layer.0"), Matrix("weight", ...), so that the model's code is the name map.
// What goes wrong on the way is collected, and told all at once by Err.
type Source struct {
	prefix string
	shared *collected
	fresh  *Draw // gives tensors that are missing, or nil when none may be
	anew   bool  // all tensors are drawn, whatever the file has
}

// Draw is how tensors that no file has are drawn: from a normal distribution of
// the spread (standard deviation), cut at two spreads as BERT's initialiser does.
type Draw struct {
	Random *rand.Rand
	Spread float64
}

type collected struct {
	reader    Reader
	blank     bool      // there is no reader, and nothing is missed
	zeros     []float32 // what all tensors of a blank source are
	used      map[string]bool
	drawn     []string
	missing   []string
	misshapen []string
	broken    []error
}

// NewSource makes a source at the root of a reader's names.
func NewSource(r Reader) *Source {
	return &Source{shared: &collected{reader: r, used: map[string]bool{}}}
}

// Fresh makes a source without a file: every tensor is drawn at random, as for a
// model that learns from nothing.
func Fresh(d Draw) *Source { return NewSource(nothing{}).OrFresh(d) }

// Blank makes a source without a file whose tensors are all zeros, the same ones, to
// which nobody may write: it serves to see a model's shape, and takes the memory of the
// largest tensor.
func Blank() *Source {
	return &Source{shared: &collected{reader: nothing{}, blank: true, used: map[string]bool{}}}
}

// OrFresh gives a source that draws the tensors it lacks, for a new head on a
// body that was read.
func (s *Source) OrFresh(d Draw) *Source {
	return &Source{prefix: s.prefix, shared: s.shared, fresh: &d}
}

// Anew gives a source that draws every tensor, those of the file too, for a head that
// learns other labels than the one that was saved.
func (s *Source) Anew(d Draw) *Source {
	return &Source{prefix: s.prefix, shared: s.shared, fresh: &d, anew: true}
}

// Kept gives the source that takes what the file has, and draws the rest only: for a
// layer below a head's last, which knows no labels.
func (s *Source) Kept() *Source {
	return &Source{prefix: s.prefix, shared: s.shared, fresh: s.fresh}
}

// In gives the source for the names below one.
func (s *Source) In(name string) *Source {
	return &Source{prefix: s.prefix + name + ".", shared: s.shared, fresh: s.fresh, anew: s.anew}
}

// Has says whether there is a tensor of that name.
func (s *Source) Has(name string) bool {
	_, _, ok := s.find(name)
	return ok
}

// older gives the endings of names that models from TensorFlow's days have, as
// transformers accepts them (modeling_utils.py, _fix_state_dict_key_on_load).
var older = map[string]string{"weight": "gamma", "bias": "beta"}

// find gives a tensor's full name in the file, and its shape.
func (s *Source) find(name string) (full string, shape []int, ok bool) {
	full = s.prefix + name
	if s.anew {
		return full, nil, false
	}
	if shape, ok = s.shared.reader.Shape(full); ok {
		return full, shape, true
	}
	dot := strings.LastIndexByte(full, '.') + 1
	if old := older[full[dot:]]; old != "" {
		if shape, ok = s.shared.reader.Shape(full[:dot] + old); ok {
			return full[:dot] + old, shape, true
		}
	}
	return full, nil, false
}

// Skip says that tensors are known and not needed: buffers such as position_ids,
// or copies of tied weights. They may be missing.
func (s *Source) Skip(names ...string) {
	for _, name := range names {
		s.shared.used[s.prefix+name] = true
	}
}

// Tied gives the parameter that a model shares under another name, of a file that
// may hold it twice. Where the file holds other values under that name it gives a
// parameter of its own, as models do whose published weights are not tied.
func (s *Source) Tied(name string, p *nn.Param) *nn.Param {
	if !s.Has(name) {
		return p
	}
	rows, cols := op.Size(p)
	values := s.values(name, s.normal, rows, cols)
	if slices.Equal(values, op.Rows(p)) {
		return p
	}
	return param(rows, cols, values)
}

// Matrix gives a tensor as a parameter [rows x cols]. A missing or misshapen one
// is noted for Err, and a parameter of no use given.
func (s *Source) Matrix(name string, rows, cols int) *nn.Param {
	return param(rows, cols, s.values(name, s.normal, rows, cols))
}

// Transposed gives a tensor [cols x rows] as a parameter [rows x cols], as
// GPT-2's Conv1D layers store theirs.
func (s *Source) Transposed(name string, rows, cols int) *nn.Param {
	return s.StackTransposed([]string{name}, rows, cols, cols, rows)
}

// Reshaped gives a tensor of another shape as a parameter [rows x cols] of the same
// values in the same order.
func (s *Source) Reshaped(name string, rows, cols int, shape ...int) *nn.Param {
	return param(rows, cols, s.values(name, s.normal, shape...))
}

// StackTransposed gives tensors of another shape, the values of each in order a
// matrix [cols x rows], as one parameter of such matrices [rows x cols], one above
// the other.
func (s *Source) StackTransposed(names []string, rows, cols int, shape ...int) *nn.Param {
	values := s.gather(names, s.normal, slices.Repeat([][]int{shape}, len(names)))
	for at := 0; at < len(values) && !s.shared.blank; at += rows * cols {
		copy(values[at:], transposed(values[at:at+rows*cols], cols, rows))
	}
	return param(rows*len(names), cols, values)
}

// Vector gives a tensor as a parameter [1 x n]; a fresh one is zero.
func (s *Source) Vector(name string, n int) *nn.Param {
	return param(1, n, s.values(name, zeros, n))
}

// Gain gives a tensor as a parameter [1 x n] that multiplies; a fresh one is one.
func (s *Source) Gain(name string, n int) *nn.Param {
	return param(1, n, s.values(name, ones, n))
}

// Stack gives matrices [rows x cols] as one parameter, one above the other.
func (s *Source) Stack(names []string, rows, cols int) *nn.Param {
	return s.Pile(names, slices.Repeat([]int{rows}, len(names)), cols)
}

// Pile is Stack for matrices with numbers of rows of their own.
func (s *Source) Pile(names []string, rows []int, cols int) *nn.Param {
	all, shapes := 0, make([][]int, len(rows))
	for i, n := range rows {
		all, shapes[i] = all+n, []int{n, cols}
	}
	return param(all, cols, s.gather(names, s.normal, shapes))
}

// Join gives vectors of n values as one parameter, one after the other.
func (s *Source) Join(names []string, n int) *nn.Param {
	return s.Chain(names, slices.Repeat([]int{n}, len(names)))
}

// Chain is Join for vectors of lengths of their own.
func (s *Source) Chain(names []string, lengths []int) *nn.Param {
	all, shapes := 0, make([][]int, len(lengths))
	for i, n := range lengths {
		all, shapes[i] = all+n, []int{n}
	}
	return param(1, all, s.gather(names, zeros, shapes))
}

// param makes a parameter of values that were gathered. Of those that were not it
// makes one that is good for nothing: Err fails, and no memory is taken for shapes
// that a damaged config.json may have dreamt up.
func param(rows, cols int, values []float32) *nn.Param {
	if values == nil {
		return op.NewParam(1, 1, zeros(1))
	}
	return op.NewParam(rows, cols, values)
}

func (s *Source) values(name string, fresh func(n int) []float32, shape ...int) []float32 {
	return s.gather([]string{name}, fresh, [][]int{shape})
}

// gather reads tensors of these shapes behind each other, or draws those that are
// missing. It gives nil when one of them can be neither, and notes which.
func (s *Source) gather(names []string, fresh func(n int) []float32, shapes [][]int) []float32 {
	fits := true
	for i, name := range names {
		fits = s.fits(name, shapes[i]) && fits
	}
	if !fits {
		return nil
	}
	all := 0
	for _, shape := range shapes {
		all += count(shape)
	}
	if s.shared.blank {
		return s.shared.blanks(all)
	}
	values := make([]float32, all)
	to := values
	for i, name := range names {
		n := count(shapes[i])
		s.fill(to[:n], name, fresh)
		to = to[n:]
	}
	return values
}

// blanks gives n values of a blank source.
func (c *collected) blanks(n int) []float32 {
	if n > len(c.zeros) {
		c.zeros = make([]float32, n)
	}
	return c.zeros[:n:n]
}

// fits says whether there is a tensor of that shape, or one can be drawn, and notes
// it where not.
func (s *Source) fits(name string, shape []int) bool {
	full, found, ok := s.find(name)
	switch {
	case s.shared.blank, !ok && s.fresh != nil:
		return true
	case !ok:
		s.shared.missing = append(s.shared.missing, full)
		return false
	}
	s.shared.used[full] = true
	if !slices.Equal(found, shape) {
		s.shared.misshapen = append(s.shared.misshapen, fmt.Sprintf("%s has the shape %v, not %v", full, found, shape))
		return false
	}
	return true
}

// fill reads a tensor or draws it.
func (s *Source) fill(to []float32, name string, fresh func(n int) []float32) {
	full, _, ok := s.find(name)
	if !ok {
		s.shared.drawn = append(s.shared.drawn, full)
		copy(to, fresh(len(to)))
		return
	}
	if err := s.shared.reader.Fill(full, to); err != nil {
		s.shared.broken = append(s.shared.broken, err)
	}
}

// Err tells of every tensor that was missing or misshapen so far, or gives nil.
// Beside a missing one it names those that nothing asked for: often one is the
// other under another name.
func (s *Source) Err() error {
	c := s.shared
	if len(c.missing)+len(c.misshapen)+len(c.broken) == 0 {
		return nil
	}
	if len(c.broken) > 0 {
		return errors.Join(c.broken...)
	}
	e := &MismatchError{Missing: c.missing, Misshapen: c.misshapen}
	if len(c.missing) > 0 {
		e.Unused = s.Unused()
	}
	return e
}

// MismatchError says which tensors of a file do not fit a model.
type MismatchError struct {
	Missing   []string // names
	Misshapen []string // sentences: name, shape, shape it should have
	Unused    []string // names of tensors that nothing asked for
}

// Error names them all.
func (e *MismatchError) Error() string {
	var parts []string
	if len(e.Missing) > 0 {
		parts = append(parts, "missing: "+strings.Join(e.Missing, ", "))
	}
	if len(e.Misshapen) > 0 {
		parts = append(parts, strings.Join(e.Misshapen, ", "))
	}
	if len(e.Unused) > 0 {
		parts = append(parts, "not used: "+strings.Join(e.Unused, ", "))
	}
	return "the weights do not fit the model that config.json describes; " + strings.Join(parts, "; ")
}

// Hint tells what to do about it.
func (e *MismatchError) Hint() string {
	return "config.json and the weights may be of two models: copy or download the whole folder again"
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

// transposed gives a matrix [rows x cols] as [cols x rows].
func transposed(values []float32, rows, cols int) []float32 {
	turned := make([]float32, len(values))
	for i := range rows {
		for j := range cols {
			turned[j*rows+i] = values[i*cols+j]
		}
	}
	return turned
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
func (nothing) Fill(string, []float32) error     { return nil }
