package task_test

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/batch"
	"attune/engine/dataset"
	"attune/engine/loss"
	"attune/engine/op"
	"attune/engine/op/optest"
	"attune/engine/setting"
	"attune/engine/task"
	"attune/engine/task/tasktest"
	"attune/engine/weights"
)

func example(text, label string) dataset.Example {
	e := dataset.Example{Text: text}
	if label != "" {
		e.Labels = []string{label}
	}
	return e
}

var learn = []dataset.Example{
	example("my card is lost", "cards"), example("the parcel has not come", "delivery"),
	example("where is my parcel", "delivery"), example("i want my money back", "refunds"),
}

// item gives the one item of an example.
func item(t *testing.T, m task.Model, e dataset.Example) batch.Item {
	t.Helper()
	items, err := m.Items(e)
	if err != nil || len(items) != 1 {
		t.Fatalf("%d items, %v", len(items), err)
	}
	return items[0]
}

func classifier(t *testing.T, change func(*task.Classification)) task.Model {
	t.Helper()
	c := task.NewClassification().(*task.Classification)
	if change != nil {
		change(c)
	}
	m, err := c.Learn(tasktest.Base(t), dataset.FromSlice(learn), 1)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAnswersAreProbabilitiesSurestFirst(t *testing.T) {
	m := classifier(t, nil)
	tape := optest.Tape(t)
	tape.Infer()
	b := batch.Pack([]batch.Item{item(t, m, example("where is my card", ""))})
	answer := m.Answers(m.Logits(tape, b), b)[0]
	sum, last := 0.0, 1.0
	for _, s := range answer.Labels {
		if s.Score > last {
			t.Errorf("not ordered: %v", answer.Labels)
		}
		sum, last = sum+s.Score, s.Score
	}
	if len(answer.Labels) != 3 || math.Abs(sum-1) > 1e-6 {
		t.Errorf("%v", answer.Labels)
	}
}

func TestATextCanStandForTheMeanOfItsPieces(t *testing.T) {
	m := classifier(t, func(c *task.Classification) { c.Pooling = "mean" })
	items, err := m.Items(example("where is my card", ""))
	if err != nil {
		t.Fatal(err)
	}
	tape := optest.Tape(t)
	tape.Infer()
	b := batch.Pack(items)
	all := slices.Clone(op.Rows(m.Backbone().(interface {
		Encode(*op.Tape, *batch.Packed) mat.Tensor
	}).Encode(tape, b)))
	got := op.Rows(m.(task.Featured).Features(tape, b))
	for j, v := range got {
		want, rows := float32(0), len(all)/len(got)
		for i := range rows {
			want += all[i*len(got)+j] / float32(rows)
		}
		if d := v - want; d > 1e-5 || d < -1e-5 {
			t.Fatalf("feature %d is %g, the mean %g", j, v, want)
		}
	}
}

// A model that gathers its texts hands the mean to its classes and says so where it is
// saved.
func TestAGatheringModelIsOpenedAsItWas(t *testing.T) {
	for name, x := range map[string]task.Task{"classification": task.NewClassification(), "multilabel": task.NewMultilabel()} {
		t.Run(name, func(t *testing.T) {
			base := tasktest.Base(t)
			m, err := x.Learn(base, dataset.FromSlice([]dataset.Example{example("my card", "x"), example("the parcel", "y")}), 1)
			if err != nil {
				t.Fatal(err)
			}
			m.(task.Gathering).Gather()
			config, err := json.Marshal(m.Config())
			if err != nil {
				t.Fatal(err)
			}
			base.Config, base.Labels = config, []string{"x", "y"}
			opened, err := x.Open(base)
			if err != nil {
				t.Fatal(err)
			}
			features := func(m task.Model) []float32 {
				tape := optest.Tape(t)
				tape.Infer()
				items, err := m.Items(example("where is my card", ""))
				if err != nil {
					t.Fatal(err)
				}
				return slices.Clone(op.Rows(m.(task.Featured).Features(tape, batch.Pack(items))))
			}
			if got, want := features(opened), features(m); !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

// Which pieces count is learned and saved with the classifier; at first all do alike.
func TestAModelLearnsWhichPiecesCount(t *testing.T) {
	by := func(pooling string) task.Featured {
		return classifier(t, func(c *task.Classification) { c.Pooling = pooling }).(task.Featured)
	}
	features := func(m task.Featured) []float32 {
		tape := optest.Tape(t)
		tape.Infer()
		items, err := m.Items(example("where is my card", ""))
		if err != nil {
			t.Fatal(err)
		}
		return slices.Clone(op.Rows(m.Features(tape, batch.Pack(items))))
	}
	m := by("attention")
	for i, v := range features(by("mean")) {
		if d := features(m)[i] - v; d > 1e-5 || d < -1e-5 {
			t.Fatalf("feature %d is %g, the mean %g", i, features(m)[i], v)
		}
	}
	for name, param := range m.Params() {
		if name == "pooling.query" {
			op.Rows(param)[3] = 7
		}
	}
	sink, held := weights.NewSink(), weights.Held{}
	m.Save(sink)
	for _, tensor := range sink.Tensors() {
		held[tensor.Name] = tensor
	}
	base := tasktest.Base(t)
	base.Weights, base.Labels = weights.NewSource(held), []string{"cards", "delivery", "refunds"}
	opened, err := (&task.Classification{MaxLength: 128, Pooling: "attention"}).Open(base)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := features(opened.(task.Featured)), features(m); !slices.Equal(got, want) || slices.Equal(got, features(by("mean"))) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestOneClassCannotBeLearned(t *testing.T) {
	for name, rows := range map[string][]dataset.Example{"none": nil, "one": {example("a", "x"), example("b", "x")}, "unlabelled": {example("a", "")}} {
		_, err := task.NewClassification().Learn(tasktest.Base(t), dataset.FromSlice(rows), 1)
		var e *task.Error
		if !errors.As(err, &e) || e.Hint() == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLongTextsAreCut(t *testing.T) {
	m := classifier(t, func(c *task.Classification) { c.MaxLength = 10 })
	long := strings.Repeat("card ", 500)
	for name, e := range map[string]dataset.Example{"one text": {Text: long}, "two texts": {Text: long, Pair: "where is my parcel"}} {
		if item := item(t, m, e); len(item.IDs) != 10 || len(item.Segments) != 10 {
			t.Errorf("%s: %d pieces", name, len(item.IDs))
		}
	}
	second := 0
	for _, s := range item(t, m, dataset.Example{Text: long, Pair: "where is my parcel"}).Segments {
		second += s
	}
	if second != 4 { // both texts give way equally: three pieces and [SEP]
		t.Errorf("the second text has %d pieces left", second)
	}
}

func TestALengthBeyondTheModelIsTheModels(t *testing.T) {
	m := classifier(t, func(c *task.Classification) { c.MaxLength = 500 })
	if item := item(t, m, example(strings.Repeat("card ", 500), "")); len(item.IDs) != 64 {
		t.Errorf("%d pieces", len(item.IDs))
	}
}

func TestAnUnknownLabelCountsForNothing(t *testing.T) {
	m := classifier(t, nil)
	if item := item(t, m, example("my card", "insurance")); item.Targets[0] != loss.Ignored {
		t.Errorf("%v", item.Targets)
	}
}

// With balanced weights a row of a class that is half as frequent weighs twice.
func TestBalancedWeights(t *testing.T) {
	value := func(weighting, label string) float64 {
		m := classifier(t, func(c *task.Classification) { c.Weighting, c.Smoothing = weighting, 0 })
		var items []batch.Item
		for _, e := range []dataset.Example{example("my card", label), example("where is the parcel", "delivery")} {
			items = append(items, item(t, m, e))
		}
		tape := optest.Tape(t)
		tape.Learn(1)
		b := batch.Pack(items)
		logits := op.NewParam(2, 3, []float32{1, 0, 0, 0, 1, 0})
		return float64(op.Rows(m.Loss(tape, logits, b))[0])
	}
	right := math.Log(math.E+2) - 1 // the loss of a row whose logit is right
	wrong := math.Log(math.E + 2)
	if got := value("none", "refunds"); math.Abs(got-(wrong+right)/2) > 1e-6 {
		t.Errorf("unweighted: %g", got)
	}
	if got := value("balanced", "refunds"); math.Abs(got-(2*wrong+right)/3) > 1e-6 {
		t.Errorf("balanced: %g", got)
	}
}

func TestSettingsAreBound(t *testing.T) {
	c := task.NewClassification().(*task.Classification)
	if err := setting.Apply(c.Settings(), "max_length", "48"); err != nil || c.MaxLength != 48 {
		t.Errorf("%d, %v", c.MaxLength, err)
	}
}
