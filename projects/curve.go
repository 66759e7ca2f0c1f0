package projects

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"

	"attune/engine/baseline"
	"attune/engine/batch"
	"attune/engine/curve"
	"attune/engine/dataset"
	"attune/engine/kernel"
	"attune/engine/op"
	"attune/engine/predict"
	"attune/engine/task"
)

// LearningCurve says what more rows would buy: how well models do that learned from
// parts of the training rows, and what that foretells.
type LearningCurve struct {
	Learner  string        `json:"learner"` // what learned, in a few words
	Metric   string        `json:"metric"`
	Checked  int           `json:"checked"` // validation rows that each was scored on
	Points   []CurvePoint  `json:"points"`
	Foretold []CurveFuture `json:"foretold"` // for all rows that there are, twice and five times as many
	Sentence string        `json:"sentence"`
}

// CurvePoint is how well one model did that learned from so many rows.
type CurvePoint struct {
	Rows  int     `json:"rows"`
	Score float64 `json:"score"`
}

// CurveFuture is the score that is foretold, and between which two nine in ten are.
type CurveFuture struct {
	Rows  int     `json:"rows"`
	Score float64 `json:"score"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// The parts of the training rows that are learned from, each drawn several times.
var curveShares = []float64{0.1, 0.2, 0.4, 0.8}

const (
	curveDraws   = 3
	fewestCurved = 50 // training rows; a tenth of fewer says nothing
	curveCost    = 1  // follows features less closely than counted words
)

// LearningCurve learns from 10, 20, 40 and 80 % of the training rows, scores each on
// the validation rows, and foretells the scores of more rows by a power law. What learns
// is a linear model: on what the body of a pre-trained model makes of the texts, which
// is computed once, or without one on counted words. base is such a model, "" for that
// of the last training. It fails with an *Error where there is too little to learn from,
// or nothing of the kind can be learned.
func (p *Project) LearningCurve(ctx context.Context, base string, progress func(Progress)) (LearningCurve, error) {
	t, err := p.newTask()
	if err != nil {
		return LearningCurve{}, err
	}
	if reason, err := p.Ready(ctx); err != nil || reason != "" {
		return LearningCurve{}, notReady(reason, err)
	}
	learn, err := dataset.Collect(p.Source(ctx, dataset.Train))
	if err != nil {
		return LearningCurve{}, err
	}
	check, err := dataset.Collect(p.Source(ctx, dataset.Validation))
	if err != nil {
		return LearningCurve{}, err
	}
	if len(learn) < fewestCurved {
		return LearningCurve{}, &Error{Got: fmt.Sprintf("%s are too few to foretell anything", counted(len(learn), "training row")), Way: "come back with " + dataset.Thousands(fewestCurved)}
	}
	if base == "" {
		if base, err = p.lastBase(ctx); err != nil {
			return LearningCurve{}, err
		}
	}
	meter := newMeter(int64(len(curveShares)*curveDraws*len(learn)), progress)
	l, err := p.curveLearner(ctx, t, base, learn, check)
	if err != nil {
		return LearningCurve{}, err
	}
	c := LearningCurve{Learner: l.title, Metric: t.Metrics()[0].Name(), Checked: len(check)}
	var points []curve.Point
	for _, share := range curveShares {
		for draw := range curveDraws {
			told := meter.part(fmt.Sprintf("Learning from %.0f %% of the rows", 100*share), int64(len(learn)))
			order := rand.New(rand.NewPCG(uint64(draw+1), 20)).Perm(len(learn))
			some := order[:max(2, int(share*float64(len(learn))))]
			answers, err := l.learn(ctx, some)
			if few := new(baseline.Error); errors.As(err, &few) {
				continue // by chance one label only
			}
			if err != nil {
				return LearningCurve{}, err
			}
			m := t.Metrics()[0]
			for i, a := range answers {
				m.Add(check[i], a)
			}
			points = append(points, curve.Point{Rows: len(some), Score: m.Value()})
			c.Points = append(c.Points, CurvePoint{len(some), m.Value()})
			told(int64(len(learn)))
		}
	}
	band := curve.Foretell(points)
	for _, times := range []int{1, 2, 5} {
		low, score, high := band.Range(times * len(learn))
		c.Foretold = append(c.Foretold, CurveFuture{times * len(learn), score, low, high})
	}
	c.Sentence = c.say()
	return c, nil
}

// metricWords writes a metric's name as people say it: macro F1.
var metricWords = strings.NewReplacer("_", " ", "f1", "F1", "mcc", "MCC")

// say tells what twice the rows would buy.
func (c LearningCurve) say() string {
	now, twice := c.Foretold[0], c.Foretold[1]
	gain := 100 * (twice.Score - now.Score)
	text := fmt.Sprintf("With twice the rows (%s) %s would go from about %.1f to %.1f %% (%.1f to %.1f).", dataset.Thousands(twice.Rows), metricWords.Replace(c.Metric), 100*now.Score, 100*twice.Score, 100*twice.Low, 100*twice.High)
	switch {
	case gain < 0.5:
		return text + " More of the same rows buy next to nothing: better labels, or another model, may."
	case gain < 2:
		return text + " More rows help a little."
	}
	return text + " More rows are worth their while."
}

// curveLearner learns from some of the training rows and answers the validation rows.
type curveLearner struct {
	title string
	learn func(ctx context.Context, some []int) ([]dataset.Answer, error)
}

func (p *Project) curveLearner(ctx context.Context, t task.Task, base string, learn, check []dataset.Example) (curveLearner, error) {
	if base != Fresh {
		return featureLearner(ctx, t, base, learn, check)
	}
	simple, ok := t.(task.Comparable)
	if !ok {
		return curveLearner{}, &Error{Got: "without a pre-trained model there is nothing that learns this in seconds", Way: "name one to start from"}
	}
	return curveLearner{"a linear model on counted words", func(ctx context.Context, some []int) ([]dataset.Answer, error) {
		answer, err := simple.Baseline(ctx, dataset.FromSlice(chosenOf(learn, some)))
		if err != nil {
			return nil, err
		}
		answers := make([]dataset.Answer, len(check))
		for i, e := range check {
			answers[i] = answer(e)
		}
		return answers, ctx.Err()
	}}, nil
}

func chosenOf[T any](all []T, some []int) []T {
	chosen := make([]T, len(some))
	for i, n := range some {
		chosen[i] = all[n]
	}
	return chosen
}

// featureLearner is a linear model on what a body makes of the texts.
func featureLearner(ctx context.Context, t task.Task, base string, learn, check []dataset.Example) (curveLearner, error) {
	body, err := openBase(base)
	if err != nil {
		return curveLearner{}, err
	}
	m, err := t.Learn(body, dataset.FromSlice(learn), 1)
	if err != nil {
		return curveLearner{}, err
	}
	featured, ok := m.(task.Featured)
	if !ok || slices.ContainsFunc(learn, func(e dataset.Example) bool { return len(e.Labels) != 1 }) {
		return curveLearner{}, &Error{Got: "a curve can be drawn for texts with one label each", Way: "train on a part of the rows, and compare the scores"}
	}
	workers := kernel.NewWorkers(runtime.NumCPU())
	defer workers.Close()
	rows := func(examples []dataset.Example) ([][]float32, error) {
		items, err := predict.Encode(ctx, workers, m, examples)
		if err != nil {
			return nil, err
		}
		if err := predict.Features(ctx, op.NewTape(workers), featured, items); err != nil {
			return nil, err
		}
		if len(items) != len(examples) {
			return nil, &Error{Got: "these texts are read in several parts", Way: "let the model read longer texts, or shorten them when cleaning"}
		}
		return featuresOf(items), nil
	}
	known, err := rows(learn)
	if err != nil {
		return curveLearner{}, err
	}
	asked, err := rows(check)
	if err != nil {
		return curveLearner{}, err
	}
	labels := make([]string, len(learn))
	for i, e := range learn {
		labels[i] = e.Labels[0]
	}
	return curveLearner{"a linear model on what " + base + " makes of the texts", func(ctx context.Context, some []int) ([]dataset.Answer, error) {
		m, err := baseline.TrainRows(ctx, chosenOf(known, some), chosenOf(labels, some), baseline.Options{Cost: curveCost})
		if err != nil {
			return nil, err
		}
		answers := make([]dataset.Answer, len(asked))
		for i, row := range asked {
			answers[i] = m.AnswerRow(row)
		}
		return answers, ctx.Err()
	}}, nil
}

func featuresOf(items []batch.Item) [][]float32 {
	rows := make([][]float32, len(items))
	for i := range items {
		rows[i] = items[i].Features
	}
	return rows
}

// lastBase is the pre-trained model from which the last training of one started, or
// Fresh.
func (p *Project) lastBase(ctx context.Context) (string, error) {
	runs, err := p.store.Runs(ctx)
	base := ""
	for _, r := range runs { // the oldest first
		if r.Base != Fresh {
			base = r.Base
		}
	}
	return cmp.Or(base, Fresh), err
}
