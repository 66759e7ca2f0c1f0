package train_test

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"

	"attune/engine/bundle"
	"attune/engine/catalog"
	"attune/engine/dataset"
	"attune/engine/kernel"
	"attune/engine/op/optest"
	"attune/engine/predict"
	"attune/engine/task"
	"attune/engine/task/tasktest"
	"attune/engine/technique"
	"attune/engine/train"
)

// written gives texts of up to sixty words, some with a capital first and some in
// capitals, which alone are names.
func written(n int, seed uint64) []dataset.Example {
	random := rand.New(rand.NewPCG(seed, 4))
	all := make([]dataset.Example, n)
	for i := range all {
		e := dataset.Example{Spans: []dataset.Span{}}
		for range 1 + random.IntN(60) {
			word, label := tasktest.Words[5+random.IntN(len(tasktest.Words)-5)], ""
			switch random.IntN(8) {
			case 0:
				word, label = strings.ToUpper(word[:1])+word[1:], "CAPITAL"
			case 1:
				word, label = strings.ToUpper(word), "CAPITALS"
			}
			if len(word) == 1 && label != "" {
				label = "CAPITAL"
			}
			start := len(e.Text)
			e.Text += word + " "
			if label != "" {
				e.Spans = append(e.Spans, dataset.Span{Start: start, End: start + len(word), Label: label})
			}
		}
		all[i] = e
	}
	return all
}

// byShape is a plan to find names that nothing but capitals tells, with a tokenizer that
// hides them.
func byShape(t *testing.T) *technique.Plan {
	t.Helper()
	p := &technique.Plan{
		Task: &task.Entities{MaxLength: 16}, Base: tasktest.Base(t), Seed: 1,
		Learn: dataset.FromSlice(written(40, 1)), Check: dataset.FromSlice(written(20, 2)),
	}
	if err := technique.NewHeadSwap().Apply(p); err != nil {
		t.Fatal(err)
	}
	return p
}

// What was learned of capitals is saved with the model, and holds in windows, in 8 bits
// and for a student.
func TestNamesAreToldByTheirCapitals(t *testing.T) {
	o := options
	o.Epochs, o.LearningRate = 8, 5e-3
	plan := byShape(t)
	scored(t, "as learned", last(t, plan, o), 0.98)

	dir := t.TempDir()
	if err := bundle.Take(plan.Model, nil, plan.Base.Tokenizer, nil).Save(dir, bundle.About{Task: "entities", Settings: map[string]string{"max_length": "16"}}); err != nil {
		t.Fatal(err)
	}
	opened, err := bundle.Open(dir, catalog.Families())
	if err != nil {
		t.Fatal(err)
	}
	again, err := (&task.Entities{MaxLength: 16}).Open(opened.Base)
	if err != nil {
		t.Fatal(err)
	}
	workers := kernel.NewWorkers(1)
	t.Cleanup(workers.Close)
	predictor := predict.New(again, workers)
	scored(t, "once saved", f1(t, predictor), 0.98)
	predictor.Quantise()
	scored(t, "in 8 bits", f1(t, predictor), 0.95)

	student := byShape(t)
	student.Teacher = func(int) (task.Model, error) { return plan.Model, nil }
	student.Model, student.Phases = nil, nil
	distil := technique.NewDistil().(*technique.Distil)
	distil.Layers = 1
	if err := distil.Apply(student); err != nil {
		t.Fatal(err)
	}
	o.Epochs = 2
	scored(t, "a student", last(t, student, o), 0.95)
}

func scored(t *testing.T, name string, got, least float64) {
	t.Helper()
	if got < least {
		t.Errorf("%s: F1 %.3f, less than %.2f", name, got, least)
	}
}

// last trains a plan and gives its F1 on the validation rows.
func last(t *testing.T, p *technique.Plan, o train.Options) float64 {
	t.Helper()
	steps := collect(t, train.Steps(context.Background(), optest.Tape(t), p, o, nil))
	return steps[len(steps)-1].Evaluation.Scores["f1"]
}

func f1(t *testing.T, p *predict.Predictor) float64 {
	t.Helper()
	score := task.NewEntities().Metrics()[0]
	examples := written(20, 2)
	answers, err := p.Answers(context.Background(), examples)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range examples {
		score.Add(e, answers[i])
	}
	return score.Value()
}
