package projects_test

import (
	"context"
	"slices"
	"testing"

	"attune/engine/catalog"
	"attune/engine/dataset"
	"attune/engine/model"
	"attune/engine/op/optest"
	"attune/engine/task"
	"attune/engine/task/tasktest"
	"attune/engine/technique"
	"attune/engine/train"
)

// refused are the techniques that each task cannot be learned by; all others it can.
var refused = map[string][]string{
	"entities":    {"fewshot"},
	"answering":   {"fewshot"},
	"translation": {"fewshot", "domain"},
	"generation":  {"fewshot"},
}

// baseFor gives a tiny model of the kind that a task learns with.
func baseFor(t *testing.T, x task.Task) *model.Base {
	t.Helper()
	switch x.Fresh() {
	case model.WritesOn:
		return tasktest.Decoder(t)
	case model.ReadsAndWrites:
		return tasktest.EncoderDecoder(t)
	}
	return tasktest.Base(t)
}

// Every technique trains every task, or is refused with a reason and a way out before
// anything is learned.
func TestEveryTechniqueMeetsEveryTask(t *testing.T) {
	learn := eight()
	for i := range catalog.Tasks() {
		for j := range catalog.Techniques() {
			x, by := catalog.Tasks()[i], catalog.Techniques()[j]
			t.Run(x.Name()+"/"+by.Name(), func(t *testing.T) {
				rows := slices.Clone(learn)
				for i := range rows {
					if x.Name() != "answering" {
						rows[i].Pair = ""
					}
				}
				p := &technique.Plan{
					Task: x, Base: baseFor(t, x), Seed: 1, Learn: dataset.FromSlice(rows), Check: dataset.FromSlice(rows[:2]),
					Teacher: func(int) (task.Model, error) { return x.Learn(baseFor(t, x), dataset.FromSlice(rows), 2) },
				}
				err := by.Apply(p)
				if err == nil {
					err = p.FineTune()
				}
				if want := slices.Contains(refused[x.Name()], by.Name()); want != (err != nil) {
					t.Fatalf("refused: %t; %v", err != nil, err)
				}
				if err != nil {
					if e, ok := err.(interface{ Hint() string }); !ok || e.Hint() == "" {
						t.Errorf("refused without a way out: %v", err)
					}
					return
				}
				steps := 0
				for s, err := range train.Steps(context.Background(), optest.Tape(t), p, train.Options{Epochs: 1, BatchSize: 4, LearningRate: 1e-3, Clip: 1, Evaluations: 1}, nil) {
					if err != nil {
						t.Fatal(err)
					}
					if steps = s.Number; s.Loss <= 0 || s.Targets <= 0 {
						t.Errorf("step %d has no loss to be drawn: %g of %g targets", s.Number, s.Loss, s.Targets)
					}
				}
				if steps == 0 {
					t.Error("no step was taken")
				}
			})
		}
	}
}
