package projects

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"attune/engine/dataset"
	"attune/engine/disk"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/setting"
)

// Shrunk sets a model beside the smaller ones that learned from it.
type Shrunk struct {
	Split  dataset.Split `json:"split"`  // the rows that all are scored on
	Main   string        `json:"main"`   // the score that is told
	Models []Sized       `json:"models"` // the teacher, then its students, those with more layers first
}

// Sized is what a model needs, and what it gives for that.
type Sized struct {
	Run        int           `json:"run"`
	Layers     int           `json:"layers"`
	Parameters int           `json:"parameters"`
	Bytes      int64         `json:"bytes"` // of its folder
	Speed      float64       `json:"speed"` // rows that it answers a second, on this computer as it is now
	Score      float64       `json:"score"`
	Worse      []LabelChange `json:"worse"` // labels whose F1 fell by two points or more against the teacher's, the largest fall first
}

// worseBy is the fall of a label's F1 that is told.
const worseBy = 0.02

// distilTechnique makes students.
const distilTechnique = "distil"

// StudentSetup gives the setup of a training whose model has so many of the layers of a
// run's model, 0 for the best one, and learns from it. It starts from what the teacher
// started from, and reads texts as it does.
func (p *Project) StudentSetup(ctx context.Context, teacher, layers int) (*Setup, error) {
	info, err := p.Run(ctx, teacher)
	if err != nil {
		return nil, err
	}
	m, _, err := p.kept(info)
	if err != nil {
		return nil, err
	}
	if most := layersOf(m.Backbone()) - 1; layers < 1 || layers > most {
		return nil, &Error{Got: fmt.Sprintf("a student of run %d cannot have %s", info.Number, counted(layers, "layer")), Way: fmt.Sprintf("choose 1 to %d", most)}
	}
	record, err := p.store.Run(ctx, info.Number)
	if err != nil {
		return nil, err
	}
	s, err := p.NewSetup(record.Preset)
	if err != nil {
		return nil, err
	}
	s.StartFrom(record.Base)
	s.Seed, s.Threads, s.Techniques = record.Seed, record.Threads, []string{distilTechnique}
	settings := map[string]string{"distil_teacher": strconv.Itoa(info.Number), "distil_layers": strconv.Itoa(layers)}
	for key := range setting.Values(s.task.Settings()) {
		if value, ok := record.Settings[key]; ok {
			settings[key] = value
		}
	}
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		if err := setting.Apply(s.Fields(), key, settings[key]); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Teacher is the number of the run whose model the run's learned from, 0 for one that had no
// teacher, or the best there was then.
func (r RunInfo) Teacher() int {
	if !slices.Contains(r.Techniques, distilTechnique) {
		return 0
	}
	number, _ := strconv.Atoi(r.Settings["distil_teacher"])
	return number
}

// layersOf counts the layers of a body above its embeddings.
func layersOf(b model.Backbone) int { return len(slices.Collect(b.Layers())) - 1 }

// Shrunk scores and times the model of a run, 0 for the best one, and all students that
// learned from it, on the rows of a split.
func (p *Project) Shrunk(ctx context.Context, teacher int, split dataset.Split, progress func(Progress)) (Shrunk, error) {
	runs, err := p.Runs(ctx)
	if err != nil {
		return Shrunk{}, err
	}
	first, err := choose(runs, teacher)
	if err != nil {
		return Shrunk{}, err
	}
	compared := []RunInfo{first}
	for _, r := range slices.Backward(runs) {
		if r.Model != "" && r.Teacher() == first.Number {
			compared = append(compared, r)
		}
	}
	var reports []assessed
	for _, r := range compared {
		report, err := p.assess(ctx, r.Number, split, progress)
		if err != nil {
			return Shrunk{}, err
		}
		reports = append(reports, report)
	}
	if progress != nil {
		progress(Progress{Verb: "Timing the models"})
	}
	all, err := p.sized(ctx, compared, split)
	if err != nil {
		return Shrunk{}, err
	}
	for i, r := range reports {
		all[i].Score = r.Metrics[r.Main]
		all[i].Worse = worse(compareReports(reports[0], r))
	}
	slices.SortStableFunc(all[1:], func(a, b Sized) int { return cmp.Compare(b.Layers, a.Layers) })
	return Shrunk{Split: split, Main: reports[0].Main, Models: all}, nil
}

// worse gives the labels that fell, the largest fall first.
func worse(c RunsCompared) []LabelChange {
	fell := slices.DeleteFunc(slices.Clone(c.Labels), func(l LabelChange) bool { return l.A-l.B < worseBy })
	slices.SortStableFunc(fell, func(a, b LabelChange) int { return cmp.Compare(b.A-b.B, a.A-a.B) })
	return fell
}

// How speed is measured: rows that every model answers, fewer where it writes, and how
// often in turn, so that what else the computer does touches all of them alike. The best
// time counts.
const (
	timedRows    = 256
	timedWriting = 16
	timedTurns   = 3
)

// sized opens the models of runs, counts and times them.
func (p *Project) sized(ctx context.Context, runs []RunInfo, split dataset.Split) ([]Sized, error) {
	rows, err := p.someRows(ctx, split, timedRows)
	if err != nil {
		return nil, err
	}
	all, predictors := make([]Sized, len(runs)), make([]*Predictor, len(runs))
	for i, r := range runs {
		if predictors[i], err = p.Predictor(ctx, r.Number); err != nil {
			return nil, err
		}
		defer predictors[i].Close()
		m := predictors[i].model.Model()
		all[i] = Sized{Run: r.Number, Layers: layersOf(m.Backbone()), Bytes: disk.FolderSize(p.store.Path(r.Model))}
		for _, param := range m.Params() {
			all[i].Parameters += len(op.Rows(param))
		}
	}
	if predictors[0].model.Writer() != nil {
		rows = rows[:min(len(rows), timedWriting)]
	}
	for range timedTurns {
		for i, predictor := range predictors {
			began := time.Now()
			if _, err := predictor.answers(ctx, rows); err != nil {
				return nil, err
			}
			all[i].Speed = max(all[i].Speed, float64(len(rows))/time.Since(began).Seconds())
		}
	}
	return all, nil
}

// someRows gives the first rows of a split as the model is asked them.
func (p *Project) someRows(ctx context.Context, split dataset.Split, most int) ([]dataset.Example, error) {
	var rows []dataset.Example
	for e, err := range p.store.Imported(ctx, split) {
		if err != nil {
			return nil, err
		}
		if rows = append(rows, e); len(rows) == most {
			break
		}
	}
	return rows, nil
}
