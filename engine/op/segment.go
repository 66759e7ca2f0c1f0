package op

import (
	"github.com/nlpodyssey/spago/ag"
	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"
)

// Segment computes f of x, one block of a model, so that a pass holds no more
// than it needs. Where no gradient is wanted, all that f was lent ends with it but
// its result, which takes the place of x if x is the result of a segment too. With
// Recompute that is so while learning as well: only x is kept, and Backward
// computes the block again, with the same dropout (Chen et al. 2016, arXiv
// 1604.06174).
//
// f works on the tape that it is given and must give the same whenever it is
// called. Nothing else that it computes may be used outside, and x not after it.
func (t *Tape) Segment(x mat.Tensor, f func(t *Tape, x mat.Tensor) mat.Tensor) mat.Tensor {
	return t.SegmentOf([]mat.Tensor{x}, func(t *Tape, x []mat.Tensor) mat.Tensor { return f(t, x[0]) })
}

// SegmentOf is Segment for a block that reads more than one tensor, such as an
// encoder's memory or a bias that all blocks share. The first is the one that the
// result may take the place of. f must take all of them from its argument.
func (t *Tape) SegmentOf(x []mat.Tensor, f func(t *Tape, x []mat.Tensor) mat.Tensor) mat.Tensor {
	y := t.segmentOf(x, f)
	t.segmented(y)
	return y
}

func (t *Tape) segmentOf(x []mat.Tensor, f func(t *Tape, x []mat.Tensor) mat.Tensor) mat.Tensor {
	if t.Recompute && t.watched == nil {
		return t.forgetful(x, f)
	}
	mark := t.arena.mark()
	y := f(t, x)
	if _, node := y.(*ag.Operator); node || y == x[0] {
		return y
	}
	if y, ok := overwrite(x[0], y); ok {
		t.arena.release(mark)
		return y
	}
	t.arena.release(mark)
	return t.keep(y)
}

// keep copies a result into a buffer of the tape, which may lie over it.
func (t *Tape) keep(y mat.Tensor) *tensor {
	rows, cols := Size(y)
	kept := t.Buffer(rows * cols)
	copy(kept, Rows(y))
	result := newTensor(rows, cols, kept)
	result.passing = true
	return result
}

// overwrite puts a result into the place of a segment's input, if that can be.
func overwrite(x, y mat.Tensor) (mat.Tensor, bool) {
	old, ok := x.(*tensor)
	if !ok || !old.passing || old.Size() != y.Size() {
		return nil, false
	}
	rows, cols := Size(y)
	values := mat.Data[float32](old.Dense)
	copy(values, Rows(y))
	old.gone = true
	result := newTensor(rows, cols, values)
	result.passing = true
	return result, true
}

// forgetful computes a segment in the room that all segments of the tape share.
func (t *Tape) forgetful(x []mat.Tensor, f func(*Tape, []mat.Tensor) mat.Tensor) mat.Tensor {
	s := &segment{tape: t, inputs: x, f: f, drawn: t.drawn}
	room := t.enter(t.drawn)
	y := f(room, detach(x))
	t.drawn = room.drawn
	s.learned = room.wanting
	defer t.leave()
	if t.graph && (s.learned != nil || wanted(x)) {
		s.result = t.keep(y)
		return ag.NewOperator(s).Run()
	}
	if y, ok := overwrite(x[0], y); ok {
		return y
	}
	return t.keep(y)
}

// enter gives the tape of the segments, for one of them at a time, at the start
// of its buffers and at the dropout that was drawn so far. It builds no graph.
func (t *Tape) enter(drawn uint64) *Tape {
	t.turn.Lock()
	if t.room == nil {
		t.room = NewTape(t.Workers)
		t.room.arena.counting = t.arena.counting
	}
	t.room.begin(t.learning, t.seed)
	t.room.graph, t.room.drawn = false, drawn
	return t.room
}

func (t *Tape) leave() { t.turn.Unlock() }

// segment is a block that Backward computes again.
type segment struct {
	tape    *Tape
	inputs  []mat.Tensor
	f       func(*Tape, []mat.Tensor) mat.Tensor
	drawn   uint64     // masks of the pass before the block
	learned *nn.Param  // one of those that the block teaches, or nil
	result  mat.Tensor // [rows x cols]
}

func (s *segment) Operands() []mat.Tensor {
	if s.learned == nil {
		return s.inputs
	}
	return append([]mat.Tensor{s.learned}, s.inputs...)
}

func (s *segment) Forward() (mat.Tensor, error) { return s.result, nil }

func (s *segment) Backward(gy mat.Tensor) error {
	gradients := s.backward(gy)
	s.tape.arena.put(Rows(gy))
	for i, x := range s.inputs {
		if x.RequiresGrad() {
			Give(x, gradients[i])
		}
	}
	return nil
}

// backward gives the gradients of the inputs, in buffers of the tape. They are
// handed on only when the room is free again: the block below is waiting for both.
func (s *segment) backward(gy mat.Tensor) [][]float32 {
	room := s.tape.enter(s.drawn)
	defer s.tape.leave()
	room.graph = true
	inputs := detach(s.inputs)
	y := s.f(room, inputs)
	y.AccGrad(gy)
	_ = ag.Backward(y) // fails only without a gradient
	gradients := make([][]float32, len(inputs))
	for i, x := range inputs {
		if !x.RequiresGrad() {
			continue
		}
		gradients[i] = s.tape.Buffer(x.Size())
		if x.HasGrad() {
			copy(gradients[i], Rows(x.Grad()))
		} else {
			clear(gradients[i]) // whoever computed x waits for a gradient
		}
	}
	return gradients
}

// detach gives the same values outside of the graph.
func detach(x []mat.Tensor) []mat.Tensor {
	all := make([]mat.Tensor, len(x))
	for i := range x {
		rows, cols := Size(x[i])
		leaf := newTensor(rows, cols, Rows(x[i]))
		leaf.SetRequiresGrad(x[i].RequiresGrad())
		all[i] = leaf
	}
	return all
}

// wanted says whether any of the operands wants a gradient.
func wanted(operands []mat.Tensor) bool {
	for _, x := range operands {
		if x.RequiresGrad() {
			return true
		}
	}
	return false
}
