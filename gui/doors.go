package gui

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"attune/engine/dataset"
	"attune/engine/setting"
	"attune/gui/parts"
	"attune/gui/training"
	"attune/gui/tryout"
	"attune/projects"
	"attune/projects/run"
)

// importer imports and, where the project has no training or validation rows
// yet, deals the rows out at once, so that a training can follow.
type importer struct{ *projects.Project }

// Preview looks at a file for a task, or for the one that its rows seem to be for.
func (i importer) Preview(ctx context.Context, file string, o projects.ImportOptions, task string, progress func(projects.Progress)) (projects.Preview, error) {
	if task != "" {
		if err := i.SetTask(ctx, task); err != nil {
			return projects.Preview{}, err
		}
		return i.Project.Preview(ctx, file, o, progress)
	}
	preview, err := i.Project.Preview(ctx, file, o, progress)
	if err != nil || preview.Task == "" || preview.Task == i.Task() {
		return preview, err
	}
	overview, err := i.Overview(ctx)
	if err != nil || overview.Rows > 0 || overview.Runs > 0 {
		return preview, err // its rows were imported for the task that it has
	}
	if err := i.SetTask(ctx, preview.Task); err != nil {
		return preview, err
	}
	return i.Project.Preview(ctx, file, o, progress)
}

// ImportEach imports tables.
func (i importer) ImportEach(ctx context.Context, chosen []projects.Chosen, progress func(projects.Progress)) (projects.Imported, error) {
	imported, err := i.Project.ImportEach(ctx, chosen, progress)
	if err != nil {
		return imported, err
	}
	overview, err := i.Overview(ctx)
	if err != nil {
		return imported, err
	}
	if overview.Splits[dataset.Train] > 0 && overview.Splits[dataset.Validation] > 0 || overview.Splits[dataset.Unlabelled] == overview.Rows {
		return imported, nil
	}
	progress(projects.Progress{Verb: "Splitting the rows"})
	split, err := i.Split(ctx, projects.DefaultSplit())
	if err != nil {
		imported.Warnings = append(imported.Warnings, err.Error())
		return imported, nil // the rows are in; the page of the rows can split them later
	}
	imported.Warnings = append(imported.Warnings, split.Warnings...)
	return imported, nil
}

// withSetup is work on a copy of the session's setup as it is when this is called, on the
// window's thread: the user may go on choosing while the work is done.
func withSetup[P, T any](s *session, work func(context.Context, *projects.Setup, func(P)) (T, error)) parts.Work[P, T] {
	setup, err := s.project.Copy(s.setup)
	return func(ctx context.Context, show func(P)) (T, error) {
		if err != nil {
			return *new(T), err
		}
		return work(ctx, setup, show)
	}
}

// trier tries with the session's setup.
type trier struct{ s *session }

// triedFor is how long a try of the domain may take.
const triedFor = 2 * time.Minute

// TestDomain tries whether getting to know the texts helps the chosen base.
func (t trier) TestDomain() parts.Work[projects.Progress, projects.DomainTest] {
	return withSetup(t.s, func(ctx context.Context, setup *projects.Setup, progress func(projects.Progress)) (projects.DomainTest, error) {
		return t.s.project.TestDomain(ctx, setup, triedFor, progress)
	})
}

// searcher searches from the session's setup on.
type searcher struct{ s *session }

// LastSearch gives the search that was begun last.
func (f searcher) LastSearch(ctx context.Context) (projects.Search, bool, error) {
	return f.s.project.LastSearch(ctx)
}

// Start says what a new search would start from.
func (f searcher) Start() string { return f.s.start() }

// Search tries until one way is left.
func (f searcher) Search(most time.Duration, resume bool) parts.Work[projects.Search, *projects.Setup] {
	o := projects.SearchOptions{Base: f.s.setup.Base, Preset: f.s.setup.Preset, Seed: f.s.setup.Seed, Threads: f.s.setup.Threads, Time: most, Resume: resume}
	return func(ctx context.Context, show func(projects.Search)) (*projects.Setup, error) {
		_, setup, err := f.s.project.Search(ctx, o, show)
		return setup, err
	}
}

// forecaster foretells what more rows would buy.
type forecaster struct{ s *session }

// LearningCurve learns from parts of the rows, with what the chosen base makes of them.
func (f forecaster) LearningCurve() parts.Work[projects.Progress, projects.LearningCurve] {
	base := f.s.setup.Base
	return func(ctx context.Context, progress func(projects.Progress)) (projects.LearningCurve, error) {
		return f.s.project.LearningCurve(ctx, base, progress)
	}
}

// folder trains on parts that take turns.
type folder struct{ s *session }

// CrossValidate trains by the session's setup once for each part.
func (f folder) CrossValidate(folds int, group string) parts.Work[projects.CrossValidating, projects.CrossValidation] {
	return withSetup(f.s, func(ctx context.Context, setup *projects.Setup, show func(projects.CrossValidating)) (projects.CrossValidation, error) {
		return f.s.project.CrossValidate(ctx, setup, folds, group, show)
	})
}

// LastCrossValidation gives what was found out last.
func (f folder) LastCrossValidation(ctx context.Context) (projects.CrossValidation, bool, error) {
	return f.s.project.LastCrossValidation(ctx)
}

// Columns gives those of the files that rows can be kept together by.
func (f folder) Columns() []string { return parts.FileColumns(f.s.overview.Sources) }

// Start says what is trained.
func (f folder) Start() string { return f.s.manner() }

// unusable stands for models that cannot be used: each wish is told why.
type unusable struct{ err error }

func (u unusable) List() ([]projects.ModelInfo, error)                          { return nil, u.err }
func (u unusable) Search(context.Context, string) ([]projects.ModelInfo, error) { return nil, u.err }
func (u unusable) Measure(i projects.ModelInfo) projects.ModelInfo              { return i }
func (u unusable) Remove(string) error                                          { return u.err }
func (u unusable) Offline() (offline, demanded bool)                            { return true, true }
func (u unusable) SetOffline(bool) error                                        { return u.err }
func (u unusable) SignIn(string) error                                          { return u.err }
func (u unusable) Page(string) string                                           { return "" }
func (u unusable) Contacts() ([]projects.Contact, error)                        { return nil, u.err }

func (u unusable) Pull(context.Context, string, func(projects.Progress)) (projects.ModelInfo, error) {
	return projects.ModelInfo{}, u.err
}

func (u unusable) Add(context.Context, string, string, func(projects.Progress)) (projects.ModelInfo, error) {
	return projects.ModelInfo{}, u.err
}

// trainer trains the session's project by the session's setup.
type trainer struct{ s *session }

// Ready says what a training lacks.
func (t trainer) Ready(ctx context.Context) (string, error) { return t.s.project.Ready(ctx) }

// Unfinished gives the training that can be gone on with.
func (t trainer) Unfinished(ctx context.Context) (int, bool) { return t.s.project.Unfinished(ctx) }

// LastTraining gives the state that the newest training was left in.
func (t trainer) LastTraining(ctx context.Context) (*run.State, error) {
	return t.s.project.LastTraining(ctx)
}

// Start begins a training that lasts as long as the session at most.
func (t trainer) Start() func(context.Context) (training.Run, error) {
	setup, err := t.s.project.Copy(t.s.setup)
	return func(context.Context) (training.Run, error) {
		if err != nil {
			return nil, err
		}
		return t.train(setup)
	}
}

func (t trainer) train(setup *projects.Setup) (training.Run, error) {
	r, err := t.s.project.Train(t.s.live, setup)
	if err != nil {
		return nil, err
	}
	return r, nil
}

// Resume goes on with an interrupted training.
func (t trainer) Resume(ctx context.Context, number int) (training.Run, error) {
	setup, err := t.s.project.ResumeSetup(ctx, number)
	if err != nil {
		return nil, err
	}
	return t.train(setup)
}

// Split deals the rows out by the usual shares.
func (t trainer) Split(ctx context.Context) error {
	_, err := t.s.project.Split(ctx, projects.DefaultSplit())
	return err
}

// user puts a model to use.
type user struct {
	*projects.Project
	folder string // of the projects
}

// Place is beside the projects, and names the training.
func (u user) Place(run int) string {
	return filepath.Join(u.folder, fmt.Sprintf("%s, model %d", u.Name(), run))
}

// tester opens the best model.
type tester struct {
	*projects.Project
	s *session
}

// filler is a model that guesses missing words.
type filler struct{ *projects.Filler }

// Answer gives the likeliest words.
func (f filler) Answer(ctx context.Context, text, _ string) (dataset.Answer, error) {
	return f.Fill(ctx, text)
}

// Filler opens the best model that got to know the project's texts, else the chosen base,
// or the starter where that one guesses no words.
func (t tester) Filler() func(context.Context) (tryout.Model, string, error) {
	bases := []string{t.s.setup.Base, projects.Starter}
	titles := []string{title(t.s.bases, bases[0]), title(t.s.bases, bases[1])}
	return func(ctx context.Context) (tryout.Model, string, error) {
		if f, run, err := t.Project.Filler(ctx, 0); err == nil {
			return filler{f}, fmt.Sprintf("The model of training %d", run), nil
		}
		var failed error
		for i, base := range bases {
			f, err := projects.OpenFiller(base)
			if err == nil {
				return filler{f}, titles[i], nil
			}
			failed = err
		}
		return nil, "", failed
	}
}

// BestModel gives the best model there is, or none before the first.
func (t tester) BestModel(ctx context.Context) (tryout.Model, int, error) {
	runs, err := t.Runs(ctx)
	if err != nil {
		return nil, 0, err
	}
	for _, r := range runs {
		if r.Model == "" {
			continue
		}
		p, err := t.Predictor(ctx, 0)
		if err != nil {
			return nil, 0, err
		}
		if manner := p.Telling(); manner != nil {
			return &teller{p, manner}, p.Run, nil
		}
		if bounds := p.Bounds(); bounds != nil {
			return &chooser{p, bounds}, p.Run, nil
		}
		return p, p.Run, nil
	}
	return nil, 0, nil
}

// chooser is a model of which each label applies from a probability of its own on.
type chooser struct {
	*projects.Predictor
	bounds map[string]float64
}

var (
	_ tryout.Bounded   = (*chooser)(nil)
	_ tryout.Explainer = (*chooser)(nil)
)

// Bounds gives these probabilities.
func (c *chooser) Bounds() map[string]float64 { return c.bounds }

// Answer gives the probabilities of the labels.
func (c *chooser) Answer(ctx context.Context, text, pair string) (dataset.Answer, error) {
	answer, err := c.Predictor.Answer(ctx, text, pair)
	for i, l := range answer.Labels {
		answer.Labels[i].Score = projects.Probability(l.Score, c.bounds[l.Label])
	}
	return answer, err
}

// Why gives them for a text without each of its words.
func (c *chooser) Why(ctx context.Context, text, pair, label string) ([]dataset.Reason, error) {
	reasons, err := c.Predictor.Why(ctx, text, pair, label)
	for i, r := range reasons {
		reasons[i].Without = projects.Probability(r.Without, c.bounds[label])
	}
	return reasons, err
}

// teller is a model that writes.
type teller struct {
	*projects.Predictor
	manner *projects.Telling
}

var _ tryout.Writer = (*teller)(nil)

// Fields gives how it writes.
func (t *teller) Fields() []setting.Field { return t.manner.Settings() }

// Write takes the manner as it is. It shows the text as it grows, another one each time
// where pieces are drawn. A model that keeps several texts in sight then gives the best of
// them, and the others.
func (t *teller) Write(text, pair string) parts.Work[string, dataset.Answer] {
	t.manner.Seed++
	manner := *t.manner
	return func(ctx context.Context, show func(string)) (dataset.Answer, error) {
		whole, err := t.Tell(ctx, text, &manner, show)
		if err != nil || !manner.Chooses() {
			return dataset.Answer{Text: whole}, err
		}
		return t.Choose(ctx, text, &manner)
	}
}

// Examples gives the first test rows, or validation rows where there are none.
func (t tester) Examples(ctx context.Context, n int) ([]dataset.Example, error) {
	var examples []dataset.Example
	for _, split := range []dataset.Split{dataset.Test, dataset.Validation} {
		rows, err := t.Rows(ctx, projects.Query{Split: &split}, 0, n-len(examples))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			examples = append(examples, r.Example())
		}
		if len(examples) == n {
			break
		}
	}
	return examples, nil
}

// Several says whether any number of labels may apply to a text.
func (t tester) Several() bool { return projects.ColumnsOf(t.Task()).Several }
