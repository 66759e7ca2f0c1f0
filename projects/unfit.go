package projects

import (
	"context"
	"errors"

	"attune/engine/dataset"
)

// standInTexts are those whose words a stand-in for the model knows: making it takes as
// long as it knows words, and no technique asks how many.
const standInTexts = 4

// Unfit gives the techniques that cannot be used for the project's task and rows from the
// base of a setup, each with a sentence that says why. It tries them on a small stand-in
// for the base: what a family of models lacks is told when the training is prepared.
func (p *Project) Unfit(ctx context.Context, s *Setup) (map[string]string, error) {
	trial, err := p.Copy(s)
	if err != nil {
		return nil, err
	}
	reasons := map[string]string{}
	for _, t := range s.techniques {
		trial.Techniques = []string{t.Name()}
		err := p.tryOut(ctx, trial)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		var hinting interface {
			error
			Hint() string
		}
		if errors.As(err, &hinting) {
			reasons[t.Name()] = sentence(&Error{Got: hinting.Error(), Way: hinting.Hint()})
		}
	}
	if len(reasons) == len(s.techniques) {
		return nil, nil // the rows are at fault
	}
	return reasons, nil
}

// tryOut plans a training from a stand-in of its own: some techniques change it at once.
func (p *Project) tryOut(ctx context.Context, s *Setup) error {
	rows := func(split dataset.Split) dataset.Source { return p.Source(ctx, split) }
	var failed error
	base, err := s.fresh().Make(ctx, texts(first(standInTexts, rows(dataset.Train)), &failed), s.Seed)
	if failed != nil || err != nil {
		return failed
	}
	base.Fresh = s.Base == Fresh
	_, err = p.planFrom(ctx, s, base, rows, func(string) {})
	return err
}
