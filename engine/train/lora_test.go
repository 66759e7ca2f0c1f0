package train_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"attune/engine/dataset"
	"attune/engine/op"
	"attune/engine/op/optest"
	"attune/engine/task"
	"attune/engine/task/tasktest"
	"attune/engine/technique"
	"attune/engine/train"
)

// The additions and the head learn; everything else stays as it was.
func TestLoRALearnsBesideTheBody(t *testing.T) {
	learn := rows(8, 1)
	p := planBy(t, learn, learn, technique.NewLoRA())
	before := snapshot(p)
	o := options
	o.Epochs, o.LearningRate = 600, 4e-4
	steps := collect(t, train.Steps(context.Background(), optest.Tape(t), p, o, nil))
	if last := steps[len(steps)-1].Evaluation; last.Scores["accuracy"] != 1 {
		t.Errorf("eight examples by heart: %+v", *last)
	}
	added, learned, whole := 0, 0, 0
	for name, param := range p.Model.Params() {
		whole += param.Size()
		body := strings.HasPrefix(name, "bert.") && !strings.Contains(name, "pooler")
		adapter := strings.Contains(name, ".lora_")
		changed := !slices.Equal(op.Rows(param), before[name])
		if changed == (body && !adapter) {
			t.Errorf("%s changed: %v", name, changed)
		}
		switch {
		case adapter:
			added += param.Size()
		case body:
			learned += param.Size()
		}
	}
	if s := steps[0]; s.Parameters != whole || s.Learning != whole-learned {
		t.Errorf("%d of %d numbers are said to learn, want %d of %d", s.Learning, s.Parameters, whole-learned, whole)
	}
	if added == 0 || added > learned {
		t.Errorf("%d numbers were added to %d", added, learned)
	}
}

func TestLoRANeedsAModelThatKnowsSomething(t *testing.T) {
	base := tasktest.Base(t)
	base.Fresh = true
	err := technique.NewLoRA().Apply(&technique.Plan{Task: task.NewClassification(), Base: base, Learn: dataset.FromSlice(rows(8, 3))})
	if err == nil {
		t.Error("a fresh body passed")
	}
}
