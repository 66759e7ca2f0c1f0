// Package predict lets a model answer: one text or a million rows in flat memory.
// It learns nothing and scores nothing.
package predict

import (
	"context"
	"iter"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/batch"
	"attune/engine/dataset"
	"attune/engine/generate"
	"attune/engine/kernel"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/task"
)

// Encode turns examples into items, on all workers: example by example, and those of
// one in their order.
func Encode(ctx context.Context, workers *kernel.Workers, m task.Model, examples []dataset.Example) ([]batch.Item, error) {
	found := make([][]batch.Item, len(examples))
	errs := make([]error, len(examples))
	workers.Each(len(examples), func(_, i int) {
		if ctx.Err() == nil {
			found[i], errs[i] = m.Items(examples[i])
		}
	})
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	items := make([]batch.Item, 0, len(examples))
	for i := range found {
		for part, item := range found[i] {
			item.Index, item.Part = i, part
			items = append(items, item)
		}
	}
	return items, ctx.Err()
}

// Lengths gives the tokens of each item.
func Lengths(items []batch.Item) []int {
	all := make([]int, len(items))
	for i, it := range items {
		all[i] = it.Tokens()
	}
	return all
}

// Batches computes the logits of all items, the longest first, and shows each
// batch with its logits [rows x ...]; the batch's Indices are the items' own. The
// logits are valid until the visit ends.
func Batches(ctx context.Context, t *op.Tape, m task.Model, items []batch.Item, visit func(b *batch.Packed, logits mat.Tensor)) error {
	return compute(ctx, t, m.Logits, items, func(b *batch.Packed, _ []int, logits mat.Tensor) { visit(b, logits) })
}

// Losses computes the losses of all items and shows that of each batch, whose weight
// the tape has until the visit ends.
func Losses(ctx context.Context, t *op.Tape, m task.AtOnce, items []batch.Item, visit func(loss mat.Tensor)) error {
	return compute(ctx, t, m.LossAtOnce, items, func(_ *batch.Packed, _ []int, loss mat.Tensor) { visit(loss) })
}

// Features computes what the body makes of every item, once and for all, and
// leaves it in the item.
func Features(ctx context.Context, t *op.Tape, m task.Featured, items []batch.Item) error {
	width := m.Backbone().Width()
	held := make([]float32, len(items)*width)
	return compute(ctx, t, m.Features, items, func(_ *batch.Packed, numbers []int, features mat.Tensor) {
		for i, n := range numbers {
			items[n].Features = held[n*width : (n+1)*width]
			copy(items[n].Features, op.Rows(features)[i*width:])
		}
	})
}

// compute runs a forward pass over all items, the longest first, and shows each
// batch with the items' numbers and what came out.
func compute(ctx context.Context, t *op.Tape, forward func(*op.Tape, *batch.Packed) mat.Tensor, items []batch.Item, visit func(b *batch.Packed, numbers []int, y mat.Tensor)) error {
	for _, numbers := range inOrder(items) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		b := batch.Pack(choose(items, numbers))
		t.Infer()
		visit(b, numbers, forward(t, b))
	}
	return nil
}

// Largest gives the batch of the items that needs the most memory.
func Largest(items []batch.Item) *batch.Packed {
	return batch.Pack(choose(items, inOrder(items)[0]))
}

func inOrder(items []batch.Item) [][]int {
	return batch.InOrder(Lengths(items), batch.Options{Size: batchRows, Tokens: batchTokens})
}

func choose(items []batch.Item, numbers []int) []batch.Item {
	chosen := make([]batch.Item, len(numbers))
	for i, n := range numbers {
		chosen[i] = items[n]
	}
	return chosen
}

// The bounds of one batch without gradients: small enough to stay in the caches
// of a laptop, large enough that dispatch costs nothing.
const (
	batchRows   = 256
	batchTokens = 1 << 13
)

// Predictor answers with one model. It serves one caller at a time.
type Predictor struct {
	model task.Model
	tape  *op.Tape
}

// New makes a predictor that runs on the workers.
func New(m task.Model, workers *kernel.Workers) *Predictor {
	return &Predictor{model: m, tape: op.NewTape(workers)}
}

// Quantise makes the model answer with weights in 8 bits, faster and nearly the same. It
// gives the bytes that the weights of its linear layers took and take.
func (p *Predictor) Quantise() (before, after int) { return model.Quantise(p.model.Backbone()) }

// Answers gives one answer an example, in their order.
func (p *Predictor) Answers(ctx context.Context, examples []dataset.Example) (answers []dataset.Answer, err error) {
	defer op.Guard(&err)
	if w, ok := p.model.(task.Writer); ok {
		return w.Write(ctx, p.tape, examples)
	}
	items, err := Encode(ctx, p.tape.Workers, p.model, examples)
	if err != nil {
		return nil, err
	}
	answers = make([]dataset.Answer, len(examples))
	joiner := NewJoiner(p.model, examples, items)
	err = Batches(ctx, p.tape, p.model, items, func(b *batch.Packed, logits mat.Tensor) {
		joiner.Add(b, logits, func(i int, answer dataset.Answer) { answers[i] = answer })
	})
	if err != nil {
		return nil, err
	}
	return answers, nil
}

// Bounds gives the probability from which on each label applies, nil for a model of which
// none has a bound of its own.
func (p *Predictor) Bounds() map[string]float64 {
	if m, ok := p.model.(task.Bounded); ok {
		return m.Bounds()
	}
	return nil
}

// Model gives what answers.
func (p *Predictor) Model() task.Model { return p.model }

// Writer gives the model if it writes, else nil.
func (p *Predictor) Writer() task.Writer {
	w, _ := p.model.(task.Writer)
	return w
}

// Tell lets the model write for one example while someone reads along.
func (p *Predictor) Tell(ctx context.Context, e dataset.Example, o generate.Options, show func(text string)) (string, error) {
	w := p.Writer()
	if w == nil {
		return "", &task.Error{Reason: "this model does not write", Way: "ask it for an answer"}
	}
	return w.Tell(ctx, p.tape, e, o, show)
}

// How many rows of a stream are held at a time, and bytes of their texts, so that whoever
// waits sees some answers soon: of a model that writes fewer, since each takes long.
const (
	chunk        = 4096
	chunkBytes   = 1 << 16
	writtenChunk = 32
)

// Stream answers a source of any length in order, holding a few thousand rows at
// a time at most.
func (p *Predictor) Stream(ctx context.Context, source dataset.Source) iter.Seq2[dataset.Answer, error] {
	return func(yield func(dataset.Answer, error) bool) {
		chunk := chunk
		if _, ok := p.model.(task.Writer); ok {
			chunk = writtenChunk
		}
		held, size := make([]dataset.Example, 0, chunk), 0
		flush := func() bool {
			answers, err := p.Answers(ctx, held)
			if err != nil {
				yield(dataset.Answer{}, err)
				return false
			}
			held, size = held[:0], 0
			for _, a := range answers {
				if !yield(a, nil) {
					return false
				}
			}
			return true
		}
		for e, err := range source {
			if err != nil {
				yield(dataset.Answer{}, err)
				return
			}
			held, size = append(held, e), size+len(e.Text)+len(e.Pair)
			if (len(held) == chunk || size >= chunkBytes) && !flush() {
				return
			}
		}
		flush()
	}
}
