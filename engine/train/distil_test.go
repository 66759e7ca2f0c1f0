package train_test

import (
	"cmp"
	"context"
	"testing"

	"attune/engine/batch"
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
	o.Epochs = 10
	collect(t, train.Steps(ctx, optest.Tape(t), teacher, o, nil))
	student := func(epochs int, settings map[string]string, taught func(int) (task.Model, error)) float64 {
		texts := rows(200, 7)[6:]
		for i := range texts {
			texts[i].Labels = nil
		}
		learn := rows(200, 7)[:6]
		p := &technique.Plan{
			Task: alone(), Base: tasktest.Base(t), Seed: 1, Teacher: taught,
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
		"layer by layer":             {"distil_match": "hidden", "distil_begin": "off"},
		"by what it relates":         {"distil_match": "relations", "distil_begin": "off"},
	} {
		with := student(8, settings, taught)
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

// counting counts how often a model encodes an example.
type counting struct {
	task.Model
	encoded int
}

func (c *counting) Items(e dataset.Example) ([]batch.Item, error) {
	c.encoded++
	return c.Model.Items(e)
}

func TestATeacherReadsEachTextOnceBeforeTheFirstStep(t *testing.T) {
	for _, match := range []string{"features", "hidden"} {
		learn, texts := rows(50, 7), rows(30, 8)
		teacher := &counting{Model: plan(t, learn, nil).Model}
		distil := technique.NewDistil().(*technique.Distil)
		distil.Match = match
		err := distil.Apply(&technique.Plan{
			Task: alone(), Base: tasktest.Base(t), Learn: dataset.FromSlice(learn), Unlabelled: dataset.FromSlice(texts),
			Teacher: func(int) (task.Model, error) { return teacher, nil },
		})
		if err != nil || teacher.encoded != len(learn)+len(texts) {
			t.Errorf("%s: %d texts were read %d times, %v", match, len(learn)+len(texts), teacher.encoded, err)
		}
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

// A student with more layers than its teacher has none to take some over from.
func TestLayersThatCannotBeMatchedAreRefused(t *testing.T) {
	base := tasktest.Base(t)
	base.Backbone.(interface{ Shrink(int) }).Shrink(1)
	learn := dataset.FromSlice(rows(50, 7))
	for match, refused := range map[string]bool{"hidden": true, "relations": false, "features": false} {
		distil := technique.NewDistil().(*technique.Distil)
		distil.Match = match
		err := distil.Apply(&technique.Plan{
			Task: task.NewClassification(), Base: tasktest.Base(t), Learn: learn,
			Teacher: func(int) (task.Model, error) { return task.NewClassification().Learn(base, learn, 1) },
		})
		if refused != (err != nil) {
			t.Errorf("%s: %v", match, err)
		}
	}
}

// A decoder with one of two layers learns what comes next from its teacher alone, in
// texts that nobody wrote for it too.
func TestAWriterLearnsFromItsTeacher(t *testing.T) {
	ctx, o := context.Background(), options
	texts, check := rows(200, 7), rows(50, 8)
	write := func(learn []dataset.Example) *technique.Plan {
		return &technique.Plan{Task: task.NewGeneration(), Base: tasktest.Decoder(t), Seed: 1, Learn: dataset.FromSlice(learn), Check: dataset.FromSlice(check)}
	}
	teacher := write(texts)
	if err := teacher.FineTune(); err != nil {
		t.Fatal(err)
	}
	o.Epochs = 10
	taught := collect(t, train.Steps(ctx, optest.Tape(t), teacher, o, nil))
	p := write(texts[:6])
	p.Unlabelled, p.Teacher = dataset.FromSlice(texts[6:]), func(int) (task.Model, error) { return teacher.Model, nil }
	distil := technique.NewDistil().(*technique.Distil)
	distil.Layers, distil.Soft, distil.Begin = 1, 1, false
	if err := distil.Apply(p); err != nil {
		t.Fatal(err)
	}
	steps := collect(t, train.Steps(ctx, optest.Tape(t), p, o, nil))
	if rows := 10 * len(texts); steps[0].Of != rows/o.BatchSize {
		t.Errorf("%d steps for %d texts", steps[0].Of, rows)
	}
	want, got := taught[len(taught)-1].Evaluation.Loss, steps[len(steps)-1].Evaluation.Loss
	if t.Logf("%.3f nats a piece, the teacher %.3f", got, want); got > want+0.1 {
		t.Errorf("%.3f nats a piece, the teacher %.3f", got, want)
	}
}

// The teacher's weights and the buffers of its passes are foretold with the student's.
func TestTheForecastCountsTheTeacher(t *testing.T) {
	for _, match := range []string{"features", "relations"} {
		learn := rows(300, 1)
		teacher := plan(t, learn, nil)
		p := &technique.Plan{
			Task: alone(), Base: tasktest.Base(t), Seed: 1, Learn: dataset.FromSlice(learn),
			Teacher: func(int) (task.Model, error) { return teacher.Model, nil },
		}
		distil := technique.NewDistil().(*technique.Distil)
		distil.Match = match
		if err := distil.Apply(p); err != nil {
			t.Fatal(err)
		}
		tape, o := optest.Tape(t), options
		o.Epochs, o.BatchSize = 1, 300
		m, err := train.Forecast(context.Background(), tape.Workers, p, o)
		if err != nil {
			t.Fatal(err)
		}
		var values int64
		for _, learned := range []task.Model{teacher.Model, p.Model} {
			for _, param := range learned.Params() {
				values += int64(param.Size())
			}
		}
		if m.Weights != 4*values {
			t.Errorf("%s: %d bytes of weights for %d values", match, m.Weights, values)
		}
		collect(t, train.Steps(context.Background(), tape, p, o, nil))
		if held := tape.Held(); m.Passes < held*8/10 || m.Passes > held*12/10 {
			t.Errorf("%s: foretold %d bytes of buffers, held %d", match, m.Passes, held)
		}
	}
}
