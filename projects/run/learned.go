package run

import (
	"context"
	"fmt"

	"attune/engine/train"
	"attune/projects/store"
)

// Learned is how much of a model learned in the last phase of a training. The zero value
// is that of a training which took no step.
type Learned struct {
	Parameters int `json:"parameters"` // numbers that learned
	Of         int `json:"of"`         // that the model has, small additions included
}

// Sentence tells it to the user, "" when there is nothing to tell.
func (l Learned) Sentence() string {
	if l.Of == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f of its %.2f million parameters learned (%.1f %%).",
		float64(l.Parameters)/1e6, float64(l.Of)/1e6, 100*float64(l.Parameters)/float64(l.Of))
}

func learnedIn(s train.Step) Learned { return Learned{Parameters: s.Learning, Of: s.Parameters} }

// learnedKey is where a run's record has how much learned.
const learnedKey = "learned"

func (l Learned) save(s *store.Store, run int) error { return writeNote(s, run, learnedKey, l) }

// LearnedIn gives what was recorded of how much learned in a run.
func LearnedIn(ctx context.Context, s *store.Store, run int) (l Learned, err error) {
	return l, readNote(ctx, s, run, learnedKey, &l)
}
