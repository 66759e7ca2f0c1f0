package run

import (
	"context"

	"attune/engine/technique"
	"attune/projects/store"
)

// NewHead tells of a head that a pre-trained model lacked, and that begins at random.
// The zero value is that of a model that had its head, or that is new altogether.
type NewHead struct {
	Tensors []string `json:"tensors"` // by their published names
	Labels  int      `json:"labels"`  // that the head tells apart, of names its tags; 0 for one that knows no labels
}

// Sentence tells it to the user, "" when there is nothing to tell.
func (h NewHead) Sentence() string {
	const rest = " is new: it starts from random values and is learned here."
	switch {
	case len(h.Tensors) == 0:
		return ""
	case h.Labels == 0:
		return "The head for this task" + rest
	}
	return "The head for your labels" + rest
}

// newHeadOf gives what a plan says of its model's head.
func newHeadOf(p *technique.Plan) NewHead {
	if len(p.Drawn) == 0 {
		return NewHead{}
	}
	labels, _ := p.Model.Config()["label2id"].(map[string]int)
	return NewHead{Tensors: p.Drawn, Labels: len(labels)}
}

// headKey is where a run's record has its new head.
const headKey = "new head"

func (h NewHead) save(s *store.Store, run int) error { return writeNote(s, run, headKey, h) }

// NewHeadOf gives what was recorded of a run's head.
func NewHeadOf(ctx context.Context, s *store.Store, run int) (h NewHead, err error) {
	return h, readNote(ctx, s, run, headKey, &h)
}
