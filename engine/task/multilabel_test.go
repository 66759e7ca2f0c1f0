package task_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"attune/engine/batch"
	"attune/engine/bundle"
	"attune/engine/catalog"
	"attune/engine/dataset"
	"attune/engine/loss"
	"attune/engine/op"
	"attune/engine/op/optest"
	"attune/engine/task"
	"attune/engine/task/tasktest"
)

func several(text string, labels ...string) dataset.Example {
	return dataset.Example{Text: text, Labels: append([]string{}, labels...)}
}

func multilabel(t *testing.T) task.Model {
	t.Helper()
	rows := []dataset.Example{several("my card is lost", "cards", "sad"), several("thank you"), several("where is my parcel", "delivery")}
	c := task.NewMultilabel().(*task.Multilabel)
	c.Counts = "off"
	m, err := c.Learn(tasktest.Base(t), dataset.FromSlice(rows), 1)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestTargetsOfSeveralLabels(t *testing.T) {
	m := multilabel(t)
	for name, c := range map[string]struct {
		e    dataset.Example
		want []int
	}{
		"two of three":   {several("x", "sad", "cards"), []int{1, 0, 1}},
		"none":           {several("x"), []int{0, 0, 0}},
		"an unknown one": {several("x", "insurance"), []int{0, 0, 0}},
		"nobody looked":  {dataset.Example{Text: "x"}, []int{loss.Ignored, loss.Ignored, loss.Ignored}},
	} {
		if got := item(t, m, c.e).Targets; !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// The scores of a label for seven rows, with the rows that have it marked, are such that
// F1 is best between the third and the fourth: 2·3/(3+4) there, worked out by hand.
func TestBoundsGiveTheBestF1(t *testing.T) {
	m := multilabel(t).(task.Tuned)
	scores := []float64{0.4, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01}
	has := []bool{true, true, true, false, false, true, false}
	var examples []dataset.Example
	var answers []dataset.Answer
	for range 10 {
		for i, s := range scores {
			e := several("x")
			if has[i] {
				e = several("x", "cards")
			}
			examples = append(examples, e)
			answers = append(answers, dataset.Answer{Labels: []dataset.Score{{Label: "cards", Score: s}, {Label: "delivery", Score: 0.001}, {Label: "sad", Score: 0.001}}})
		}
	}
	m.Tune(examples, answers)
	for i, answer := range answers {
		at := slices.IndexFunc(answer.Labels, func(s dataset.Score) bool { return s.Label == "cards" })
		if got, want := answer.Labels[at].Score >= 0.5, i%7 < 3; got != want {
			t.Fatalf("row %d scores %g", i%7, answer.Labels[at].Score)
		}
	}
	if bound := m.(task.Bounded).Bounds()["cards"]; bound <= 0.1 || bound >= 0.2 {
		t.Errorf("cards applies from %g on, want between the third and the fourth score", bound)
	}
	// Tuning again on what was tuned changes nothing.
	before := slices.Clone(answers[0].Labels)
	m.Tune(examples, answers)
	for i, s := range answers[0].Labels {
		if s.Label != before[i].Label || math.Abs(s.Score-before[i].Score) > 1e-6 {
			t.Errorf("%v became %v", before, answers[0].Labels)
		}
	}
}

// A saved model has the bounds in its bias and answers as the tuned one did, while the
// one that goes on learning keeps its weights.
func TestBoundsAreSaved(t *testing.T) {
	m := multilabel(t).(task.Tuned)
	tape := optest.Tape(t)
	answer := func(m task.Model) []dataset.Score {
		tape.Infer()
		b := batch.Pack([]batch.Item{item(t, m, several("where is my card"))})
		return m.Answers(m.Logits(tape, b), b)[0].Labels
	}
	var weights [][]float32
	for _, p := range m.Params() {
		weights = append(weights, slices.Clone(op.Rows(p)))
	}
	examples, answers := []dataset.Example{}, []dataset.Answer{}
	for i := range 40 {
		e := several("where is my card", "cards", "sad")
		if i%2 == 1 {
			e = several("thank you")
		}
		examples, answers = append(examples, e), append(answers, dataset.Answer{Labels: slices.Clone(answer(m))})
	}
	m.Tune(examples, answers)
	want := answer(m)
	dir := t.TempDir()
	if err := bundle.Take(m, nil, tasktest.Base(t).Tokenizer, nil).Save(dir, bundle.About{Task: "multilabel"}); err != nil {
		t.Fatal(err)
	}
	i := 0
	for name, p := range m.Params() {
		if !slices.Equal(op.Rows(p), weights[i]) {
			t.Errorf("saving changed %s", name)
		}
		i++
	}
	opened, err := bundle.Open(dir, catalog.Families())
	if err != nil {
		t.Fatal(err)
	}
	again, err := opened.Task(catalog.Tasks())
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := again.Open(opened.Base)
	if err != nil {
		t.Fatal(err)
	}
	for label, bound := range m.(task.Bounded).Bounds() {
		if got := loaded.(task.Bounded).Bounds()[label]; math.Abs(got-bound) > 1e-6 {
			t.Errorf("%s applies from %g on, saved it was %g", label, got, bound)
		}
	}
	got := answer(loaded)
	for i := range want {
		if got[i].Label != want[i].Label || math.Abs(got[i].Score-want[i].Score) > 1e-5 {
			t.Errorf("got %v, want %v", got, want)
		}
	}
}

func TestCompareSeveralLabels(t *testing.T) {
	answer := dataset.Answer{Labels: []dataset.Score{{Label: "sad", Score: 0.9}, {Label: "cards", Score: 0.6}, {Label: "delivery", Score: 0.2}}}
	for name, c := range map[string]struct {
		want  []string
		right bool
		words string
	}{
		"right":    {[]string{"cards", "sad"}, true, "cards, sad"},
		"too many": {[]string{"sad"}, false, "sad"},
		"none":     {[]string{}, false, "(none)"},
	} {
		got := task.NewMultilabel().Compare(dataset.Example{Labels: c.want}, answer)
		if got.Right != c.right || got.Want != c.words || got.Got != "cards, sad" || math.Abs(got.Score-0.6) > 1e-9 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// The baseline finds the labels of words that it has seen, several of them or none, and
// its bounds are set so that a label that is rarely sure applies all the same.
func TestBaselineOfSeveralLabels(t *testing.T) {
	words := map[string]string{"card": "cards", "parcel": "delivery", "invoice": "billing"}
	var rows []dataset.Example
	for i := range 400 {
		e := several(fmt.Sprintf("row %d of the file", i))
		for j, word := range []string{"card", "parcel", "invoice"} {
			if (i>>j)%2 == 1 {
				e.Text += " with a " + word
				e.Labels = append(e.Labels, words[word])
			}
		}
		rows = append(rows, e)
	}
	m := task.NewMultilabel().(interface {
		task.Comparable
		task.Applying
	})
	answer, err := m.Baseline(t.Context(), dataset.FromSlice(rows))
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string][]string{
		"a card and a parcel": {"cards", "delivery"}, "the invoice came": {"billing"}, "nothing of that": nil,
	} {
		var got []string
		for _, s := range m.Apply(answer(dataset.Example{Text: text})) {
			got = append(got, s.Label)
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
	if _, err := m.Baseline(t.Context(), dataset.FromSlice([]dataset.Example{several("none of them")})); err == nil {
		t.Error("a baseline was learned without labels")
	}
}
