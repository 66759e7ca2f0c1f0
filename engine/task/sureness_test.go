package task_test

import (
	"context"
	"math"
	"testing"

	"attune/engine/bundle"
	"attune/engine/catalog"
	"attune/engine/dataset"
	"attune/engine/kernel"
	"attune/engine/model"
	"attune/engine/op"
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
	for range 2 { // the second time, too, it is asked while it learns
		examples, answers := found(2000, 1600, 0.99)
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
	}
}

// What was found of its sureness is saved, for short texts and for those read in windows.
func TestHowSureATaggerIsIsSaved(t *testing.T) {
	base := tasktest.Base(t)
	m := entities(t, base, 12).(task.Tuned)
	texts := []dataset.Example{{Text: "my card is lost"}, {Text: "my card is lost the parcel has not come i want a refund please"}, {}}
	raw := predicted(t, reopened(t, m, base), texts)
	examples, answers := found(1000, 300, 0.9)
	m.Tune(examples, answers)
	for i, got := range predicted(t, reopened(t, m, base), texts) {
		if got.Sure == raw[i].Sure || !(0 < got.Sure && got.Sure < 1) {
			t.Errorf("%q: %.4f sure at first, %.4f tuned and opened", texts[i].Text, raw[i].Sure, got.Sure)
		}
	}
}

// A model of which unlikely spans were right on the validation rows gives them: more than
// its likeliest tags have, once it was tuned and opened, and none where they were wrong.
func TestSpansFromABoundOn(t *testing.T) {
	texts := []dataset.Example{{Text: "my card is lost"}, {Text: "the parcel has not come i want a refund please money back where door late"}}
	count := func(answers []dataset.Answer) (n int) {
		for _, a := range answers {
			n += len(a.Spans)
			for i := range len(a.Spans) - 1 {
				if a.Spans[i].End > a.Spans[i+1].Start {
					t.Errorf("%v overlap", a.Spans)
				}
			}
		}
		return n
	}
	for name, c := range map[string]struct {
		right int
		sure  float64
		want  func(likely, given int) bool
	}{
		"unlikely ones are right": {100, 0.01, func(likely, given int) bool { return given > likely }},
		"none is right":           {0, 0.99, func(_, given int) bool { return given == 0 }},
		"too few to tell":         {10, 0.01, func(likely, given int) bool { return given <= likely }},
	} {
		t.Run(name, func(t *testing.T) {
			base := tasktest.Base(t)
			m := entities(t, base, 64).(task.Tuned)
			for name, p := range m.Params() {
				if name == "classifier.bias" {
					op.Rows(p)[0] = 3 // of the tag outside of all spans
				}
			}
			likely := count(predicted(t, reopened(t, m, base), texts))
			examples, answers := found(100, c.right, c.sure)
			m.Tune(examples, answers)
			if given := count(predicted(t, reopened(t, m, base), texts)); !c.want(likely, given) {
				t.Errorf("%d spans of the likeliest tags, %d given", likely, given)
			}
		})
	}
}

// reopened saves a model and opens it.
func reopened(t *testing.T, m task.Model, base *model.Base) task.Model {
	t.Helper()
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
	return again
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
