package task_test

import (
	"context"
	"math"
	"testing"

	"attune/engine/bundle"
	"attune/engine/catalog"
	"attune/engine/dataset"
	"attune/engine/kernel"
	"attune/engine/predict"
	"attune/engine/task"
	"attune/engine/task/tasktest"
)

// found gives n answers that are so sure of one name, of which some are right, and as many
// that are so sure that there is none.
func found(n, right int, sure float64) (examples []dataset.Example, answers []dataset.Answer) {
	for i := range n {
		named, none := marked("my [card]THING is lost"), marked("my card is lost")
		if i >= right {
			named, none = none, named
		}
		examples = append(examples, named, none)
		answers = append(answers,
			dataset.Answer{Spans: []dataset.Span{{Start: 3, End: 7, Label: "THING", Score: sure}}, Sure: sure},
			dataset.Answer{Spans: []dataset.Span{}, Sure: sure})
	}
	return examples, answers
}

func TestATaggerIsAsSureAsItIsRight(t *testing.T) {
	m := entities(t, tasktest.Base(t), 64).(task.Tuned)
	sure := 0.99
	for range 2 { // the second time its answers are as it was set at first
		examples, answers := found(2000, 1600, sure)
		examples = append(examples, dataset.Example{Text: "nobody looked"})
		answers = append(answers, dataset.Answer{Spans: []dataset.Span{{Start: 0, End: 6, Label: "THING", Score: 0.01}}, Sure: 0.01})
		m.Tune(examples, answers)
		named, none := answers[0], answers[1]
		for what, got := range map[string]float64{"a name": named.Spans[0].Score, "an answer": named.Sure, "no name": none.Sure} {
			if math.Abs(got-0.8) > 0.01 {
				t.Errorf("%s: %.3f sure, and right in 80 of 100", what, got)
			}
		}
		if c := task.NewEntities().Compare(examples[1], none); !c.Right || c.Score != none.Sure {
			t.Errorf("%+v", c)
		}
		sure = named.Sure
	}
}

// What was found of its sureness is saved, for short texts and for those read in windows.
func TestHowSureATaggerIsIsSaved(t *testing.T) {
	base := tasktest.Base(t)
	m := entities(t, base, 12).(task.Tuned)
	texts := []dataset.Example{{Text: "my card is lost"}, {Text: "my card is lost the parcel has not come i want a refund please"}, {}}
	raw := predicted(t, m, texts)
	examples, answers := found(1000, 300, 0.9)
	m.Tune(examples, answers)
	tuned := predicted(t, m, texts)
	dir := t.TempDir()
	if err := bundle.Take(m, nil, base.Tokenizer, nil).Save(dir, bundle.About{Task: "entities"}); err != nil {
		t.Fatal(err)
	}
	opened, err := bundle.Open(dir, catalog.Families())
	if err != nil {
		t.Fatal(err)
	}
	again, err := (&task.Entities{MaxLength: 12}).Open(opened.Base)
	if err != nil {
		t.Fatal(err)
	}
	for i, got := range predicted(t, again, texts) {
		if got.Sure != tuned[i].Sure || got.Sure == raw[i].Sure || !(0 < got.Sure && got.Sure < 1) {
			t.Errorf("%q: %.4f sure at first, tuned %.4f, opened %.4f", texts[i].Text, raw[i].Sure, tuned[i].Sure, got.Sure)
		}
		for j, x := range got.Spans {
			if x != tuned[i].Spans[j] || x.Score == raw[i].Spans[j].Score {
				t.Errorf("%v, tuned %v, opened %v", raw[i].Spans[j], tuned[i].Spans[j], x)
			}
		}
	}
}

func predicted(t *testing.T, m task.Model, texts []dataset.Example) []dataset.Answer {
	t.Helper()
	workers := kernel.NewWorkers(1)
	t.Cleanup(workers.Close)
	answers, err := predict.New(m, workers).Answers(context.Background(), texts)
	if err != nil {
		t.Fatal(err)
	}
	return answers
}
