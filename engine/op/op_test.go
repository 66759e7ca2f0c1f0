package op_test

import (
	"errors"
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

func TestGradients(t *testing.T) {
	x, residual := optest.Random(7, 6, 1), optest.Random(7, 6, 2)
	weight, bias := optest.Random(5, 6, 3), optest.Random(1, 5, 4)
	back := optest.Random(6, 5, 12)
	gain, shift := optest.Random(1, 6, 5), optest.Random(1, 6, 6)
	words, places := optest.Random(9, 6, 7), optest.Random(7, 6, 8)
	qkv, memory := optest.Random(7, 3*6, 9), optest.Random(9, 2*6, 10)
	starts := []int{0, 3, 4, 7}
	scores := optest.Random(7, 1, 16)
	table, segments, distances := optest.Random(8, 2, 11), optest.Random(2, 6, 12), optest.Random(8, 6, 13)
	asked, keys := optest.Random(3, 6, 14), optest.Random(7, 2*6, 15)
	relative := &op.Relative{
		Content: gain, Position: shift, Distances: distances,
		Segments: &op.Segments{Of: []int{0, 0, 1, 0, 0, 1, 2}, Bias: shift, Table: segments},
	}
	for _, c := range []struct {
		name     string
		build    func(*op.Tape) mat.Tensor
		operands []*nn.Param
	}{
		{"linear", func(t *op.Tape) mat.Tensor { return op.Linear(t, x, weight, bias) }, []*nn.Param{x, weight, bias}},
		{"linear without bias", func(t *op.Tape) mat.Tensor { return op.Linear(t, x, weight, nil) }, []*nn.Param{x, weight}},
		{"feed-forward", func(t *op.Tape) mat.Tensor {
			return op.FeedForward(t, x, weight, bias, kernel.GELU, back, shift)
		}, []*nn.Param{x, weight, bias, back, shift}},
		{"feed-forward without biases", func(t *op.Tape) mat.Tensor {
			return op.FeedForward(t, x, weight, nil, kernel.SiLU, back, nil)
		}, []*nn.Param{x, weight, back}},
		{"embed", func(t *op.Tape) mat.Tensor {
			return op.Embed(t, op.Lookup{Table: words, IDs: []int{3, 3, 0, 8}}, op.Lookup{Table: places, IDs: []int{0, op.None, 2, 3}, Partial: true})
		}, []*nn.Param{words, places}},
		{"embed after what shares its table", func(t *op.Tape) mat.Tensor {
			before := op.Scale(t, op.Embed(t, op.Lookup{Table: words, IDs: []int{3, 3, 0}}), 2)
			return op.Add(t, op.EmbedAfter(t, before, op.Lookup{Table: words, IDs: []int{0, 3, 8}}), before, 0)
		}, []*nn.Param{words}},
		{"again and again", func(t *op.Tape) mat.Tensor {
			y := op.Again(t, x)
			return op.Add(t, op.Add(t, op.Scale(t, x, 3), y, 0), op.Again(t, y), 0)
		}, []*nn.Param{x}},
		{"weighted mean", func(t *op.Tape) mat.Tensor { return op.WeightedMean(t, x, scores, []int{0, 3, 4, 7}) }, []*nn.Param{x, scores}},
		{"mean", func(t *op.Tape) mat.Tensor { return op.Mean(t, x, []int{0, 3, 3, 7}) }, []*nn.Param{x}},
		{"add and norm", func(t *op.Tape) mat.Tensor { return op.AddNorm(t, x, residual, gain, shift, 1e-5, 0) }, []*nn.Param{x, residual, gain, shift}},
		{"add and norm with dropout", func(t *op.Tape) mat.Tensor { return op.AddNorm(t, x, residual, gain, shift, 1e-5, 0.3) }, []*nn.Param{x, residual, gain, shift}},
		{"norm with dropout", func(t *op.Tape) mat.Tensor { return op.AddNorm(t, x, nil, gain, shift, 1e-5, 0.3) }, []*nn.Param{x, gain, shift}},
		{"gelu", func(t *op.Tape) mat.Tensor { return op.Activate(t, x, kernel.GELU) }, []*nn.Param{x}},
		{"gelu tanh", func(t *op.Tape) mat.Tensor { return op.Activate(t, x, kernel.GELUTanh) }, []*nn.Param{x}},
		{"silu", func(t *op.Tape) mat.Tensor { return op.Activate(t, x, kernel.SiLU) }, []*nn.Param{x}},
		{"tanh", func(t *op.Tape) mat.Tensor { return op.Activate(t, x, kernel.Tanh) }, []*nn.Param{x}},
		{"scale", func(t *op.Tape) mat.Tensor { return op.Scale(t, x, -2.5) }, []*nn.Param{x}},
		{"dropout", func(t *op.Tape) mat.Tensor { return op.Dropout(t, x, 0.4) }, []*nn.Param{x}},
		{"relu", func(t *op.Tape) mat.Tensor { return op.Activate(t, x, kernel.ReLU) }, []*nn.Param{x}},
		{"add", func(t *op.Tape) mat.Tensor { return op.Add(t, x, residual, 0) }, []*nn.Param{x, residual}},
		{"add with dropout", func(t *op.Tape) mat.Tensor { return op.Add(t, x, residual, 0.3) }, []*nn.Param{x, residual}},
		{"add a tensor to itself", func(t *op.Tape) mat.Tensor { return op.Add(t, x, x, 0.3) }, []*nn.Param{x}},
		{"RMS norm", func(t *op.Tape) mat.Tensor { return op.RMSNorm(t, x, gain, 1e-5) }, []*nn.Param{x, gain}},
		{"gated", func(t *op.Tape) mat.Tensor { return op.Gated(t, x, kernel.SiLU) }, []*nn.Param{x}},
		{"rotate", func(t *op.Tape) mat.Tensor {
			return op.Rotate(t, qkv, op.NewRotation(t, []int{0, 1, 2, 0, 0, 1, 7}, []float64{1, 0.1}), 3)
		}, []*nn.Param{qkv}},
		{"pick", func(t *op.Tape) mat.Tensor { return op.Pick(t, x, []int{5, 0, 5}) }, []*nn.Param{x}},
		{"self-attention", func(t *op.Tape) mat.Tensor { return op.SelfAttention(t, qkv, starts, op.Attention{Heads: 2}) }, []*nn.Param{qkv}},
		{"self-attention with dropout", func(t *op.Tape) mat.Tensor {
			return op.SelfAttention(t, qkv, starts, op.Attention{Heads: 2, Dropout: 0.2})
		}, []*nn.Param{qkv}},
		{"causal attention with dropout", func(t *op.Tape) mat.Tensor {
			return op.SelfAttention(t, qkv, starts, op.Attention{Heads: 2, Causal: true, Dropout: 0.2})
		}, []*nn.Param{qkv}},
		{"attention with shared keys", func(t *op.Tape) mat.Tensor {
			return op.SelfAttention(t, qkv, starts, op.Attention{Heads: 4, KeyHeads: 1, Causal: true})
		}, []*nn.Param{qkv}},
		{"attention by rotation", func(t *op.Tape) mat.Tensor {
			rotation := op.NewRotation(t, []int{0, 1, 2, 0, 0, 1, 2}, []float64{0.5})
			return op.SelfAttention(t, qkv, starts, op.Attention{Heads: 3, Causal: true, Rotation: rotation})
		}, []*nn.Param{qkv}},
		{"attention with buckets and dropout", func(t *op.Tape) mat.Tensor {
			return op.SelfAttention(t, qkv, starts, op.Attention{Heads: 2, Scale: 1, Dropout: 0.2, Buckets: &op.Buckets{Table: table, Farthest: 3}})
		}, []*nn.Param{qkv, table}},
		{"relative attention in an order, with dropout", func(t *op.Tape) mat.Tensor {
			return op.SelfAttention(t, qkv, starts, op.Attention{Heads: 2, Dropout: 0.2, Order: &op.Order{Ranks: []int{0, 1, 0, 0, 2, 1, 1}}, Relative: relative})
		}, []*nn.Param{qkv, gain, shift, segments, distances}},
		{"relative attention of what is asked for", func(t *op.Tape) mat.Tensor {
			return op.CrossAttention(t, asked, keys, []int{0, 2, 2, 3}, starts, op.Attention{
				Heads: 2, Order: &op.Order{Ranks: []int{0, 1, 2, 0, 0, 1, 1}, Strict: []bool{true, true, true}}, Relative: relative, Places: []int{2, 1, 1},
			})
		}, []*nn.Param{asked, keys, gain, shift, segments, distances}},
		{"cross-attention with dropout", func(t *op.Tape) mat.Tensor {
			return op.CrossAttention(t, x, memory, starts, []int{0, 1, 5, 9}, op.Attention{Heads: 3, Dropout: 0.2})
		}, []*nn.Param{x, memory}},
		{"an input used twice", func(t *op.Tape) mat.Tensor {
			h := op.Activate(t, x, kernel.GELU)
			return op.AddNorm(t, op.Dropout(t, h, 0.1), h, gain, shift, 1e-5, 0)
		}, []*nn.Param{x, gain, shift}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, p := range c.operands {
				p.ZeroGrad()
			}
			optest.Gradients(t, c.build, c.operands...)
		})
	}
}

// What attention sees of two rotated rows depends on how far apart they are alone (Su et
// al. 2021).
func TestRotatedRowsKnowTheirDistance(t *testing.T) {
	tape := optest.Tape(t)
	x := optest.Random(1, 8, 1)
	twice := op.NewParam(2, 8, append(slices.Clone(op.Rows(x)), op.Rows(optest.Random(1, 8, 2))...))
	product := func(first, second int) (sum float64) {
		tape.Infer()
		y := op.Rows(op.Rotate(tape, twice, op.NewRotation(tape, []int{first, second}, []float64{1, 0.3, 0.1, 0.01}), 1))
		for i := range 8 {
			sum += float64(y[i]) * float64(y[8+i])
		}
		return sum
	}
	if near, moved := product(2, 5), product(12, 15); math.Abs(near-moved) > 1e-5 {
		t.Errorf("three apart the product is %g and %g", near, moved)
	}
	if near, far := product(2, 5), product(2, 9); math.Abs(near-far) < 1e-3 {
		t.Errorf("three and seven apart the product is %g", far)
	}
}

func TestDropoutIsDrawnFromTheSeed(t *testing.T) {
	tape := optest.Tape(t)
	x := optest.Random(20, 50, 1)
	draw := func(seed uint64) []float32 {
		tape.Learn(seed)
		return slices.Clone(op.Rows(op.Dropout(tape, x, 0.5)))
	}
	first := draw(1)
	if !slices.Equal(first, draw(1)) {
		t.Error("the same seed dropped other values")
	}
	if slices.Equal(first, draw(2)) {
		t.Error("another seed dropped the same values")
	}
	tape.Infer()
	if !slices.Equal(op.Rows(op.Dropout(tape, x, 0.5)), op.Rows(x)) {
		t.Error("a pass that does not learn dropped values")
	}
}

func TestMisfitsPanicWhileTheGraphIsBuilt(t *testing.T) {
	tape := optest.Tape(t)
	tape.Learn(1)
	x := optest.Random(4, 6, 1)
	for name, build := range map[string]func(){
		"linear":    func() { op.Linear(tape, x, optest.Random(3, 5, 1), nil) },
		"network":   func() { op.FeedForward(tape, x, optest.Random(3, 6, 1), nil, kernel.GELU, optest.Random(6, 4, 1), nil) },
		"embed":     func() { op.Embed(tape, op.Lookup{Table: x, IDs: []int{4}}) },
		"attention": func() { op.SelfAttention(tape, x, []int{0, 3}, op.Attention{Heads: 1}) },
		"heads":     func() { op.SelfAttention(tape, x, []int{0, 4}, op.Attention{Heads: 3, KeyHeads: 2}) },
		"memory":    func() { op.CrossAttention(tape, x, x, []int{0, 4}, []int{0, 4}, op.Attention{Heads: 2}) },
		"no memory": func() { op.CrossAttention(tape, x, nil, []int{0, 4}, nil, op.Attention{Heads: 2, Past: new(op.Past)}) },
		"a past":    func() { op.SelfAttention(tape, x, []int{0, 4}, op.Attention{Heads: 2, Past: new(op.Past)}) },
		"places":    func() { op.SelfAttention(tape, x, []int{0, 4}, op.Attention{Heads: 2, Places: []int{0, 1, 2, 4}}) },
		"ranks": func() {
			op.SelfAttention(tape, x, []int{0, 4}, op.Attention{Heads: 2, Order: &op.Order{Ranks: []int{0}}})
		},
		"buckets": func() { op.SelfAttention(tape, x, []int{0, 4}, op.Attention{Heads: 2, Buckets: &op.Buckets{Table: x}}) },
		"distances": func() {
			op.SelfAttention(tape, x, []int{0, 4}, op.Attention{Heads: 2, Relative: &op.Relative{Distances: x}})
		},
		"mean":      func() { op.Mean(tape, x, []int{0, 3}) },
		"weighted":  func() { op.WeightedMean(tape, x, optest.Random(2, 1, 1), []int{0, 7}) },
		"residual":  func() { op.AddNorm(tape, x, optest.Random(3, 6, 1), nil, nil, 1e-5, 0) },
		"add":       func() { op.Add(tape, x, optest.Random(4, 5, 1), 0) },
		"RMS norm":  func() { op.RMSNorm(tape, x, optest.Random(1, 5, 1), 1e-5) },
		"gated":     func() { op.Gated(tape, optest.Random(4, 5, 1), kernel.SiLU) },
		"rotate":    func() { op.Rotate(tape, x, op.NewRotation(tape, []int{0, 1, 2, 3}, []float64{1}), 4) },
		"positions": func() { op.Rotate(tape, x, op.NewRotation(tape, []int{0, 1}, []float64{1}), 1) },
		"pick":      func() { op.Pick(tape, x, []int{-1}) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				err, _ := recover().(error)
				var shape *op.ShapeError
				if !errors.As(err, &shape) {
					t.Errorf("recovered %v, want a ShapeError", err)
				}
			}()
			build()
		})
	}
}

// The gradient of a tied parameter must not depend on which goroutine of spaGO's
// backward pass runs first.
func TestGradientsAreBitEqual(t *testing.T) {
	var first []float32
	for range 20 {
		tape := optest.Tape(t)
		table, gain, bias := optest.Random(30, 16, 1), optest.Random(1, 16, 2), optest.Random(1, 16, 3)
		tape.Learn(3)
		h := op.Embed(tape, op.Lookup{Table: table, IDs: []int{1, 5, 5, 29, 0, 7}})
		h = op.AddNorm(tape, op.Activate(tape, h, kernel.GELU), h, gain, bias, 1e-5, 0.1)
		y := op.Linear(tape, h, table, nil)
		loss := op.Pick(tape, op.Linear(tape, op.Activate(tape, y, kernel.Tanh), optest.Random(1, 30, 4), nil), []int{2})
		if err := ag.Backward(loss); err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = slices.Clone(op.Gradient(table))
		} else if !slices.Equal(first, op.Gradient(table)) {
			t.Fatal("the same graph gave other gradients")
		}
	}
}

func TestPaddingLearnsNothingByBeingLookedUp(t *testing.T) {
	table, padding := optest.Random(4, 3, 1), 2
	tape := optest.Tape(t)
	tape.Learn(1)
	y := op.Embed(tape, op.Lookup{Table: table, IDs: []int{2, 1, 2, 3}, Padding: &padding})
	op.Give(y, []float32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
	if err := ag.Backward(y); err != nil {
		t.Fatal(err)
	}
	if got, want := op.Gradient(table), []float32{0, 0, 0, 4, 5, 6, 0, 0, 0, 10, 11, 12}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
