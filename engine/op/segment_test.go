package op_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/nlpodyssey/spago/ag"
	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/kernel"
	"attune/engine/op"
	"attune/engine/op/optest"
)

// stack is a little network of blocks that all read a memory beside their input
// and share a table, as a decoder's do.
type stack struct {
	table, gain, bias, cue *nn.Param
	weights                []*nn.Param
}

const stackWidth = 12

func newStack(blocks int) stack {
	s := stack{
		table: optest.Random(20, stackWidth, 1), gain: optest.Random(1, stackWidth, 2),
		bias: optest.Random(1, stackWidth, 3), cue: optest.Random(6, stackWidth, 4),
	}
	for i := range blocks {
		s.weights = append(s.weights, optest.Random(stackWidth, stackWidth, uint64(10+i)))
	}
	return s
}

func (s stack) params() []*nn.Param {
	return append([]*nn.Param{s.table, s.gain, s.bias, s.cue}, s.weights...)
}

func (s stack) forward(t *op.Tape) mat.Tensor {
	ids := []int{3, 3, 19, 0, 7, 1}
	read := op.Activate(t, s.cue, kernel.Tanh)
	x := op.Dropout(t, op.Embed(t, op.Lookup{Table: s.table, IDs: ids}), 0.1)
	for _, w := range s.weights {
		read = op.Again(t, read)
		x = t.SegmentOf([]mat.Tensor{x, read}, func(t *op.Tape, in []mat.Tensor) mat.Tensor {
			x := op.AddNorm(t, op.Linear(t, in[0], w, s.bias), in[1], s.gain, s.bias, 1e-5, 0.2)
			return op.AddNorm(t, op.Activate(t, op.Linear(t, x, s.table, nil), kernel.GELU), nil, optest.Random(1, 20, 5), optest.Random(1, 20, 6), 1e-5, 0.3)
		})
		x = t.Segment(x, func(t *op.Tape, x mat.Tensor) mat.Tensor {
			return op.Dropout(t, op.Linear(t, x, optest.Random(stackWidth, 20, 7), nil), 0.1)
		})
	}
	return op.Linear(t, op.Pick(t, x, []int{2}), optest.Random(1, stackWidth, 8), nil)
}

// gradients of every parameter after one pass.
func (s stack) gradients(t *testing.T, tape *op.Tape) (loss float32, all [][]float32) {
	t.Helper()
	for _, p := range s.params() {
		p.ZeroGrad()
	}
	tape.Learn(11)
	y := s.forward(tape)
	loss = op.Rows(y)[0]
	if err := ag.Backward(y); err != nil {
		t.Fatal(err)
	}
	for _, p := range s.params() {
		all = append(all, slices.Clone(op.Gradient(p)))
	}
	return loss, all
}

func TestRecomputedGradientsAreBitEqual(t *testing.T) {
	for name, frozen := range map[string]func(stack) []*nn.Param{
		"nothing frozen":      func(stack) []*nn.Param { return nil },
		"the table frozen":    func(s stack) []*nn.Param { return []*nn.Param{s.table} },
		"lower blocks frozen": func(s stack) []*nn.Param { return []*nn.Param{s.table, s.gain, s.bias, s.cue, s.weights[0]} },
		"one input frozen":    func(s stack) []*nn.Param { return []*nn.Param{s.cue} },
	} {
		t.Run(name, func(t *testing.T) {
			s := newStack(3)
			for _, p := range frozen(s) {
				p.SetRequiresGrad(false)
			}
			tape := optest.Tape(t)
			loss, want := s.gradients(t, tape)
			tape.Recompute = true
			for range 5 {
				again, got := s.gradients(t, tape)
				if again != loss {
					t.Fatalf("the loss is %g when recomputed, %g when kept", again, loss)
				}
				for i := range want {
					if (got[i] == nil) != (want[i] == nil) || !slices.Equal(got[i], want[i]) {
						t.Fatalf("the gradient of parameter %d differs", i)
					}
				}
			}
		})
	}
}

func TestSegmentsGiveTheSameWithoutAGraph(t *testing.T) {
	s := newStack(3)
	tape := optest.Tape(t)
	var want []float32
	for _, recompute := range []bool{false, true} {
		tape.Recompute = recompute
		for range 3 {
			tape.Infer()
			got := slices.Clone(op.Rows(s.forward(tape)))
			if want == nil {
				want = got
			} else if !slices.Equal(got, want) {
				t.Errorf("recompute %t: %v, want %v", recompute, got, want)
			}
		}
	}
}

// wide computes blocks that need a hundred times the room of their result.
func wide(t *op.Tape, blocks int) mat.Tensor {
	x := op.Activate(t, optest.Random(500, 10, 1), kernel.Tanh)
	grow, shrink := optest.Random(1000, 10, 2), optest.Random(10, 1000, 3)
	for range blocks {
		x = t.Segment(x, func(t *op.Tape, x mat.Tensor) mat.Tensor {
			return op.Linear(t, op.Activate(t, op.Linear(t, x, grow, nil), kernel.GELU), shrink, nil)
		})
	}
	return op.Linear(t, op.Pick(t, x, []int{0}), optest.Random(1, 10, 4), nil)
}

func TestAPassNeedsTheRoomOfOneBlock(t *testing.T) {
	held := func(recompute, learn bool, blocks int) float64 {
		tape := optest.Tape(t)
		tape.Recompute = recompute
		for range 2 { // the second pass runs in one slab
			if !learn {
				tape.Infer()
				wide(tape, blocks)
				continue
			}
			tape.Learn(1)
			if err := ag.Backward(wide(tape, blocks)); err != nil {
				t.Fatal(err)
			}
		}
		return float64(tape.Held())
	}
	for _, c := range []struct {
		name             string
		recompute, learn bool
	}{{"inference", false, false}, {"inference beside recomputation", true, false}, {"recomputation", true, true}} {
		if one, ten := held(c.recompute, c.learn, 1), held(c.recompute, c.learn, 10); ten > 1.15*one {
			t.Errorf("%s: ten blocks hold %.0f bytes, one %.0f", c.name, ten, one)
		}
	}
	if kept, again := held(false, true, 10), held(true, true, 10); again > kept/4 {
		t.Errorf("recomputation holds %.0f bytes of %.0f", again, kept)
	}
}

func TestMisusedSegmentsPanic(t *testing.T) {
	for name, build := range map[string]func(*op.Tape){
		"an input after its segment": func(tape *op.Tape) {
			tape.Infer()
			half := func(t *op.Tape, x mat.Tensor) mat.Tensor { return op.Activate(t, x, kernel.Tanh) }
			x := tape.Segment(optest.Random(2, 3, 1), half)
			tape.Segment(x, half)
			op.Rows(x)
		},
		"a tensor from outside": func(tape *op.Tape) {
			tape.Recompute = true
			tape.Learn(1)
			h := op.Activate(tape, optest.Random(2, 3, 1), kernel.Tanh)
			tape.Segment(h, func(t *op.Tape, x mat.Tensor) mat.Tensor {
				return op.AddNorm(t, x, h, optest.Random(1, 3, 1), optest.Random(1, 3, 2), 1e-5, 0)
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				err, _ := recover().(error)
				var shape *op.ShapeError
				if !errors.As(err, &shape) {
					t.Errorf("recovered %v, want a ShapeError", err)
				}
			}()
			build(optest.Tape(t))
		})
	}
}
