package projects

import (
	"context"
	"fmt"
	"iter"
	"math"
	"slices"
	"time"

	"attune/engine/bundle"
	"attune/engine/catalog"
	"attune/engine/dataset"
	"attune/engine/model"
	"attune/engine/setting"
	"attune/engine/task"
	"attune/engine/technique"
	"attune/projects/run"
	"attune/projects/store"
)

// Ready gives "" when a training can start, else a sentence that says what is
// missing.
func (p *Project) Ready(ctx context.Context) (string, error) {
	o, err := p.Overview(ctx)
	if err != nil {
		return "", err
	}
	t, err := p.newTask()
	if err != nil {
		return "", err
	}
	needs, labelled := t.Needs(), o.Rows-o.Splits[dataset.Unlabelled]
	switch {
	case o.Rows == 0:
		return "There are no rows yet. Import a file first.", nil
	case labelled == 0, needs.Labels > 0 && len(o.Labels) == 0:
		return fmt.Sprintf("No row has %s yet. Import a file with such rows, or choose what else is to be learned.", needs.Right), nil
	case len(o.Labels) < needs.Labels:
		return fmt.Sprintf("All rows have the label %q. At least two different labels are needed to tell them apart.", o.Labels[0].Label), nil
	case o.Splits[dataset.Train] == 0:
		return "The rows are not split yet. Some are for learning, and some must be held back to check what was learned.", nil
	case o.Splits[dataset.Validation] == 0:
		return "All rows are for learning, and none is held back to check what was learned. Hold some back: split again.", nil
	}
	return "", nil
}

// trainingJob is what the project is claimed for by a training.
const trainingJob = "a training"

// Train starts a training in the background. When the context is done it is
// written down as interrupted. It fails with an *Error when the project is not
// ready, and with a *store.Error while another training or an import has it.
func (p *Project) Train(ctx context.Context, s *Setup) (*run.Run, error) {
	if reason, err := p.Ready(ctx); err != nil || reason != "" {
		return nil, notReady(reason, err)
	}
	if _, err := s.chosen(); err != nil {
		return nil, err
	}
	unlock, err := p.store.Lock(trainingJob)
	if err != nil {
		return nil, err
	}
	record, err := p.recordFor(ctx, s)
	if err != nil {
		unlock()
		return nil, err
	}
	recipe, err := p.recipe(ctx)
	if err != nil {
		unlock()
		return nil, err
	}
	r := run.Start(ctx, run.Job{
		Store: p.store, Record: record, Options: s.loop(), Resume: s.Resume > 0,
		About: bundle.About{
			Task: s.task.Name(), Pipeline: s.task.Pipeline(), Settings: setting.Values(s.task.Settings()),
			Base: s.Base, Techniques: s.Techniques, Project: p.Name(), Run: record.Number, Rows: s.size.Rows, Cleaning: recipe,
		},
		Prepare: func(ctx context.Context, doing func(string)) (*technique.Plan, error) { return p.plan(ctx, s, doing) },
		Baseline: func(ctx context.Context) (map[string]float64, error) {
			return p.baseline(ctx, s.task, dataset.Validation)
		},
		Done: unlock,
	})
	p.setActive(r)
	return r, nil
}

func notReady(reason string, err error) error {
	if err != nil {
		return err
	}
	return &Error{Got: reason, Way: "then start the training again"}
}

// recordFor writes down a new run, or gives that of the run to go on with. A run
// can only go on with the rows that it began with.
func (p *Project) recordFor(ctx context.Context, s *Setup) (store.Run, error) {
	data, err := p.store.DataHash(ctx)
	if err != nil {
		return store.Run{}, err
	}
	if s.Resume > 0 {
		old, err := p.store.Run(ctx, s.Resume)
		if err != nil {
			return store.Run{}, err
		}
		if old.DataHash != data {
			return store.Run{}, &Error{
				Got: fmt.Sprintf("the rows were changed since run %d was interrupted", s.Resume),
				Way: "undo the changes to go on with it, or start a new training; its best model so far is kept",
			}
		}
		return old, nil
	}
	record := s.record()
	record.Status, record.Started, record.DataHash = string(run.Preparing), time.Now(), data
	record.Number, err = p.store.StartRun(ctx, record)
	return record, err
}

// Unfinished gives the newest run that was interrupted, by a crash or by closing
// the window, and can be resumed; ok is false when there is none.
func (p *Project) Unfinished(ctx context.Context) (number int, ok bool) {
	runs, err := p.Runs(ctx)
	if err != nil || len(runs) == 0 {
		return 0, false
	}
	newest := runs[0]
	return newest.Number, newest.Status == run.Interrupted
}

// ResumeSetup gives the setup that goes on with an interrupted run.
func (p *Project) ResumeSetup(ctx context.Context, number int) (*Setup, error) {
	record, err := p.store.Run(ctx, number)
	if err != nil {
		return nil, err
	}
	return p.setupOf(record)
}

// Active gives the training that this process carries out on the project, nil when
// there is none.
func (p *Project) Active() *run.Run {
	p.activity.Lock()
	defer p.activity.Unlock()
	if p.active != nil && p.active.State().Status.AtRest() {
		return nil
	}
	return p.active
}

func (p *Project) setActive(r *run.Run) {
	p.activity.Lock()
	defer p.activity.Unlock()
	p.active = r
}

// plan builds the model and lets the techniques say what is done with it.
func (p *Project) plan(ctx context.Context, s *Setup, doing func(string)) (*technique.Plan, error) {
	doing("reading the rows")
	rows, err := p.rowsAsTheyAre(ctx)
	if err != nil {
		return nil, err
	}
	return p.planOn(ctx, s, rows, doing)
}

// rowsAsTheyAre gives the rows of each split as they are now, whatever is changed while a
// training is under way: words are counted at its first check, when an undo may have made
// training rows of those that it will be tested on. Unlabelled texts, of which there may be
// very many, are read when they are needed.
func (p *Project) rowsAsTheyAre(ctx context.Context) (func(dataset.Split) dataset.Source, error) {
	now := map[dataset.Split]dataset.Source{}
	for _, split := range []dataset.Split{dataset.Train, dataset.Validation} {
		examples, err := dataset.Collect(p.Source(ctx, split))
		if err != nil {
			return nil, err
		}
		now[split] = dataset.FromSlice(examples)
	}
	return func(split dataset.Split) dataset.Source {
		if rows, ok := now[split]; ok {
			return rows
		}
		return p.Source(ctx, split)
	}, nil
}

// planOn is plan for the given rows of each split.
func (p *Project) planOn(ctx context.Context, s *Setup, rows func(dataset.Split) dataset.Source, doing func(string)) (*technique.Plan, error) {
	base, err := p.base(ctx, s, rows(dataset.Train), doing)
	if err != nil {
		return nil, err
	}
	return p.planFrom(ctx, s, base, rows, doing)
}

// planFrom is planOn for a model to start from.
func (p *Project) planFrom(ctx context.Context, s *Setup, base *model.Base, rows func(dataset.Split) dataset.Source, doing func(string)) (*technique.Plan, error) {
	plan := &technique.Plan{
		Task: s.task, Base: base, Seed: s.Seed,
		Learn: rows(dataset.Train), Check: rows(dataset.Validation), Unlabelled: rows(dataset.Unlabelled),
		Teacher: func(number int) (task.Model, error) { return p.teacher(ctx, number, s.Resume) },
	}
	chosen, err := s.chosen()
	if err != nil {
		return nil, err
	}
	doing("building the model")
	for _, t := range chosen {
		if err := t.Apply(plan); err != nil {
			return nil, err
		}
	}
	if err := plan.FineTune(); err != nil {
		return nil, err
	}
	doing("cutting the texts into word pieces")
	return plan, nil
}

// teacher gives the model of a run, 0 for the best. A run that is resumed does not
// learn from itself.
func (p *Project) teacher(ctx context.Context, number, resumed int) (task.Model, error) {
	runs, err := p.Runs(ctx)
	if err != nil {
		return nil, err
	}
	runs = slices.DeleteFunc(runs, func(r RunInfo) bool { return resumed > 0 && r.Number >= resumed })
	info, err := choose(runs, number)
	if err != nil {
		return nil, err
	}
	m, _, err := p.kept(info)
	return m, err
}

// base gives what the training starts from. The vocabulary of a fresh model is
// learned from the training rows alone: the others stand for texts to come.
func (p *Project) base(ctx context.Context, s *Setup, learn dataset.Source, doing func(string)) (*model.Base, error) {
	if s.Base != Fresh {
		doing("reading the model")
		return openBase(s.Base)
	}
	doing("learning the vocabulary")
	var failed error
	base, err := s.fresh().Make(ctx, texts(learn, &failed), s.Seed)
	if failed != nil {
		return nil, failed
	}
	return base, err
}

// fresh is what makes a model where none was pre-trained.
func (s *Setup) fresh() model.Fresh {
	all := catalog.Fresh()
	return all[slices.IndexFunc(all, func(f model.Fresh) bool { return f.Kind == s.task.Fresh() })]
}

// texts gives the texts of a source; it ends early at an error, which it tells.
func texts(source dataset.Source, failed *error) iter.Seq[string] {
	return func(yield func(string) bool) {
		for e, err := range source {
			if err != nil {
				*failed = err
				return
			}
			for _, text := range []string{e.Text, e.Pair, e.Target} {
				if text != "" && !yield(text) {
					return
				}
			}
		}
	}
}

// baseline scores the task's simple model on a split, or gives nil for a task that
// has none.
func (p *Project) baseline(ctx context.Context, t task.Task, split dataset.Split) (map[string]float64, error) {
	comparable, ok := t.(task.Comparable)
	if !ok {
		return nil, nil
	}
	answer, err := comparable.Baseline(ctx, p.Source(ctx, dataset.Train))
	if err != nil {
		return nil, err
	}
	metrics := t.Metrics()
	for e, err := range p.Source(ctx, split) {
		if err != nil {
			return nil, err
		}
		got := answer(e)
		for _, m := range metrics {
			m.Add(e, got)
		}
	}
	scores := map[string]float64{}
	for _, m := range metrics {
		scores[m.Name()] = m.Value()
	}
	return scores, nil
}

// RunInfo is what is known of a training.
type RunInfo struct {
	Number           int                `json:"run"`
	Status           run.Status         `json:"status"`
	Base             string             `json:"base"`
	Techniques       []string           `json:"techniques"`
	Preset           string             `json:"preset"`
	Settings         map[string]string  `json:"settings"`
	Seed             uint64             `json:"seed"`
	Started          time.Time          `json:"started"`
	Ended            time.Time          `json:"ended"`
	Steps            int                `json:"steps"`
	Epochs           float64            `json:"epochs"`
	Stopped          string             `json:"stopped"`
	Main             string             `json:"main"`      // name of the score that decides
	BestStep         int                `json:"best_step"` // the step whose model is kept, 0 for none
	Best             *run.Evaluation    `json:"best"`
	Baseline         map[string]float64 `json:"baseline"`
	Seconds          float64            `json:"seconds"`
	SamplesPerSecond float64            `json:"samples_per_second"`
	Judged           run.Verdict        `json:"judged,omitempty"`
	Verdict          string             `json:"verdict"` // the same in a sentence
	Error            string             `json:"error,omitempty"`
	NewHead          run.NewHead        `json:"new_head"`
	Learned          run.Learned        `json:"learned"`
	Model            string             `json:"model"` // folder of the kept model inside the project, "" when there is none
}

// Runs lists the trainings, the newest first.
func (p *Project) Runs(ctx context.Context) ([]RunInfo, error) {
	before := p.inTraining() // one may end or begin while the records are read
	records, err := p.store.Runs(ctx)
	if err != nil {
		return nil, err
	}
	training := before || p.inTraining()
	var all []RunInfo
	for i, r := range slices.Backward(records) {
		info, err := p.info(ctx, r, training && i == len(records)-1)
		if err != nil {
			return nil, err
		}
		all = append(all, info)
	}
	return all, nil
}

// inTraining says whether a training is under way, in this process or another.
func (p *Project) inTraining() bool {
	job, ok := p.store.Busy()
	return ok && job == trainingJob
}

// Run gives what is known of one training, 0 for the best one.
func (p *Project) Run(ctx context.Context, number int) (RunInfo, error) {
	runs, err := p.Runs(ctx)
	if err != nil {
		return RunInfo{}, err
	}
	return choose(runs, number)
}

// choose gives the run with a number, 0 for the best that kept a model.
func choose(runs []RunInfo, number int) (RunInfo, error) {
	best := -1
	for i, r := range runs {
		if number == r.Number {
			return r, nil
		}
		if r.Model != "" && (best < 0 || r.score() > runs[best].score()) {
			best = i
		}
	}
	switch {
	case number != 0:
		return RunInfo{}, &Error{Got: fmt.Sprintf("there is no run %d", number), Way: "choose another; attunectl runs lists them"}
	case best < 0:
		return RunInfo{}, &Error{Got: "no model was trained yet", Way: "fine-tune one first"}
	}
	return runs[best], nil
}

// score is by what runs are compared: where the loss decides, less is better.
func (r RunInfo) score() float64 {
	switch {
	case r.Best == nil:
		return math.Inf(-1)
	case r.Main == "":
		return -r.Best.Loss
	}
	return r.Best.Scores[r.Main]
}

// info puts together what is known of a run. One that never ended and is not under way
// was interrupted.
func (p *Project) info(ctx context.Context, r store.Run, underWay bool) (RunInfo, error) {
	i := RunInfo{
		Number: r.Number, Status: run.Status(r.Status), Base: r.Base, Techniques: r.Techniques, Preset: r.Preset,
		Settings: r.Settings, Seed: r.Seed, Started: r.Started, Ended: r.Ended, Steps: r.Step, Epochs: r.Epoch,
		Stopped: r.Stopped, Main: r.Main, BestStep: r.BestStep, Baseline: r.Baseline, Seconds: r.Seconds, Error: r.Error,
	}
	if !i.Status.AtRest() && !underWay {
		i.Status = run.Interrupted
	}
	if r.Seconds > 0 {
		i.SamplesPerSecond = float64(r.Samples) / r.Seconds
	}
	var err error
	if i.Learned, err = run.LearnedIn(ctx, p.store, r.Number); err != nil {
		return i, err
	}
	if i.NewHead, err = run.NewHeadOf(ctx, p.store, r.Number); err != nil || r.BestStep == 0 {
		return i, err
	}
	i.Model = run.ModelFolder(r.Number)
	curve, err := p.Curve(ctx, r.Number)
	if err != nil {
		return i, err
	}
	for _, e := range curve.Evaluations {
		if e.Step == r.BestStep {
			i.Best = &e
		}
	}
	if i.Status.AtRest() {
		i.Judged, err = p.judge(ctx, i, curve)
		i.Verdict = i.Judged.Sentence()
	}
	return i, err
}

// LastTraining gives the state that the newest training was left in; nil before the first,
// and while one is under way.
func (p *Project) LastTraining(ctx context.Context) (*run.State, error) {
	runs, err := p.Runs(ctx)
	if err != nil || len(runs) == 0 || !runs[0].Status.AtRest() {
		return nil, err
	}
	record, err := p.store.Run(ctx, runs[0].Number)
	if err != nil {
		return nil, err
	}
	curve, err := p.Curve(ctx, record.Number)
	if err != nil {
		return nil, err
	}
	state := run.Recorded(record, runs[0].Status, curve, runs[0].NewHead)
	return &state, nil
}

// Curve gives the curves of a run.
func (p *Project) Curve(ctx context.Context, number int) (run.Curve, error) {
	measures, err := p.store.Measures(ctx, number)
	return run.CurveOf(measures), err
}
