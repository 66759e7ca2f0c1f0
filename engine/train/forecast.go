package train

import (
	"context"

	"github.com/nlpodyssey/spago/nn"

	"attune/engine/batch"
	"attune/engine/kernel"
	"attune/engine/op"
	"attune/engine/predict"
	"attune/engine/task"
	"attune/engine/technique"
)

// Memory is what a training needs, in bytes.
type Memory struct {
	Weights   int64 // of the models
	Gradients int64 // of what learns
	Moments   int64 // that the optimizer remembers
	Passes    int64 // buffers of the largest forward and backward pass
	Rows      int64 // texts as word pieces
}

// Total is all of it together.
func (m Memory) Total() int64 { return m.Weights + m.Gradients + m.Moments + m.Passes + m.Rows }

const bytesOfValue = 4

// Forecast says what memory carrying out a plan will need. It encodes the plan's
// rows and rehearses its largest steps; nothing is learned.
func Forecast(ctx context.Context, workers *kernel.Workers, plan *technique.Plan, o Options) (Memory, error) {
	var most Memory
	weights := map[*nn.Param]bool{}
	for number := range plan.Phases {
		l, err := newLoop(ctx, op.NewTape(workers), plan, number, o)
		if err != nil {
			return Memory{}, err
		}
		m, err := l.forecast()
		if err != nil {
			return Memory{}, err
		}
		if m.Total() > most.Total() {
			most = m
		}
		for _, m := range []task.Model{l.phase.Model, l.phase.Teacher} {
			if m == nil {
				continue
			}
			for _, p := range m.Params() {
				weights[p] = true
			}
		}
	}
	for p := range weights {
		most.Weights += bytesOfValue * int64(p.Size())
	}
	return most, nil
}

// forecast leaves the weights out, which phases can share.
func (l *loop) forecast() (m Memory, err error) {
	for _, p := range l.phase.Model.Params() {
		if !p.RequiresGrad() {
			continue
		}
		bytes := bytesOfValue * int64(p.Size())
		m.Gradients += bytes
		m.Moments += 2 * bytes
		returns, mixes := l.phase.Return != nil && l.phase.Return(p) > 0, l.phase.Mix != nil && l.phase.Mix(p) > 0
		if returns || mixes {
			m.Moments += bytes
		}
		if mixes {
			m.Moments += bytes
		}
		if l.options.Average > 0 {
			m.Moments += bytes
		}
	}
	if m.Passes, err = l.rehearse(l.largest()...); err != nil {
		return m, err
	}
	items := l.items
	if l.check != nil {
		m.Passes = max(m.Passes, l.rehearseInference(l.check.items))
		items = append(items[:len(items):len(items)], l.check.items...)
	}
	if l.fixed != nil {
		m.Passes = max(m.Passes, l.rehearseInference(l.items))
		m.Rows = bytesOfValue * int64(len(items)*l.phase.Model.Backbone().Width())
	}
	for _, it := range items {
		const item, number = 200, 8 // bytes of an item's own, and of each of its numbers
		numbers := cap(it.IDs) + cap(it.Segments) + cap(it.Output) + cap(it.Targets) + cap(it.Places) + cap(it.Ranks) + cap(it.Marks)
		m.Rows += item + number*int64(numbers)
	}
	for _, e := range l.examples {
		const example = 200
		m.Rows += example + int64(len(e.Text)+len(e.Pair)+len(e.Target))
	}
	return m, nil
}

// largest gives the part of a step with the most tokens, and the one whose longest
// row is the longest.
func (l *loop) largest() [][]int {
	var wide, long []int
	for _, rows := range batch.Epoch(l.lengths, l.options.batches(), 0) {
		for _, part := range l.parts(rows) {
			if l.tokens(part) > l.tokens(wide) {
				wide = part
			}
			if l.pairs(part) > l.pairs(long) {
				long = part
			}
		}
	}
	return [][]int{wide, long}
}

func (l *loop) rehearseInference(items []batch.Item) int64 {
	return op.Rehearse(l.tape.Workers.Count(), l.options.Recompute, func(t *op.Tape) {
		t.Infer()
		l.phase.Model.Logits(t, predict.Largest(items))
	})
}
