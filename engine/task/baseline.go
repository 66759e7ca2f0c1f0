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

// Baseline is logistic regression on counted words.
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

// Baseline is logistic regression on counted words, for each label by itself. Every tenth
// example sets the labels' bounds instead of being learned from, so that the baseline has
// the same chance as the model, whose bounds are set too.
func (c *Multilabel) Baseline(ctx context.Context, learn dataset.Source) (func(dataset.Example) dataset.Answer, error) {
	examples, err := dataset.Collect(learn)
	if err != nil {
		return nil, err
	}
	var learned, tuning []dataset.Example
	for i, e := range examples {
		if e.Text = joined(e); i%10 == 9 {
			tuning = append(tuning, e)
			continue
		}
		learned = append(learned, e)
	}
	if len(tuning) < fewestToTune {
		learned, tuning = append(learned, tuning...), nil
	}
	m, err := baseline.TrainSeveral(ctx, learned, baseline.Options{})
	if err != nil {
		return nil, err
	}
	labels, numbers := m.Labels(), map[string]int{}
	for i, label := range labels {
		numbers[label] = i
	}
	set := make([]float32, len(labels))
	if tuning != nil {
		logits := make([][]float64, len(tuning))
		for i, e := range tuning {
			logits[i] = logitsOf(m.Answer(e.Text), numbers)
		}
		set = bounds(labels, tuning, logits)
	}
	return func(e dataset.Example) dataset.Answer {
		return dataset.Answer{Labels: above(labels, logitsOf(m.Answer(joined(e)), numbers), set)}
	}, nil
}

// joined gives both texts of an example as one.
func joined(e dataset.Example) string {
	if e.Pair == "" {
		return e.Text
	}
	return e.Text + " " + e.Pair
}
