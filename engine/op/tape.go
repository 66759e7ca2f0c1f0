// Package op holds the operators of Attune's models: one per layer step, each
// over the packed rows of a whole batch, each with its forward and backward pass
// side by side in one file, on spaGO's graph. An operator knows no parameters and
// no architecture.
package op

import (
	"sync"

	"github.com/nlpodyssey/spago/ag"
	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/kernel"
)

// Tape is one pass over a batch at a time: it says whether the pass learns, runs
// the operators, draws their dropout, and lends them buffers that live until the
// next pass begins. A tape serves one pass at a time; two models that run at once
// have two tapes.
type Tape struct {
	Workers   *kernel.Workers
	Recompute bool // segments are computed again in the backward pass instead of kept

	learning bool
	graph    bool // operators become nodes
	seed     uint64
	drawn    uint64
	weight   float64   // of the rows that the pass's losses are means of
	plain    float64   // loss of the pass as it is checked
	targets  float64   // that it is the mean of
	wanting  *nn.Param // a parameter that wants a gradient, met while no graph was built
	arena    arena

	watched *Watched // or nil
	beside  *Tape    // of another model, or nil

	turn sync.Mutex // of the segments in the room
	room *Tape      // where they are computed when they are not kept
}

// NewTape makes a tape whose operators run on the workers.
func NewTape(workers *kernel.Workers) *Tape {
	return &Tape{Workers: workers}
}

// Learn begins a pass that builds a graph and drops values at random. The same
// seed draws the same dropout. What the pass before gave is no longer valid.
func (t *Tape) Learn(seed uint64) { t.begin(true, seed) }

// Infer begins a pass without graph, gradients or dropout. What the pass before
// gave is no longer valid.
func (t *Tape) Infer() { t.begin(false, 0) }

func (t *Tape) begin(learning bool, seed uint64) {
	t.arena.reset()
	t.learning, t.graph, t.seed, t.drawn = learning, learning, seed, 0
	t.weight, t.plain, t.targets, t.wanting, t.watched = 0, 0, 0, nil, nil
}

// Learning says whether the pass learns: values are dropped, and gradients follow.
func (t *Tape) Learning() bool { return t.learning }

// Run computes an operator: as a node of the graph when the pass learns and an
// operand wants a gradient, else its value alone.
func (t *Tape) Run(f ag.AutoGradFunction) mat.Tensor {
	if t.graph && wanted(f.Operands()) {
		return ag.NewOperator(&node{f, t}).Run()
	}
	if t.learning && !t.graph {
		t.look(f.Operands())
	}
	y, _ := f.Forward() // the operators of this module never return an error
	return y
}

// node is an operator in the graph, the gradient of whose result is needed no more
// when it has gone back.
type node struct {
	ag.AutoGradFunction
	tape *Tape
}

// inPlace is an operator that writes an operand's gradient over that of its result
// and hands the buffer on.
type inPlace interface{ handsOn() }

func (n *node) Backward(gy mat.Tensor) error {
	err := n.AutoGradFunction.Backward(gy)
	if _, ok := n.AutoGradFunction.(inPlace); !ok {
		n.tape.arena.put(Rows(gy))
	}
	return err
}

// look remembers a parameter that a segment teaches. A node of the graph cannot
// reach it: gradients would go past the segment.
func (t *Tape) look(operands []mat.Tensor) {
	for _, x := range operands {
		_, node := x.(*ag.Operator)
		check(!node, "segment", "it reads a tensor that is not among its inputs")
		if p, ok := x.(*nn.Param); ok && p.RequiresGrad() {
			t.wanting = p
		}
	}
}

// Held gives the bytes of all buffers that the tape keeps for its passes.
func (t *Tape) Held() int64 {
	const bytes = 4 // of a value
	held := bytes * int64(t.arena.size())
	for _, other := range []*Tape{t.room, t.beside} {
		if other != nil {
			held += other.Held()
		}
	}
	return held
}

// Weigh tells how much the rows weigh that a loss of this pass is the mean of, so
// that the means of several passes can be put together as one.
func (t *Tape) Weigh(weight float64) { t.weight += weight }

// Weight gives what all losses of this pass weigh.
func (t *Tape) Weight() float64 { return t.weight }

// Count tells what the loss of this pass would be where nothing learns, and of how many
// targets that is the mean; what is told last holds. What a pass that learns makes small
// may be another: labels are smoothed, rare classes weigh more, a teacher is followed. It
// cannot be set beside the loss on the validation rows, since that of smoothed labels never
// falls below their entropy.
func (t *Tape) Count(plain, targets float64) { t.plain, t.targets = plain, targets }

// Counted gives what was told.
func (t *Tape) Counted() (plain, targets float64) { return t.plain, t.targets }

// New lends a matrix for an operator's result. Its values are whatever was there.
func (t *Tape) New(rows, cols int) (mat.Tensor, []float32) {
	values := t.Buffer(rows * cols)
	x := newTensor(rows, cols, values)
	x.home = &t.arena
	return x, values
}

// Buffer lends n values until the next pass begins. They hold whatever was there.
func (t *Tape) Buffer(n int) []float32 { return t.arena.get(n) }

// Give hands a gradient to an operand that wants one. It is the operand's from
// then on, and an operator's backward pass may overwrite what it was given.
func Give(x mat.Tensor, gradient []float32) {
	rows, cols := Size(x)
	x.AccGrad(dense(rows, cols, gradient))
}

// Dropout draws the next mask of the pass: no values are dropped when the pass
// does not learn.
func (t *Tape) Dropout(rate float64) kernel.Dropout {
	if !t.learning || rate == 0 {
		return kernel.Dropout{}
	}
	t.drawn++
	return kernel.Dropout{Seed: t.seed ^ t.drawn*0x9e3779b97f4a7c15, Rate: float32(rate)}
}
