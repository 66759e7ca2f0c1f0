package guessing_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/nlpodyssey/spago/ag"

	"attune/engine/batch"
	"attune/engine/guessing"
	"attune/engine/loss"
	"attune/engine/model"
	"attune/engine/model/bert"
	"attune/engine/op"
	"attune/engine/op/optest"
	"attune/engine/optimizer"
	"attune/engine/task/tasktest"
	"attune/engine/weights"
)

func tiny(t *testing.T) *guessing.Model {
	t.Helper()
	base := tasktest.Base(t)
	m, err := guessing.New(base.Backbone, base.Tokenizer, base.Weights)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// eight texts, of each one piece hidden that only the others tell.
func eight() *batch.Packed {
	var items []batch.Item
	for i := range 8 {
		items = append(items, batch.Item{
			IDs:     []int{2, 5 + i, 4, 3},
			Targets: []int{loss.Ignored, loss.Ignored, 20 - i, loss.Ignored},
		})
	}
	return batch.Pack(items)
}

func TestLearnsEightByHeart(t *testing.T) {
	m, tape := tiny(t), optest.Tape(t)
	a := optimizer.NewAdamW(tape.Workers, optimizer.Options{Clip: 1})
	for name, p := range m.Params() {
		a.Add(name, p)
	}
	var before, after guessing.Score
	m.Score(tape, eight(), &before)
	for step := range 60 {
		tape.Learn(uint64(step))
		if err := ag.Backward(m.Loss(tape, eight())); err != nil {
			t.Fatal(err)
		}
		a.Step(3e-3)
	}
	m.Score(tape, eight(), &after)
	if after.Places != 8 || after.Right != 8 || after.Perplexity() > 1.5 || before.Perplexity() < 8 {
		t.Errorf("before %+v, after %+v", before, after)
	}
}

// The loss without logits is that of the logits.
func TestScoreAndLossAgree(t *testing.T) {
	m, tape := tiny(t), optest.Tape(t)
	var score guessing.Score
	m.Score(tape, eight(), &score)
	tape.Infer()
	want := float64(op.Rows(m.Loss(tape, eight()))[0])
	if d := score.Loss() - want; d > 1e-4 || d < -1e-4 {
		t.Errorf("%g and %g", score.Loss(), want)
	}
}

func TestSavedAndLoadedIsTheSame(t *testing.T) {
	m, tape := tiny(t), optest.Tape(t)
	sink := weights.NewSink()
	m.Save(sink)
	var file bytes.Buffer
	if err := weights.WriteSafetensors(&file, sink.Tensors(), nil); err != nil {
		t.Fatal(err)
	}
	opened, err := weights.OpenSafetensors(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	config, err := json.Marshal(m.Config())
	if err != nil {
		t.Fatal(err)
	}
	source := weights.NewSource(opened)
	body, err := bert.Family.Load(config, source)
	if err != nil {
		t.Fatal(err)
	}
	again, err := guessing.New(body, tasktest.Base(t).Tokenizer, source)
	if err != nil {
		t.Fatal(err)
	}
	if unused := source.Unused(); len(unused) > 0 {
		t.Errorf("not read back: %v", unused)
	}
	guesses := func(m *guessing.Model) []float32 {
		tape.Infer()
		logits, _ := m.Guess(tape, eight())
		return slices.Clone(op.Rows(logits))
	}
	if !slices.Equal(guesses(m), guesses(again)) {
		t.Error("it guesses differently")
	}
}

// A body without its head is of no use here, and a checkpoint says which tensors
// it lacks.
func TestAHeadThatWasNotSaved(t *testing.T) {
	base := tasktest.Base(t)
	if _, err := guessing.New(base.Backbone, base.Tokenizer, weights.NewSource(weights.Held{})); err == nil {
		t.Error("a source without tensors passed")
	}
	fresh := weights.Fresh(weights.Draw{Random: rand.New(rand.NewPCG(1, 1)), Spread: 0.02})
	if _, err := guessing.New(base.Backbone, base.Tokenizer, fresh); err != nil {
		t.Error(err)
	}
}

// A batch in which nothing can be guessed teaches nothing, and stops nothing.
func TestNothingToGuess(t *testing.T) {
	for name, base := range map[string]*model.Base{"hidden": tasktest.Base(t), "in any order": tasktest.AnyOrder(t)} {
		t.Run(name, func(t *testing.T) {
			m, err := guessing.New(base.Backbone, base.Tokenizer, base.Weights)
			if err != nil {
				t.Fatal(err)
			}
			tape := optest.Tape(t)
			tape.Learn(1)
			item := m.Asking.Ask(batch.Item{IDs: []int{2, 1, 3}}, rand.New(rand.NewPCG(1, 1)))
			y := m.Loss(tape, batch.Pack([]batch.Item{item}))
			if err := ag.Backward(y); err != nil || op.Rows(y)[0] != 0 {
				t.Errorf("the loss is %g, %v", op.Rows(y)[0], err)
			}
		})
	}
}
