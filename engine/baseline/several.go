package baseline

import (
	"context"
	"slices"

	"attune/engine/dataset"
)

// Several is logistic regression for each label by itself, on what Model counts. It is
// safe for concurrent use.
type Several struct{ *Model }

// TrainSeveral learns all labels of each example from its text, of which there may be
// any number; examples whose labels are nil, since nobody looked for them, are left out.
// It fails as Train does, but is content with one label.
func TrainSeveral(ctx context.Context, examples []dataset.Example, o Options) (*Several, error) {
	labelled := slices.DeleteFunc(slices.Clone(examples), func(e dataset.Example) bool { return e.Labels == nil })
	labels := labelsOf(labelled)
	if len(labels) != 1 {
		if err := check(len(labels), usual.labels); err != nil {
			return nil, err
		}
	}
	m, err := ascend(ctx, labelled, labels, usual.with(o, len(labels)), aim{cost: o.cost(), each: true})
	return &Several{m}, err
}

// Answer gives all labels with the probability that each applies, the surest first.
func (s *Several) Answer(text string) dataset.Answer {
	logits := s.Logits(text)
	scores := make([]dataset.Score, len(logits))
	for c, x := range logits {
		scores[c] = dataset.Score{Label: s.labels[c], Score: dataset.Probability(float64(x))}
	}
	return dataset.Answer{Labels: dataset.SurestFirst(scores)}
}
