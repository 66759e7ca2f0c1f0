package gui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"attune/engine/dataset"
	"attune/gui/cleaning"
	"attune/gui/comparing"
	"attune/gui/evaluation"
	"attune/gui/examples"
	"attune/gui/folds"
	"attune/gui/growth"
	"attune/gui/health"
	"attune/gui/importing"
	"attune/gui/parts"
	"attune/gui/search"
	"attune/gui/shrinking"
	"attune/gui/technique"
	"attune/gui/training"
	"attune/gui/tryout"
	"attune/gui/using"
	"attune/projects"
	"attune/projects/run"
)

// session is an open project with its pages.
type session struct {
	w         *Window
	project   *projects.Project
	setup     *projects.Setup
	facts     facts
	worker    *parts.Worker
	foresight *parts.Worker // looks at the memory that a training would need
	fitting   *parts.Worker // and at the techniques that it cannot use
	unfit     map[string]string
	unfitFor  string          // what they were found for
	live      context.Context // ends when the session does; a training under way is then interrupted
	end       context.CancelFunc

	overview   projects.Overview
	reading    bool              // the overview is that of before a change
	bases      []projects.Choice // what a training can start from
	importing  *importing.Panel
	examples   *examples.Panel
	cleaning   *cleaning.Panel
	health     *health.Panel
	growth     *growth.Panel
	folds      *folds.Panel
	comparing  *comparing.Panel
	shrinking  *shrinking.Panel
	using      *using.Panel
	technique  *technique.Panel
	search     *search.Panel
	training   *training.Panel
	evaluation *evaluation.Panel
	tryout     *tryout.Panel
}

func newSession(w *Window, p *projects.Project) (*session, error) {
	s := &session{w: w, project: p, worker: parts.NewWorker(w.options.Place), foresight: parts.NewWorker(w.options.Place), fitting: parts.NewWorker(w.options.Place)}
	if err := s.plan(""); err != nil {
		return nil, err
	}
	s.live, s.end = context.WithCancel(context.Background())
	place, d := w.options.Place, desk{w}
	s.importing = importing.New(importer{p}, d, place)
	s.examples = examples.New(p, d, place)
	s.cleaning = cleaning.New(p, d, place)
	s.health = health.New(p, d, place)
	s.technique = technique.New(trier{s}, d, place)
	s.search = search.New(searcher{s}, d, place)
	s.growth = growth.New(forecaster{s}, d, place)
	s.folds = folds.New(folder{s}, d, place)
	s.comparing = comparing.New(p, d, place)
	s.shrinking = shrinking.New(p, d, place)
	s.using = using.New(user{p, w.options.Folder}, d, place)
	s.training = training.New(trainer{s}, d, place)
	s.evaluation = evaluation.New(p, d, place)
	s.tryout = tryout.New(tester{p, s}, d, place)
	return s, nil
}

// plan takes the settings of a preset.
func (s *session) plan(preset string) error {
	setup, err := s.project.NewSetup(preset)
	if err == nil {
		s.setup = setup
	}
	return err
}

// taskChanged takes the settings of what is to be learned now.
func (s *session) taskChanged() {
	if err := s.plan(s.setup.Preset); err != nil {
		s.w.notice.Say(parts.MessageOf(err, "Nothing was changed."), parts.Link("Close", s.w.notice.Hush))
	}
	s.look(nil)
}

// look reads what the rail and the pages show of the project, and then goes on.
func (s *session) look(then func()) {
	type seen struct {
		overview projects.Overview
		reason   string
		health   projects.Health
		runs     []projects.RunInfo
		bases    []projects.Choice
	}
	s.reading = true
	parts.Start(s.worker, func(ctx context.Context) (v seen, err error) {
		if v.overview, err = s.project.Overview(ctx); err != nil {
			return v, err
		}
		if v.reason, err = s.project.Ready(ctx); err != nil {
			return v, err
		}
		if v.health, err = s.project.Health(ctx); err != nil {
			return v, err
		}
		if v.runs, err = s.project.Runs(ctx); err != nil {
			return v, err
		}
		v.bases, err = s.project.Bases(s.w.shelf)
		return v, err
	}, func(v seen, err error) {
		s.reading = false
		if err != nil {
			s.w.notice.Say(parts.MessageOf(err, "The project on the disk is as it was."), parts.Link("Close", s.w.notice.Hush))
		} else {
			s.bases = v.bases
			s.know(v.overview, v.reason, v.runs)
			s.facts.looked, s.facts.ills = !v.health.Checked.IsZero() && !v.health.Stale, ills(v.health)
			s.health.Reload()
			s.w.showRail()
		}
		if then != nil {
			then()
		}
	})
}

// ills counts the findings that are worth mending.
func ills(h projects.Health) (n int) {
	for _, f := range h.Findings {
		if f.Severity != projects.Notice {
			n++
		}
	}
	return n
}

// know takes in what was read of the project.
func (s *session) know(o projects.Overview, reason string, runs []projects.RunInfo) {
	s.overview = o
	s.w.header.remember(o.CanUndo != "", o.CanRedo != "")
	if !slices.ContainsFunc(s.bases, func(b projects.Choice) bool { return b.Name == s.setup.Base }) {
		s.setup.StartFrom(s.bases[0].Name) // the model was removed
	}
	s.setup.Fit(o.Learn)
	s.facts = facts{rows: o.Rows, labels: len(o.Labels), unsplit: o.Splits[dataset.Unassigned], ready: reason == "", searching: s.facts.searching, folding: s.facts.folding, run: s.facts.run}
	for _, r := range runs {
		if r.Model != "" {
			s.facts.models++
		}
	}
	if s.facts.run == "" && len(runs) > 0 {
		s.facts.run = runs[0].Status
	}
	s.examples.Reload()
	if s.w.page == Clean {
		s.cleaning.Reload()
	}
	s.showTechnique()
	s.reloadTraining()
	s.w.showBases()
	s.w.showRail()
}

// follow takes in how a training goes.
func (s *session) follow(r run.State) {
	was := s.facts.run
	s.facts.run = r.Status
	if was == r.Status {
		return
	}
	s.w.showRail()
	if r.Status.AtRest() {
		s.look(nil)
		s.w.trainingEnded()
	}
}

func (s *session) showTechnique() {
	chosen := ""
	if len(s.setup.Techniques) > 0 {
		chosen = s.setup.Techniques[0]
	}
	s.technique.Show(technique.State{Overview: s.overview, Reading: s.reading, Tasks: projects.Tasks(), Task: s.project.Task(),
		Bases: s.bases, Techniques: projects.Techniques(), Unfit: s.unfit, Presets: projects.Presets(),
		Base: s.setup.Base, Technique: chosen, Preset: s.setup.Preset, Fields: s.setup.Fields(), Domain: s.facts.ready && s.unfit["domain"] == ""})
	s.foretell()
}

// foretell looks at what memory the training would need.
func (s *session) foretell() {
	s.technique.HideMemory()
	s.foresight.Drop()
	s.fitting.Drop()
	if !s.facts.ready {
		return
	}
	setup, err := s.project.Copy(s.setup)
	if err != nil {
		return // the training will say what is wrong with it
	}
	parts.Start(s.foresight, func(ctx context.Context) (projects.MemoryForecast, error) {
		return s.project.MemoryForecast(ctx, setup)
	}, func(f projects.MemoryForecast, err error) {
		if err == nil {
			s.technique.ShowMemory(f)
		}
	})
	s.tryTechniques()
}

// tryTechniques looks which techniques cannot be used, when that may have changed.
func (s *session) tryTechniques() {
	tried := fmt.Sprint(s.project.Task(), s.setup.Base == projects.Fresh, s.overview.Rows, s.overview.Splits, s.overview.Runs, s.facts.models)
	if tried == s.unfitFor {
		return
	}
	trial, err := s.project.Copy(s.setup)
	if err != nil {
		return
	}
	parts.Start(s.fitting, func(ctx context.Context) (map[string]string, error) { return s.project.Unfit(ctx, trial) },
		func(reasons map[string]string, err error) {
			if err == nil {
				s.unfit, s.unfitFor = reasons, tried
				s.technique.ShowUnfit(reasons)
			}
		})
}

func (s *session) reloadTraining() {
	unsplit := s.facts.rows > s.overview.Splits[dataset.Unlabelled] && (s.overview.Splits[dataset.Train] == 0 || s.overview.Splits[dataset.Validation] == 0)
	s.training.Reload(s.intent(), unsplit)
}

// intent says in a sentence what a training would do.
func (s *session) intent() string {
	what := title(projects.Tasks(), s.project.Task())
	if s.facts.rows == 0 {
		return what + "."
	}
	what = strings.ToLower(what[:1]) + what[1:]
	if s.facts.labels > 0 {
		what += " (" + parts.Counted(s.facts.labels, "label", "labels") + ")"
	}
	text := fmt.Sprintf("%s: learns to %s from %s.", s.manner(), what, parts.Counted(s.overview.Splits[dataset.Train], "training row", "training rows"))
	if s.setup.MaxMinutes > 0 {
		text += " It takes " + parts.Duration(time.Duration(s.setup.MaxMinutes*float64(time.Minute))) + " at most."
	}
	return text
}

// manner is start with the techniques, but for the usual one.
func (s *session) manner() string {
	all := []string{s.start()}
	for _, t := range projects.Techniques() {
		if t.Name != usual && slices.Contains(s.setup.Techniques, t.Name) {
			all = append(all, t.Title)
		}
	}
	return strings.Join(all, ", ")
}

// usual is the technique that goes without saying.
const usual = "headswap"

// start names what a training starts from, and how thorough it is.
func (s *session) start() string {
	return title(s.bases, s.setup.Base) + ", " + title(projects.Presets(), s.setup.Preset)
}

func title(choices []projects.Choice, name string) string {
	if i := slices.IndexFunc(choices, func(c projects.Choice) bool { return c.Name == name }); i >= 0 {
		return choices[i].Title
	}
	return name
}

// close lets the project go.
func (s *session) close() {
	s.end()
	s.worker.Drop()
	s.foresight.Drop()
	s.fitting.Drop()
	s.importing.Leave()
	s.examples.Leave()
	s.cleaning.Leave()
	s.health.Leave()
	s.growth.Leave()
	s.folds.Leave()
	s.comparing.Leave()
	s.shrinking.Leave()
	s.using.Leave()
	s.technique.Leave()
	s.search.Leave()
	s.training.Leave()
	s.evaluation.Leave()
	s.tryout.Close()
	if err := s.project.Close(); err != nil {
		s.w.notice.Say(parts.MessageOf(err, "Everything that was shown as done is on the disk."))
	}
}
