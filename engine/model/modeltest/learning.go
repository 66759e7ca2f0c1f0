package modeltest

import (
	"slices"
	"testing"

	"github.com/nlpodyssey/spago/ag"
	"github.com/nlpodyssey/spago/mat"

	"attune/engine/batch"
	"attune/engine/head"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/op/optest"
	"attune/engine/optimizer"
	"attune/engine/weights"
)

// LearnsTheSame checks that a body, made anew for each run with the pass that it
// learns from, has bit-equal weights after every run of some steps, whether its blocks
// are kept or computed again. The gradients of a step come from two passes, so that
// all that has two uses sums more than two.
func LearnsTheSame(t *testing.T, fresh func() (model.Backbone, func(*op.Tape) mat.Tensor)) {
	t.Helper()
	const runs, steps = 6, 2
	tape := optest.Tape(t)
	learn := func() (all [][]float32) {
		body, forward := fresh()
		o := optimizer.NewAdamW(tape.Workers, optimizer.Options{})
		for name, p := range body.Params() {
			o.Add(name, p)
		}
		for step := range steps {
			for part := range 2 {
				tape.Learn(uint64(2*step + part))
				Backward(t, forward(tape))
			}
			o.Step(1e-3)
		}
		for _, p := range body.Params() {
			all = append(all, slices.Clone(op.Rows(p)))
		}
		return all
	}
	for _, recompute := range []bool{false, true} {
		tape.Recompute = recompute
		want, differing := learn(), 0
		for range runs {
			if !slices.EqualFunc(learn(), want, slices.Equal[[]float32]) {
				differing++
			}
		}
		if differing > 0 {
			t.Errorf("%d of %d runs ended with other weights than the first; blocks computed again: %v", differing, runs, recompute)
		}
	}
}

// Backward gives a tensor a gradient at random, always the same, and hands it on.
func Backward(t *testing.T, y mat.Tensor) {
	t.Helper()
	rows, cols := op.Size(y)
	op.Give(y, slices.Clone(op.Rows(optest.Random(rows, cols, 5))))
	if err := ag.Backward(y); err != nil {
		t.Fatal(err)
	}
}

// Translating is the loss of an encoder beside a decoder with its head, which read
// texts and write others.
func Translating(body interface {
	sequenceToSequence
	LanguageModel(*weights.Source) *head.LanguageModel
}, read, written []batch.Item) (model.Backbone, func(*op.Tape) mat.Tensor) {
	lm := body.LanguageModel(weights.NewSource(weights.Held{}))
	from, to := batch.Pack(read), batch.Pack(written)
	return body, func(tape *op.Tape) mat.Tensor {
		memory := &model.Memory{Rows: body.Encode(tape, from), Starts: from.Starts}
		return lm.Loss(tape, body.Decode(tape, to, memory, nil), to.IDs)
	}
}

// Encoding is the pass of an encoder over a batch.
func Encoding(body model.Encoder, items []batch.Item) (model.Backbone, func(*op.Tape) mat.Tensor) {
	return body, func(tape *op.Tape) mat.Tensor { return body.Encode(tape, batch.Pack(items)) }
}
