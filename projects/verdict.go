package projects

import (
	"context"
	"slices"
	"strconv"

	"attune/engine/setting"
	"attune/projects/run"
)

// Remedy is what may be done about a verdict.
type Remedy struct {
	Title   string // for a button, "Train longer"
	Doctor  bool   // look at the rows with the Data Doctor instead of training again
	changes func(knobs)
}

// remedies by verdict.
var remedies = map[run.Verdict]Remedy{
	run.Underfitting: {Title: "Train longer", changes: func(k knobs) {
		k.times("epochs", 2)
		k.times("patience", 2)
	}},
	run.Overfitting: {Title: "Train with more left out", changes: func(k knobs) {
		k.plus("dropout", 0.1)
		k.plus("weight_decay", 0.04)
	}},
	run.Unstable: {Title: "Train in smaller steps", changes: func(k knobs) {
		k.times("learning_rate", 0.3)
		k.plus("warmup", 0.1)
	}},
	run.NoisyLabels: {Title: "Look for wrong labels", Doctor: true},
}

// Remedy gives what may be done about the verdict of a run; ok is false where there is
// nothing.
func (r RunInfo) Remedy() (remedy Remedy, ok bool) {
	remedy, ok = remedies[r.Judged]
	return remedy, ok
}

// Remedied gives the setup of a run with what its remedy changes, for the next one.
func (p *Project) Remedied(ctx context.Context, number int) (*Setup, error) {
	info, err := p.Run(ctx, number)
	if err != nil {
		return nil, err
	}
	record, err := p.store.Run(ctx, number)
	if err != nil {
		return nil, err
	}
	s, err := p.setupOf(record)
	if err != nil {
		return nil, err
	}
	s.Resume = 0
	if remedy, ok := info.Remedy(); ok && remedy.changes != nil {
		remedy.changes(s.Fields())
	}
	return s, nil
}

// knobs are settings that a remedy turns. One that is missing, or that would leave its
// range, stays as it is.
type knobs []setting.Field

func (k knobs) times(key string, factor float64) {
	k.turn(key, func(x float64) float64 { return x * factor })
}

func (k knobs) plus(key string, more float64) {
	k.turn(key, func(x float64) float64 { return x + more })
}

func (k knobs) turn(key string, f func(float64) float64) {
	i := slices.IndexFunc(k, func(f setting.Field) bool { return f.Key == key })
	if i < 0 {
		return
	}
	if x, err := strconv.ParseFloat(k[i].Value.String(), 64); err == nil {
		_ = k[i].Value.Set(strconv.FormatFloat(f(x), 'g', 3, 64))
	}
}

// judge gives the verdict on a run by its curves, where the loss is that of telling
// classes apart: only its bounds are known.
func (p *Project) judge(ctx context.Context, r RunInfo, c run.Curve) (run.Verdict, error) {
	t, err := p.newTask()
	if err != nil || t.Needs().Labels < 2 {
		return run.NotJudged, err
	}
	counts, err := p.tally.of(ctx, p.store)
	if err != nil {
		return run.NotJudged, err
	}
	smoothing, _ := strconv.ParseFloat(r.Settings["label_smoothing"], 64)
	return run.Judge(c, r.Main, run.BoundsOf(len(labelCounts(counts, nil)), smoothing)), nil
}
