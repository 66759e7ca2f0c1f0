package op_test

import (
	"math"
	"slices"
	"testing"

	"github.com/nlpodyssey/spago/ag"
	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/kernel"
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
	table := optest.Random(32, heads, 5)
	content, position, of := optest.Random(1, heads*size, 6), optest.Random(1, heads*size, 7), optest.Random(1, heads*size, 8)
	distances, segments := optest.Random(2*520, heads*size, 9), optest.Random(2, heads*size, 10)
	relative := op.Relative{Content: content, Position: position, Distances: distances}
	withSegments := relative
	withSegments.Segments = &op.Segments{Of: cycle(tokens, 0, 0, 1, 1, 1, 0, 2), Bias: of, Table: segments}
	ranks := cycle(tokens, 0, 3, 5, 1, 0, 4, 2, 9, 7)
	// Two queries of each sequence, where it has two tokens.
	asked, places := []int{0}, []int{}
	for _, n := range lengths {
		asked, places = append(asked, asked[len(asked)-1]+min(n, 2)), append(places, []int{n - 1, n / 3}[:min(n, 2)]...)
	}
	targets, content2 := optest.Random(len(places), heads*size, 11), optest.Random(tokens, 2*heads*size, 12)
	strict := make([]bool, len(places))
	for i := range strict {
		strict[i] = i%3 != 1 // some see their own rank
	}
	hidden := func(strict []bool, place func(s, i int) int) func(s, i, j int) bool {
		return func(s, i, j int) bool {
			own, other := ranks[own[s]+place(s, i)], ranks[own[s]+j]
			return other > own || strict != nil && strict[asked[s]+i] && other == own
		}
	}
	place := func(s, i int) int { return places[asked[s]+i] }
	itself := func(_, i int) int { return i }
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
		{"buckets on both sides", op.Attention{Heads: heads, Scale: 1, Buckets: &op.Buckets{Table: table, Farthest: 128}}, []*nn.Param{qkv, table}, self(qkv), func(x [][]float64) []float64 {
			score := func(_, head, i, j int) float64 {
				if j > i {
					return x[1][(16+bucket(16, j-i))*heads+head]
				}
				return x[1][bucket(16, i-j)*heads+head]
			}
			return definition{queries: x[0], keys: x[0], starts: own, keyStarts: own, scale: 1, score: score}.attend()
		}},
		{"buckets before", op.Attention{Heads: heads, Causal: true, Scale: 0.7, Buckets: &op.Buckets{Table: table, Causal: true, Farthest: 128}}, []*nn.Param{qkv, table}, self(qkv), func(x [][]float64) []float64 {
			score := func(s, head, i, j int) float64 {
				return before(s, head, i, j) + x[1][bucket(32, max(0, i-j))*heads+head]
			}
			return definition{queries: x[0], keys: x[0], starts: own, keyStarts: own, scale: 0.7, score: score}.attend()
		}},
		{"distances", op.Attention{Heads: heads, Relative: &relative}, []*nn.Param{qkv, content, position, distances}, self(qkv), func(x [][]float64) []float64 {
			d := definition{queries: x[0], keys: x[0], starts: own, keyStarts: own}
			d.score = d.relative(x[1], x[2], x[3], nil, nil, nil, itself)
			return d.attend()
		}},
		{"distances and segments in an order", op.Attention{Heads: heads, Relative: &withSegments, Order: &op.Order{Ranks: ranks}}, []*nn.Param{qkv, content, position, distances, of, segments}, self(qkv), func(x [][]float64) []float64 {
			d := definition{queries: x[0], keys: x[0], starts: own, keyStarts: own, hidden: hidden(nil, itself)}
			d.score = d.relative(x[1], x[2], x[3], withSegments.Segments.Of, x[4], x[5], itself)
			return d.attend()
		}},
		{"what is asked for in an order", op.Attention{Heads: heads, Relative: &withSegments, Order: &op.Order{Ranks: ranks, Strict: strict}, Places: places}, []*nn.Param{targets, content2, content, position, distances, of, segments}, func(t *op.Tape, o op.Attention) mat.Tensor {
			return op.CrossAttention(t, targets, content2, asked, own, o)
		}, func(x [][]float64) []float64 {
			d := definition{queries: x[0], keys: x[1], starts: asked, keyStarts: own, hidden: hidden(strict, place)}
			d.score = d.relative(x[2], x[3], x[4], withSegments.Segments.Of, x[5], x[6], place)
			return d.attend()
		}},
	}
}

// cycle repeats values.
func cycle(n int, values ...int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = values[i%len(values)]
	}
	return all
}

// bucket is T5's for a distance, of so many that reach to 128.
func bucket(count, distance int) int {
	exact := float64(count) / 2
	if d := float64(distance); d >= exact {
		const rounding = 1e-9
		return min(count-1, int(exact+math.Log(d/exact)/math.Log(128/exact)*exact+rounding))
	}
	return distance
}

// relative gives the scores of Transformer-XL and XLNet beside queries times keys.
func (d definition) relative(content, position, distances []float64, of []int, bias, table []float64, place func(s, i int) int) func(s, head, i, j int) float64 {
	const width = heads * size
	return func(s, head, i, j int) float64 {
		q := d.queries[(d.starts[s]+i)*len(d.queries)/d.starts[len(d.starts)-1]+head*size:]
		k := d.key(s, head, j)
		row := (len(distances)/width/2 - place(s, i) + j) * width
		score := 0.0
		for c := range size {
			at := head*size + c
			score += content[at]*k[c] + (q[c]+position[at])*distances[row+at]
			if of != nil && of[d.keyStarts[s]+place(s, i)] != of[d.keyStarts[s]+j] {
				score += (q[c] + bias[at]) * table[width+at]
			} else if of != nil {
				score += (q[c] + bias[at]) * table[at]
			}
		}
		return score
	}
}

// definition is attention as the papers write it. Queries are the first columns of
// their rows, keys and values the last.
type definition struct {
	queries, keys     []float64
	starts, keyStarts []int
	shared            int                             // heads that share their keys; 0 for 1
	scale             float64                         // 0 for 1/√size
	score             func(s, head, i, j int) float64 // or nil
	hidden            func(s, i, j int) bool          // or nil
}

// key gives a key, with its value heads·size further on.
func (d definition) key(s, head, j int) []float64 {
	width := len(d.keys) / d.keyStarts[len(d.keyStarts)-1]
	shared := max(d.shared, 1)
	return d.keys[(d.keyStarts[s]+j+1)*width-(2*heads/shared-head/shared)*size:]
}

func (d definition) attend() []float64 {
	if d.scale == 0 {
		d.scale = 1 / math.Sqrt(size)
	}
	rows := d.starts[len(d.starts)-1]
	width, values := len(d.queries)/rows, heads/max(d.shared, 1)*size
	y := make([]float64, rows*heads*size)
	for s := range len(d.starts) - 1 {
		for i := range d.starts[s+1] - d.starts[s] {
			for head := range heads {
				q := d.queries[(d.starts[s]+i)*width+head*size:]
				p, sum := make([]float64, d.keyStarts[s+1]-d.keyStarts[s]), 0.0
				for j := range p {
					if d.hidden != nil && d.hidden(s, i, j) {
						continue
					}
					if d.score != nil {
						p[j] = d.score(s, head, i, j)
					}
					for c, k := range d.key(s, head, j)[:size] {
						p[j] += q[c] * k
					}
					p[j] = math.Exp(p[j] * d.scale)
					sum += p[j]
				}
				for j := range p {
					for c, v := range d.key(s, head, j)[values:][:size] {
						if sum > 0 {
							y[((d.starts[s]+i)*heads+head)*size+c] += p[j] / sum * v
						}
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

// The slope of the definition in a direction must be that of the gradient.
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
			op.Give(y, slices.Clone(weights))
			if err := ag.Backward(y); err != nil {
				t.Fatal(err)
			}
			const h = 1e-5
			var directions [][]float64
			for n, p := range c.operands {
				rows, cols := op.Size(p)
				directions = append(directions, float64s(op.Rows(optest.Random(rows, cols, uint64(51+n)))))
			}
			objective := func(h float64) float64 {
				moved := make([][]float64, len(c.operands))
				for n, p := range c.operands {
					moved[n] = float64s(op.Rows(p))
					for i := range moved[n] {
						moved[n][i] += h * directions[n][i]
					}
				}
				return dot(c.plain(moved), float64s(weights))
			}
			want, got := (objective(h)-objective(-h))/(2*h), 0.0
			for n, p := range c.operands {
				got += dot(float64s(op.Gradient(p)), directions[n])
			}
			if math.Abs(got-want) > 1e-4*(1+math.Abs(want)) {
				t.Errorf("slope %g, want %g", got, want)
			}
		})
	}
}

// What several sequences teach is added up in one order, by however many workers.
func TestAttentionGradientsAreBitEqual(t *testing.T) {
	for _, c := range ways() {
		t.Run(c.name, func(t *testing.T) {
			var first [][]float32
			for _, count := range []int{1, 2, 3, 2} {
				workers := kernel.NewWorkers(count)
				defer workers.Close()
				tape := op.NewTape(workers)
				tape.Learn(1)
				c.o.Dropout = 0.1
				y := c.build(tape, c.o)
				rows, cols := op.Size(y)
				op.Give(y, slices.Clone(op.Rows(optest.Random(rows, cols, 50))))
				var gradients [][]float32
				for _, p := range c.operands {
					p.ZeroGrad()
				}
				if err := ag.Backward(y); err != nil {
					t.Fatal(err)
				}
				for _, p := range c.operands {
					gradients = append(gradients, slices.Clone(op.Gradient(p)))
				}
				if first == nil {
					first = gradients
				} else if !slices.EqualFunc(first, gradients, slices.Equal) {
					t.Fatalf("%d workers give other gradients", count)
				}
			}
		})
	}
}

func TestASequenceAttendsToItselfAlone(t *testing.T) {
	own, other := []int{0, 4, 9}, []int{0, 5, 6}
	qkv, kv, q := optest.Random(9, 3*8, 1), optest.Random(6, 2*8, 2), optest.Random(9, 8, 3)
	ranks, segments := []int{0, 2, 1, 0, 0, 1, 3, 2, 0}, []int{0, 0, 1, 1, 0, 1, 1, 1, 2}
	table, of := optest.Random(8, 2, 4), optest.Random(2, 8, 5)
	distances, vector := optest.Random(12, 8, 6), optest.Random(1, 8, 7)
	// Each attends from the sequences first to last of all.
	for name, attend := range map[string]func(t *op.Tape, first, last int) mat.Tensor{
		"every token": func(t *op.Tape, first, last int) mat.Tensor {
			return op.SelfAttention(t, cut(qkv, own, first, last), within(own, first, last), op.Attention{Heads: 2})
		},
		"tokens before": func(t *op.Tape, first, last int) mat.Tensor {
			return op.SelfAttention(t, cut(qkv, own, first, last), within(own, first, last), op.Attention{Heads: 2, Causal: true})
		},
		"heads that share keys": func(t *op.Tape, first, last int) mat.Tensor {
			return op.SelfAttention(t, cut(qkv, own, first, last), within(own, first, last), op.Attention{Heads: 4, KeyHeads: 1, Causal: true})
		},
		"a memory": func(t *op.Tape, first, last int) mat.Tensor {
			return op.CrossAttention(t, cut(q, own, first, last), cut(kv, other, first, last), within(own, first, last), within(other, first, last), op.Attention{Heads: 2})
		},
		"buckets": func(t *op.Tape, first, last int) mat.Tensor {
			return op.SelfAttention(t, cut(qkv, own, first, last), within(own, first, last), op.Attention{Heads: 2, Buckets: &op.Buckets{Table: table, Farthest: 3}})
		},
		"distances and segments in an order": func(t *op.Tape, first, last int) mat.Tensor {
			return op.SelfAttention(t, cut(qkv, own, first, last), within(own, first, last), op.Attention{
				Heads: 2, Order: &op.Order{Ranks: ranks[own[first]:own[last]]},
				Relative: &op.Relative{
					Content: vector, Position: vector, Distances: distances,
					Segments: &op.Segments{Of: segments[own[first]:own[last]], Bias: vector, Table: of},
				},
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			tape := optest.Tape(t)
			tape.Infer()
			y := attend(tape, 0, 2)
			_, width := op.Size(y)
			packed := slices.Clone(op.Rows(y))
			for s := range 2 {
				tape.Infer()
				if !slices.Equal(op.Rows(attend(tape, s, s+1)), packed[own[s]*width:own[s+1]*width]) {
					t.Errorf("sequence %d differs from itself alone", s)
				}
			}
		})
	}
}

// cut is a parameter of the rows of some sequences, within their starts from 0.
func cut(x *nn.Param, starts []int, first, last int) *nn.Param {
	var rows []int
	for i := starts[first]; i < starts[last]; i++ {
		rows = append(rows, i)
	}
	return pick(x, rows)
}

func within(starts []int, first, last int) []int {
	var all []int
	for _, start := range starts[first : last+1] {
		all = append(all, start-starts[first])
	}
	return all
}

// A decoder that reads some tokens at a time, of some sequences more than of others,
// sees what it sees when it reads all at once.
func TestStepsWithAPastAreOnePass(t *testing.T) {
	own := starts([]int{9, 70, 2})
	steps := [][]int{{4, 66, 1}, {1, 1, 0}, {0, 2, 1}, {4, 1, 0}}
	for name, o := range map[string]op.Attention{
		"tokens before":         {Heads: heads, KeyHeads: heads, Causal: true},
		"heads that share keys": {Heads: heads, KeyHeads: 2, Causal: true},
		"buckets":               {Heads: heads, KeyHeads: heads, Causal: true, Scale: 1, Buckets: &op.Buckets{Table: optest.Random(8, heads, 2), Causal: true, Farthest: 20}},
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
	op.Give(y, make([]float32, 3*heads*size))
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
