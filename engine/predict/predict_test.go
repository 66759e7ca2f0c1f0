package predict_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"attune/engine/dataset"
	"attune/engine/kernel"
	"attune/engine/predict"
	"attune/engine/task"
	"attune/engine/task/tasktest"
)

func predictor(t *testing.T) *predict.Predictor {
	t.Helper()
	learn := []dataset.Example{{Text: "card", Labels: []string{"a"}}, {Text: "parcel", Labels: []string{"b"}}}
	m, err := task.NewClassification().Learn(tasktest.Base(t), dataset.FromSlice(learn), 1)
	if err != nil {
		t.Fatal(err)
	}
	workers := kernel.NewWorkers(2)
	t.Cleanup(workers.Close)
	return predict.New(m, workers)
}

// texts gives n texts of different lengths.
func texts(n int) []dataset.Example {
	all := make([]dataset.Example, n)
	for i := range all {
		all[i] = dataset.Example{Text: strings.Join(tasktest.Words[5+i%7:6+i%7+i%11], " ")}
	}
	return all
}

func TestAnswersKeepTheOrder(t *testing.T) {
	p := predictor(t)
	rows := texts(700)
	together, err := p.Answers(context.Background(), rows)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range []int{0, 1, 255, 256, 300, 699} {
		alone, err := p.Answers(context.Background(), rows[i:i+1])
		if err != nil {
			t.Fatal(err)
		}
		for n, s := range alone[0].Labels {
			if d := s.Score - together[i].Labels[n].Score; d > 1e-5 || d < -1e-5 {
				t.Errorf("row %d: %v, alone %v", i, together[i].Labels, alone[0].Labels)
			}
		}
	}
}

func TestAStreamIsAnsweredInOrder(t *testing.T) {
	p := predictor(t)
	rows := texts(4096 + 500)
	want, err := p.Answers(context.Background(), rows[4000:4590])
	if err != nil {
		t.Fatal(err)
	}
	var got []dataset.Answer
	for a, err := range p.Stream(context.Background(), dataset.FromSlice(rows)) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, a)
	}
	if len(got) != len(rows) {
		t.Fatalf("%d answers for %d rows", len(got), len(rows))
	}
	for i, w := range want {
		if g := got[4000+i]; g.Labels[0].Label != w.Labels[0].Label {
			t.Errorf("row %d: %v, want %v", 4000+i, g.Labels, w.Labels)
		}
	}
}

func TestAnErrorOfTheSourceEndsTheStream(t *testing.T) {
	broken := fmt.Errorf("the file is gone")
	source := func(yield func(dataset.Example, error) bool) {
		_ = yield(dataset.Example{Text: "card"}, nil) && yield(dataset.Example{}, broken)
	}
	var last error
	for _, err := range predictor(t).Stream(context.Background(), source) {
		last = err
	}
	if !errors.Is(last, broken) {
		t.Errorf("got %v", last)
	}
}

func TestACancelledAnswerIsNone(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	answers, err := predictor(t).Answers(ctx, texts(3))
	if !errors.Is(err, context.Canceled) || !reflect.DeepEqual(answers, []dataset.Answer(nil)) {
		t.Errorf("%v, %v", answers, err)
	}
}

func TestNothingIsAnsweredWithNothing(t *testing.T) {
	answers, err := predictor(t).Answers(context.Background(), nil)
	if err != nil || len(answers) != 0 {
		t.Errorf("%v, %v", answers, err)
	}
}

// What is found in a long text does not depend on the texts that are answered with it:
// its windows come in batches of any order.
func TestWindowsAreJoinedWhateverTheirOrder(t *testing.T) {
	learn := []dataset.Example{{Text: "my card is lost", Spans: []dataset.Span{{Start: 3, End: 7, Label: "THING"}}}}
	m, err := (&task.Entities{MaxLength: 12}).Learn(tasktest.Base(t), dataset.FromSlice(learn), 1)
	if err != nil {
		t.Fatal(err)
	}
	workers := kernel.NewWorkers(2)
	t.Cleanup(workers.Close)
	p := predict.New(m, workers)
	rows := texts(40)
	for i := range rows {
		rows[i].Text = strings.Repeat(rows[i].Text+" ", 1+i%5)
	}
	together, err := p.Answers(context.Background(), rows)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for i := range rows {
		alone, err := p.Answers(context.Background(), rows[i:i+1])
		if err != nil {
			t.Fatal(err)
		}
		for _, answers := range [][]dataset.Answer{together[i : i+1], alone} {
			for n := range answers[0].Spans {
				answers[0].Spans[n].Score = 0 // batches of other sizes differ in the last digits
			}
		}
		found += len(alone[0].Spans)
		if !reflect.DeepEqual(alone[0], together[i]) {
			t.Errorf("row %d: %v, alone %v", i, together[i], alone[0])
		}
	}
	if found < 40 {
		t.Errorf("%d spans in all: there is nothing to compare", found)
	}
}
