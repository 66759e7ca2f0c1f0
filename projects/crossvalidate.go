package projects

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"

	"attune/engine/dataset"
	"attune/engine/kernel"
	"attune/engine/op"
	"attune/engine/train"
	"attune/projects/store"
)

// CrossValidation is how well the same training does on each part of the rows when it
// learned from the others.
type CrossValidation struct {
	Main   string           `json:"main"` // the score that decides, "" for the loss
	Folds  []Fold           `json:"folds"`
	Scores map[string]Range `json:"scores"` // over the folds

	Base       string   `json:"base"` // and what else was trained
	Preset     string   `json:"preset"`
	Techniques []string `json:"techniques"`
	Seconds    float64  `json:"seconds"` // it took
	Data       string   `json:"data"`    // hash of the rows
}

// Fold is one training of a cross-validation, as its best model did.
type Fold struct {
	Learned int                `json:"learned"` // rows
	Checked int                `json:"checked"`
	Loss    float64            `json:"loss"`
	Scores  map[string]float64 `json:"scores"`
	Steps   int                `json:"steps"`
}

// Range is the mean of a score over the folds and its standard deviation from fold to
// fold.
type Range struct {
	Mean   float64 `json:"mean"`
	Spread float64 `json:"spread"`
}

// CrossValidating is how far a cross-validation is.
type CrossValidating struct {
	Progress
	Parts int             // of the rows
	Found CrossValidation // by the trainings that are over
}

// CrossValidate deals the rows for training and validation into equal parts, each label
// spread over all of them, and trains once for each part on the others. No model is
// kept, the split stays as it is, and the test rows are not looked at; what came of it is
// written down for LastCrossValidation. group names a
// column whose equal values stay in one part, "" for none. The minutes of the setup are
// shared out among the trainings. It fails as Train does, and with an *Error for fewer
// than two parts or more than there are rows or groups.
func (p *Project) CrossValidate(ctx context.Context, s *Setup, folds int, group string, show func(CrossValidating)) (CrossValidation, error) {
	if reason, err := p.Ready(ctx); err != nil || reason != "" {
		return CrossValidation{}, notReady(reason, err)
	}
	unlock, err := p.store.Lock("a cross-validation")
	if err != nil {
		return CrossValidation{}, err
	}
	defer unlock()
	dealt, err := p.dealt(ctx, folds, group, s.Seed)
	if err != nil {
		return CrossValidation{}, err
	}
	data, err := p.store.DataHash(ctx)
	if err != nil {
		return CrossValidation{}, err
	}
	options := s.loop()
	options.MaxTime /= time.Duration(folds)
	workers := kernel.NewWorkers(cmp.Or(s.Threads, runtime.NumCPU()))
	defer workers.Close()
	began := time.Now()
	c := CrossValidation{Base: s.Base, Preset: s.Preset, Techniques: s.Techniques, Data: data}
	meter := newMeter(int64(folds*foldProgress), func(at Progress) { show(CrossValidating{at, folds, c}) })
	for k := range dealt {
		told := meter.part(fmt.Sprintf("Part %d of %d", k+1, folds), foldProgress)
		told(0)
		fold, main, err := p.trainFold(ctx, s, options, op.NewTape(workers), dealt, k, told)
		if err != nil {
			return CrossValidation{}, err
		}
		c.Main, c.Folds = cmp.Or(main, c.Main), append(c.Folds, fold)
		c.measure()
		told(foldProgress)
	}
	c.Seconds = time.Since(began).Seconds()
	text, err := json.Marshal(c)
	if err != nil {
		return CrossValidation{}, err
	}
	return c, p.store.SetSetting(ctx, crossValidationSetting, string(text))
}

// dealt gives the rows for training and validation in parts, as dealFolds deals them.
func (p *Project) dealt(ctx context.Context, folds int, group string, seed uint64) ([][]dataset.Example, error) {
	if err := p.checkColumn(ctx, group); err != nil {
		return nil, err
	}
	assigned, err := p.store.Assigned(ctx, group)
	if err != nil {
		return nil, err
	}
	if err := p.keepTexts(assigned, func() ([]int64, error) { return p.store.Alike(ctx) }); err != nil {
		return nil, err
	}
	part, err := dealFolds(assigned, folds, seed)
	if err != nil {
		return nil, err
	}
	parts := make([][]dataset.Example, folds)
	for _, split := range []dataset.Split{dataset.Train, dataset.Validation} {
		for e, err := range p.Source(ctx, split) {
			if err != nil {
				return nil, err
			}
			k := part[e.ID]
			parts[k] = append(parts[k], e)
		}
	}
	return parts, nil
}

// foldProgress is what one training of a cross-validation counts in its progress.
const foldProgress = 1000

// trainFold trains on all parts but the k-th and checks on that one. It gives also the
// name of the score that decides.
func (p *Project) trainFold(ctx context.Context, s *Setup, options train.Options, tape *op.Tape, parts [][]dataset.Example, k int, told func(int64)) (done Fold, main string, err error) {
	check, learn := parts[k], slices.Concat(append(slices.Clone(parts[:k]), parts[k+1:]...)...)
	plan, err := p.planOn(ctx, s, p.sources(ctx, learn, check), func(string) {})
	if err != nil {
		return Fold{}, "", err
	}
	done = Fold{Learned: len(learn), Checked: len(check)}
	for step, err := range train.Steps(ctx, tape, plan, options, nil) {
		if err != nil {
			return Fold{}, "", err
		}
		told(int64(foldProgress * step.Number / max(1, step.Of)))
		done.Steps = step.Number
		if e := step.Evaluation; e != nil && step.Best {
			done.Loss, done.Scores, main = e.Loss, e.Scores, e.Main
		}
	}
	return done, main, ctx.Err()
}

// crossValidationSetting is where the project has its last cross-validation.
const crossValidationSetting = "crossvalidation"

// LastCrossValidation gives the one that was finished last; ok is false where there was
// none, or the rows were changed since.
func (p *Project) LastCrossValidation(ctx context.Context) (c CrossValidation, ok bool, err error) {
	text, ok, err := p.store.Setting(ctx, crossValidationSetting)
	if err != nil || !ok {
		return CrossValidation{}, false, err
	}
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return CrossValidation{}, false, fmt.Errorf("read the cross-validation: %w", err)
	}
	data, err := p.store.DataHash(ctx)
	return c, err == nil && c.Data == data, err
}

// sources gives rows of the project's splits, with others to learn from and to check.
func (p *Project) sources(ctx context.Context, learn, check []dataset.Example) func(dataset.Split) dataset.Source {
	return func(split dataset.Split) dataset.Source {
		switch split {
		case dataset.Train:
			return dataset.FromSlice(learn)
		case dataset.Validation:
			return dataset.FromSlice(check)
		}
		return p.Source(ctx, split)
	}
}

// dealFolds gives the number of its part, from 0, for each example to learn from or to
// check, by its id. Those of a group stay together.
func dealFolds(assigned []store.Assigned, folds int, seed uint64) (map[int64]int, error) {
	from := slices.DeleteFunc(slices.Clone(assigned), func(a store.Assigned) bool {
		return a.Split != dataset.Train && a.Split != dataset.Validation
	})
	units := unitsOf(from, make([]dataset.Split, len(from)))
	if folds < 2 || folds > len(units) {
		return nil, &Error{Got: fmt.Sprintf("%s cannot be dealt into %d parts", rows(len(from)), folds), Way: "choose 5 or 10, and no more than there are rows or groups"}
	}
	random := rand.New(rand.NewPCG(seed, 0))
	random.Shuffle(len(units), func(i, j int) { units[i], units[j] = units[j], units[i] })
	part := map[int64]int{}
	dealEvenly(byLabels(units), folds, func(u unit, k int) {
		for _, i := range u.rows {
			part[from[i].ID] = k
		}
	})
	return part, nil
}

// measure gives the mean and the spread of each score, which one fold has none of.
func (c *CrossValidation) measure() {
	c.Scores = map[string]Range{} // another one: who is shown how far it is may still read the last
	for name := range c.Folds[0].Scores {
		var sum, squares float64
		n := float64(len(c.Folds))
		for _, f := range c.Folds {
			sum += f.Scores[name]
		}
		mean := sum / n
		for _, f := range c.Folds {
			squares += (f.Scores[name] - mean) * (f.Scores[name] - mean)
		}
		c.Scores[name] = Range{mean, math.Sqrt(squares / max(1, n-1))}
	}
}
