package train

import (
	"context"

	"attune/engine/batch"
	"attune/engine/op"
	"attune/engine/predict"
	"attune/engine/task"
)

// fixed gives the model if its head reads features that do not change while it
// learns, else nil.
func fixed(t *op.Tape, m task.Model, items []batch.Item) task.Featured {
	f, ok := m.(task.Featured)
	if !ok {
		return nil
	}
	learns := false
	op.Rehearse(t.Workers.Count(), t.Recompute, func(t *op.Tape) {
		t.Learn(0)
		learns = f.Features(t, batch.Pack(items[:1])).RequiresGrad()
	})
	if learns {
		return nil
	}
	return f
}

// computeFeatures computes the features that do not change.
func (l *loop) computeFeatures(ctx context.Context) error {
	if err := predict.Features(ctx, l.tape, l.fixed, l.items); err != nil || l.check == nil {
		return err
	}
	return predict.Features(ctx, l.tape, l.fixed, l.check.items)
}
