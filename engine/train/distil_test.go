package train_test

import (
	"cmp"
	"context"
	"testing"

	"attune/engine/dataset"
	"attune/engine/op/optest"
	"attune/engine/task"
	"attune/engine/task/tasktest"
	"attune/engine/technique"
	"attune/engine/train"
)

// A student with one of two layers and six labels of its own learns from what its
// teacher thinks of texts without labels.
func TestAStudentLearnsFromItsTeacher(t *testing.T) {
	ctx := context.Background()
	check := rows(100, 8)
	teacher := plan(t, rows(200, 7), check)
	o := options
	o.Epochs = 20
	collect(t, train.Steps(ctx, optest.Tape(t), teacher, o, nil))
	student := func(epochs int, settings map[string]string, taught func(int) (task.Model, error)) float64 {
		texts := rows(200, 7)[6:]
		for i := range texts {
			texts[i].Labels = nil
		}
		learn := rows(200, 7)[:6]
		p := &technique.Plan{
			Task: task.NewClassification(), Base: tasktest.Base(t), Seed: 1, Teacher: taught,
			Learn: dataset.FromSlice(learn), Unlabelled: dataset.FromSlice(texts), Check: dataset.FromSlice(check),
		}
		distil := technique.NewDistil()
		for _, f := range distil.Settings() {
			if value, ok := settings[f.Key]; ok || f.Key == "distil_layers" {
				if err := f.Value.Set(cmp.Or(value, "1")); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := distil.Apply(p); err != nil {
			t.Fatal(err)
		}
		if layers := p.Model.Config()["num_hidden_layers"]; layers != 1 {
			t.Errorf("the student has %v layers", layers)
		}
		o := options
		o.Epochs = epochs
		steps := collect(t, train.Steps(ctx, optest.Tape(t), p, o, nil))
		return steps[len(steps)-1].Evaluation.Scores["accuracy"]
	}
	taught := func(int) (task.Model, error) { return teacher.Model, nil }
	alone := student(20, map[string]string{"distil_soft": "0", "distil_hidden": "0", "distil_begin": "off"}, taught)
	for name, settings := range map[string]map[string]string{
		"by its probabilities alone": {"distil_hidden": "0", "distil_begin": "off"},
		"by its features too":        {"distil_begin": "off"},
		"from its layers":            {},
	} {
		with := student(20, settings, taught)
		t.Logf("accuracy %.2f %s, %.2f without a teacher", with, name, alone)
		if with < alone+0.1 {
			t.Errorf("accuracy %.2f %s, %.2f without a teacher", with, name, alone)
		}
	}
	begun, anew := student(2, nil, taught), student(2, map[string]string{"distil_begin": "off"}, taught)
	if t.Logf("after two passes %.2f from the teacher's layers, %.2f from the base's", begun, anew); begun < anew+0.1 {
		t.Errorf("after two passes %.2f from the teacher's layers, %.2f from the base's", begun, anew)
	}
}

func TestATeacherOfOtherLabelsIsRefused(t *testing.T) {
	teacher := plan(t, rows(50, 7), nil)
	learn := rows(50, 7)
	for i := range learn {
		learn[i].Labels = []string{"is " + learn[i].Labels[0]}
	}
	err := technique.NewDistil().Apply(&technique.Plan{
		Task: task.NewClassification(), Base: tasktest.Base(t), Learn: dataset.FromSlice(learn),
		Teacher: func(int) (task.Model, error) { return teacher.Model, nil },
	})
	if err == nil {
		t.Error("it passed")
	}
}
