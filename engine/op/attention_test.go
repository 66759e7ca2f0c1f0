package op_test

import (
	"math"
	"slices"
	"testing"

	"github.com/nlpodyssey/spago/ag"
	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/op"
	"attune/engine/op/optest"
)

// attending is one way to attend, with its definition beside it.
type attending struct {
	name     string
	o        op.Attention
	operands []*nn.Param
	build    func(t *op.Tape, o op.Attention) mat.Tensor
	// plain gives the result for operands of such values, by the definition.
	plain func(operands [][]float64) []float64
}

const heads, size = 4, 3

// lengths are of sequences that need one tile, several, and several uneven ones.
var lengths = []int{1, 5, 513, 2, 130}

func starts(lengths []int) []int {
	all := []int{0}
	for _, n := range lengths {
		all = append(all, all[len(all)-1]+n)
	}
	return all
}

func ways() []attending {
	own, other := starts(lengths), starts([]int{7, 2, 140, 1, 300})
	tokens, memory := own[len(own)-1], other[len(other)-1]
	qkv, grouped := optest.Random(tokens, 3*heads*size, 1), optest.Random(tokens, (heads+2*2)*size, 2)
	q, kv := optest.Random(tokens, heads*size, 3), optest.Random(memory, 2*heads*size, 4)
	self := func(x *nn.Param) func(*op.Tape, op.Attention) mat.Tensor {
		return func(t *op.Tape, o op.Attention) mat.Tensor { return op.SelfAttention(t, x, own, o) }
	}
	before := func(s, head, i, j int) float64 {
		if j > i {
			return math.Inf(-1)
		}
		return 0
	}
	return []attending{
		{"every token", op.Attention{Heads: heads}, []*nn.Param{qkv}, self(qkv), func(x [][]float64) []float64 {
			return definition{queries: x[0], keys: x[0], starts: own, keyStarts: own}.attend()
		}},
		{"tokens before", op.Attention{Heads: heads, Causal: true}, []*nn.Param{qkv}, self(qkv), func(x [][]float64) []float64 {
			return definition{queries: x[0], keys: x[0], starts: own, keyStarts: own, score: before}.attend()
		}},
		{"heads that share keys", op.Attention{Heads: heads, KeyHeads: 2, Causal: true, Scale: 0.3}, []*nn.Param{grouped}, self(grouped), func(x [][]float64) []float64 {
			return definition{queries: x[0], keys: x[0], starts: own, keyStarts: own, shared: 2, scale: 0.3, score: before}.attend()
		}},
		{"a memory", op.Attention{Heads: heads}, []*nn.Param{q, kv}, func(t *op.Tape, o op.Attention) mat.Tensor {
			return op.CrossAttention(t, q, kv, own, other, o)
		}, func(x [][]float64) []float64 {
			return definition{queries: x[0], keys: x[1], starts: own, keyStarts: other}.attend()
		}},
	}
}

// definition is attention as the papers write it. Queries are the first columns of
// their rows, keys and values the last.
type definition struct {
	queries, keys     []float64
	starts, keyStarts []int
	shared            int     // heads that share their keys; 0 for 1
	scale             float64 // 0 for 1/√size
	score             func(s, head, i, j int) float64
}

func (d definition) attend() []float64 {
	if d.scale == 0 {
		d.scale = 1 / math.Sqrt(size)
	}
	keyHeads := heads / max(d.shared, 1)
	rows, keyRows := d.starts[len(d.starts)-1], d.keyStarts[len(d.keyStarts)-1]
	width, keyWidth := len(d.queries)/rows, len(d.keys)/keyRows
	y := make([]float64, rows*heads*size)
	for s := range len(d.starts) - 1 {
		n, m := d.starts[s+1]-d.starts[s], d.keyStarts[s+1]-d.keyStarts[s]
		for head := range heads {
			for i := range n {
				q := d.queries[(d.starts[s]+i)*width+head*size:]
				p, sum := make([]float64, m), 0.0
				at := func(j int) []float64 {
					return d.keys[(d.keyStarts[s]+j+1)*keyWidth-(2*keyHeads-head/max(d.shared, 1))*size:]
				}
				for j := range p {
					if d.score != nil {
						p[j] = d.score(s, head, i, j)
					}
					for c := range size {
						p[j] += q[c] * at(j)[c]
					}
					p[j] = math.Exp(p[j] * d.scale)
					sum += p[j]
				}
				for j := range p {
					for c := range size {
						y[((d.starts[s]+i)*heads+head)*size+c] += p[j] / sum * at(j)[keyHeads*size+c]
					}
				}
			}
		}
	}
	return y
}

func TestAttentionIsItsDefinition(t *testing.T) {
	for _, c := range ways() {
		t.Run(c.name, func(t *testing.T) {
			tape := optest.Tape(t)
			tape.Learn(1)
			y := c.build(tape, c.o)
			operands := make([][]float64, len(c.operands))
			for n, p := range c.operands {
				operands[n] = float64s(op.Rows(p))
			}
			for i, want := range c.plain(operands) {
				if got := float64(op.Rows(y)[i]); math.Abs(got-want) > 1e-5*(1+math.Abs(want)) {
					t.Fatalf("value %d is %g, want %g", i, got, want)
				}
			}
			learnt := slices.Clone(op.Rows(y))
			tape.Infer()
			if !slices.Equal(learnt, op.Rows(c.build(tape, c.o))) {
				t.Error("a pass that does not learn gives other values")
			}
		})
	}
}

// The slope of the definition in some directions must be that of the gradient.
func TestAttentionGradientsAreThoseOfItsDefinition(t *testing.T) {
	for _, c := range ways() {
		t.Run(c.name, func(t *testing.T) {
			for _, p := range c.operands {
				p.ZeroGrad()
			}
			tape := optest.Tape(t)
			tape.Learn(1)
			y := c.build(tape, c.o)
			rows, cols := op.Size(y)
			weights := op.Rows(optest.Random(rows, cols, 50))
			y.AccGrad(mat.NewDense[float32](mat.WithShape(rows, cols), mat.WithBacking(slices.Clone(weights))))
			if err := ag.Backward(y); err != nil {
				t.Fatal(err)
			}
			for n, p := range c.operands {
				const h = 1e-5
				rows, cols := op.Size(p)
				direction := op.Rows(optest.Random(rows, cols, 51))
				objective := func(h float64) float64 {
					moved := make([][]float64, len(c.operands))
					for m, q := range c.operands {
						moved[m] = float64s(op.Rows(q))
					}
					for i := range direction {
						moved[n][i] += h * float64(direction[i])
					}
					return dot(c.plain(moved), float64s(weights))
				}
				want := (objective(h) - objective(-h)) / (2 * h)
				got := dot(float64s(op.Gradient(p)), float64s(direction))
				if math.Abs(got-want) > 1e-4*(1+math.Abs(want)) {
					t.Errorf("operand %d: slope %g, want %g", n, got, want)
				}
			}
		})
	}
}

func TestASequenceAttendsToItselfAlone(t *testing.T) {
	own, other := []int{0, 4, 9}, []int{0, 5, 6}
	x, memory := optest.Random(9, 3*8, 1), optest.Random(6, 2*8, 2)
	q := optest.Random(9, 8, 3)
	for name, attend := range map[string]func(t *op.Tape, x, q, memory *nn.Param, starts, other []int) mat.Tensor{
		"every token": func(t *op.Tape, x, _, _ *nn.Param, starts, _ []int) mat.Tensor {
			return op.SelfAttention(t, x, starts, op.Attention{Heads: 2})
		},
		"tokens before": func(t *op.Tape, x, _, _ *nn.Param, starts, _ []int) mat.Tensor {
			return op.SelfAttention(t, x, starts, op.Attention{Heads: 2, Causal: true})
		},
		"heads that share keys": func(t *op.Tape, x, _, _ *nn.Param, starts, _ []int) mat.Tensor {
			return op.SelfAttention(t, x, starts, op.Attention{Heads: 4, KeyHeads: 1, Causal: true})
		},
		"a memory": func(t *op.Tape, _, q, memory *nn.Param, starts, other []int) mat.Tensor {
			return op.CrossAttention(t, q, memory, starts, other, op.Attention{Heads: 2})
		},
	} {
		t.Run(name, func(t *testing.T) {
			tape := optest.Tape(t)
			tape.Infer()
			y := attend(tape, x, q, memory, own, other)
			_, width := op.Size(y)
			packed := slices.Clone(op.Rows(y))
			for s := range 2 {
				tape.Infer()
				alone := attend(tape, cut(x, own, s), cut(q, own, s), cut(memory, other, s),
					[]int{0, own[s+1] - own[s]}, []int{0, other[s+1] - other[s]})
				if !slices.Equal(op.Rows(alone), packed[own[s]*width:own[s+1]*width]) {
					t.Errorf("sequence %d differs from itself alone", s)
				}
			}
		})
	}
}

// cut is a parameter of one sequence's rows.
func cut(x *nn.Param, starts []int, s int) *nn.Param {
	var rows []int
	for i := starts[s]; i < starts[s+1]; i++ {
		rows = append(rows, i)
	}
	return pick(x, rows)
}

// A decoder that reads some tokens at a time, of some sequences more than of others,
// sees what it sees when it reads all at once.
func TestStepsWithAPastAreOnePass(t *testing.T) {
	own := starts([]int{9, 70, 2})
	steps := [][]int{{4, 66, 1}, {1, 1, 0}, {0, 2, 1}, {4, 1, 0}}
	for name, o := range map[string]op.Attention{
		"tokens before":         {Heads: heads, KeyHeads: heads, Causal: true},
		"heads that share keys": {Heads: heads, KeyHeads: 2, Causal: true},
	} {
		t.Run(name, func(t *testing.T) {
			cols := (o.Heads + 2*o.KeyHeads) * size
			x := optest.Random(own[len(own)-1], cols, 1)
			tape := optest.Tape(t)
			tape.Infer()
			want := slices.Clone(op.Rows(op.SelfAttention(tape, x, own, o)))
			o.Past = new(op.Past)
			for _, step := range steps {
				var places []int
				for s, n := range step {
					for i := range n {
						places = append(places, own[s]+o.Past.Len(s)+i)
					}
				}
				tape.Infer()
				got := op.Rows(op.SelfAttention(tape, pick(x, places), starts(step), o))
				for i, place := range places {
					near(t, got[i*heads*size:][:heads*size], want[place*heads*size:][:heads*size])
				}
			}
		})
	}
}

// Beams go on from parents that they may share, and fall away.
func TestAPastFollowsItsBeams(t *testing.T) {
	const cols = 3 * heads * size
	tape := optest.Tape(t)
	o := op.Attention{Heads: heads, Causal: true, Past: new(op.Past)}
	x := optest.Random(12, cols, 1)
	beams := [][]int{{0, 1}, {2, 3}} // the rows of x that each has read
	read := func(rows [][]int) []float32 {
		var places, lengths []int
		for _, r := range rows {
			places, lengths = append(places, r...), append(lengths, len(r))
		}
		tape.Infer()
		return op.Rows(op.SelfAttention(tape, pick(x, places), starts(lengths), o))
	}
	read(beams)
	for step, parents := range [][]int{{1, 1, 0}, {0, 1, 1}, {2, 0}, {1}} {
		o.Past.Keep(parents)
		var next, grown [][]int
		for i, parent := range parents {
			next = append(next, []int{4 + (3*step+i)%8})
			grown = append(grown, append(slices.Clone(beams[parent]), next[i]...))
		}
		beams = grown
		got := slices.Clone(read(next))
		for i, beam := range beams {
			tape.Infer()
			alone := op.Rows(op.SelfAttention(tape, pick(x, beam), []int{0, len(beam)}, op.Attention{Heads: heads, Causal: true}))
			near(t, got[i*heads*size:][:heads*size], alone[(len(beam)-1)*heads*size:])
		}
	}
}

// An encoder's memory is read once; later steps find it in the past.
func TestAMemoryStaysInThePast(t *testing.T) {
	own, other := []int{0, 3, 4}, []int{0, 5, 25}
	q, kv := optest.Random(4, heads*size, 1), optest.Random(25, 2*heads*size, 2)
	tape := optest.Tape(t)
	tape.Infer()
	o := op.Attention{Heads: heads}
	want := slices.Clone(op.Rows(op.CrossAttention(tape, q, kv, own, other, o)))
	o.Past = new(op.Past)
	tape.Infer()
	near(t, op.Rows(op.CrossAttention(tape, q, kv, own, other, o)), want)
	tape.Infer()
	near(t, op.Rows(op.CrossAttention(tape, q, nil, own, nil, o)), want)
	if o.Past.Len(0) != 5 || o.Past.Len(1) != 20 {
		t.Errorf("the past holds %d and %d tokens, want 5 and 20", o.Past.Len(0), o.Past.Len(1))
	}
}

// A sequence without tokens, or without any to attend to, is no reason to fail.
func TestEmptySequences(t *testing.T) {
	tape := optest.Tape(t)
	q, kv := optest.Random(3, heads*size, 1), optest.Random(4, 2*heads*size, 2)
	tape.Learn(1)
	y := op.CrossAttention(tape, q, kv, []int{0, 2, 2, 3, 3}, []int{0, 1, 4, 4, 4}, op.Attention{Heads: heads})
	y.AccGrad(mat.NewDense[float32](mat.WithShape(3, heads*size)))
	if err := ag.Backward(y); err != nil {
		t.Fatal(err)
	}
	near(t, op.Rows(y)[2*heads*size:], make([]float32, heads*size))
	near(t, op.Gradient(q), make([]float32, 3*heads*size))
	near(t, op.Gradient(kv), make([]float32, 4*2*heads*size))
}

// pick is a parameter of some rows of another.
func pick(x *nn.Param, rows []int) *nn.Param {
	_, cols := op.Size(x)
	var values []float32
	for _, r := range rows {
		values = append(values, op.Rows(x)[r*cols:(r+1)*cols]...)
	}
	return op.NewParam(len(rows), cols, values)
}

func near(t *testing.T, got, want []float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d values, want %d", len(got), len(want))
	}
	for i := range want {
		if d := math.Abs(float64(got[i] - want[i])); !(d <= 1e-5*(1+math.Abs(float64(want[i])))) {
			t.Fatalf("value %d is %g, want %g", i, got[i], want[i])
		}
	}
}

func float64s(x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}

func dot(x, y []float64) float64 {
	sum := 0.0
	for i := range x {
		sum += x[i] * y[i]
	}
	return sum
}
