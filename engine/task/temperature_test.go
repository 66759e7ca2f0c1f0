package task_test

import (
	"math"
	"testing"

	"attune/engine/batch"
	"attune/engine/bundle"
	"attune/engine/catalog"
	"attune/engine/dataset"
	"attune/engine/op"
	"attune/engine/op/optest"
	"attune/engine/task"
	"attune/engine/task/tasktest"
)

// alone is a classifier beside which no words are counted.
func alone(c *task.Classification) { c.Counts = "off" }

// said gives n answers that are so sure of a, of which some are right.
func said(n, right int, sure float64) (examples []dataset.Example, answers []dataset.Answer) {
	for i := range n {
		label := "cards"
		if i >= right {
			label = "delivery"
		}
		examples = append(examples, example("x", label))
		answers = append(answers, dataset.Answer{Labels: []dataset.Score{{Label: "cards", Score: sure}, {Label: "delivery", Score: 1 - sure}}})
	}
	return examples, answers
}

func TestAfterTuningTheModelIsAsSureAsItIsRight(t *testing.T) {
	for name, c := range map[string]struct {
		n, right              int
		sure, least, greatest float64
	}{
		"too sure":              {4000, 3200, 0.99, 0.795, 0.805},
		"not sure enough":       {4000, 3600, 0.7, 0.895, 0.905},
		"as it should be":       {4000, 3600, 0.9, 0.899, 0.901},
		"few rows, all right":   {60, 60, 0.95, 0.975, 0.992},
		"hardly any rows":       {5, 5, 0.9, 0.9, 0.95},
		"right by mere chance":  {4000, 2000, 0.9, 0.5, 0.6},
		"more rows than needed": {20000, 16000, 0.99, 0.79, 0.81},
	} {
		t.Run(name, func(t *testing.T) {
			m := classifier(t, alone).(task.Tuned)
			examples, answers := said(c.n, c.right, c.sure)
			if c.n > 5000 { // spread, since not all are looked at
				for i := range examples {
					examples[i] = example("x", "cards")
					if i%5 == 0 {
						examples[i] = example("x", "delivery")
					}
				}
			}
			m.Tune(examples, answers)
			if got := answers[0].Labels[0].Score; answers[0].Labels[0].Label != "cards" || got < c.least || got > c.greatest {
				t.Errorf("%d of %d right, %.3f sure: now %.4f sure", c.right, c.n, c.sure, got)
			}
		})
	}
}

func TestRowsWithoutALabelOfTheModelTuneNothing(t *testing.T) {
	m := classifier(t, alone).(task.Tuned)
	_, answers := said(1, 1, 0.9)
	m.Tune([]dataset.Example{example("x", "unheard of")}, answers)
	if answers[0].Labels[0].Score != 0.9 {
		t.Error(answers[0].Labels)
	}
}

// A saved model answers as the tuned one did, while the one that goes on learning keeps
// its weights.
func TestTheTemperatureIsSaved(t *testing.T) {
	m := classifier(t, alone).(task.Tuned)
	tape := optest.Tape(t)
	answer := func(m task.Model) dataset.Answer {
		tape.Infer()
		b := batch.Pack([]batch.Item{item(t, m, example("where is my card", ""))})
		return m.Answers(m.Logits(tape, b), b)[0]
	}
	raw := answer(m)
	before := map[string]float32{}
	for name, p := range m.Params() {
		before[name] = op.Rows(p)[0]
	}
	examples, answers := said(1000, 900, 0.6)
	m.Tune(examples, answers)
	tuned := answer(m)
	if tuned.Labels[0].Score < raw.Labels[0].Score+0.001 {
		t.Fatalf("%v is no surer than %v", tuned.Labels, raw.Labels)
	}
	dir := t.TempDir()
	if err := bundle.Take(m, nil, tasktest.Base(t).Tokenizer, nil).Save(dir, bundle.About{Task: "classification"}); err != nil {
		t.Fatal(err)
	}
	for name, p := range m.Params() {
		if op.Rows(p)[0] != before[name] {
			t.Errorf("saving changed %s", name)
		}
	}
	opened, err := bundle.Open(dir, catalog.Families())
	if err != nil {
		t.Fatal(err)
	}
	again, err := task.NewClassification().Open(opened.Base)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range answer(again).Labels {
		if s.Label != tuned.Labels[i].Label || math.Abs(s.Score-tuned.Labels[i].Score) > 1e-6 {
			t.Errorf("saved %v, opened %v", tuned.Labels, answer(again).Labels)
		}
	}
}
