package task

import (
	"context"

	"attune/engine/baseline"
	"attune/engine/dataset"
)

// Comparable is a task on which a simple model can be tried too, so that a large
// one can be compared with it.
type Comparable interface {
	// Baseline learns from the examples in seconds and gives what answers.
	Baseline(ctx context.Context, learn dataset.Source) (func(dataset.Example) dataset.Answer, error)
}

// Baseline is TF-IDF with logistic regression.
func (c *Classification) Baseline(ctx context.Context, learn dataset.Source) (func(dataset.Example) dataset.Answer, error) {
	examples, err := dataset.Collect(learn)
	if err != nil {
		return nil, err
	}
	for i, e := range examples {
		examples[i].Text = joined(e)
	}
	m, err := baseline.Train(ctx, examples, baseline.Options{})
	if err != nil {
		return nil, err
	}
	return func(e dataset.Example) dataset.Answer { return m.Answer(joined(e)) }, nil
}

// joined gives both texts of an example as one.
func joined(e dataset.Example) string {
	if e.Pair == "" {
		return e.Text
	}
	return e.Text + " " + e.Pair
}
