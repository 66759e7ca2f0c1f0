package train_test

import (
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
	student := func(soft, hidden string, taught func(int) (task.Model, error)) float64 {
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
			for key, value := range map[string]string{"distil_layers": "1", "distil_soft": soft, "distil_hidden": hidden} {
				if f.Key == key {
					if err := f.Value.Set(value); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		if err := distil.Apply(p); err != nil {
			t.Fatal(err)
		}
		if layers := p.Model.Config()["num_hidden_layers"]; layers != 1 {
			t.Errorf("the student has %v layers", layers)
		}
		steps := collect(t, train.Steps(ctx, optest.Tape(t), p, o, nil))
		return steps[len(steps)-1].Evaluation.Scores["accuracy"]
	}
	taught := func(int) (task.Model, error) { return teacher.Model, nil }
	with, seeing, alone := student("0.7", "0", taught), student("0.7", "0.5", taught), student("0", "0", taught)
	t.Logf("accuracy %.2f with a teacher, %.2f with its features too, %.2f without", with, seeing, alone)
	if with < alone+0.1 || seeing < alone+0.1 {
		t.Errorf("accuracy %.2f with a teacher, %.2f with its features too, %.2f without", with, seeing, alone)
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
