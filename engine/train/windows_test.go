package train_test

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"

	"attune/engine/dataset"
	"attune/engine/op/optest"
	"attune/engine/task"
	"attune/engine/task/tasktest"
	"attune/engine/technique"
	"attune/engine/train"
)

// long gives texts of up to sixty words, in which cards and doors are marked.
func long(n int, seed uint64) []dataset.Example {
	random := rand.New(rand.NewPCG(seed, 3))
	all := make([]dataset.Example, n)
	for i := range all {
		e := dataset.Example{Spans: []dataset.Span{}}
		for range 1 + random.IntN(60) {
			word := tasktest.Words[5+random.IntN(len(tasktest.Words)-5)]
			start := len(e.Text)
			if e.Text += word + " "; word == "card" || word == "door" {
				e.Spans = append(e.Spans, dataset.Span{Start: start, End: start + len(word), Label: strings.ToUpper(word)})
			}
		}
		all[i] = e
	}
	return all
}

// windowed is a plan of two phases, in the second of which texts are read in windows
// whose words are cut differently in every pass.
func windowed(t *testing.T) *technique.Plan {
	t.Helper()
	domain := technique.NewDomain().(*technique.Domain)
	domain.Passes = 1
	p := &technique.Plan{
		Task: &task.Entities{MaxLength: 16}, Base: tasktest.Base(t), Seed: 1,
		Learn: dataset.FromSlice(long(40, 1)), Check: dataset.FromSlice(long(20, 2)),
	}
	for _, each := range []technique.Technique{domain, technique.NewHeadSwap()} {
		if err := each.Apply(p); err != nil {
			t.Fatal(err)
		}
	}
	p.Phases[1].Varied = 0.3
	return p
}

// Steps are counted by windows, scores by texts.
func TestLongTextsAreLearnedInWindows(t *testing.T) {
	o := options
	o.Epochs, o.LearningRate = 12, 5e-3
	steps := collect(t, train.Steps(context.Background(), optest.Tape(t), windowed(t), o, nil))
	rows, passes := 0, 0
	for _, s := range steps {
		if s.Of != steps[0].Of {
			t.Fatalf("step %d is one of %d, the first of %d", s.Number, s.Of, steps[0].Of)
		}
		if s.ToGo != s.Of-s.Number {
			t.Fatalf("after step %d of %d, %d are to go", s.Number, s.Of, s.ToGo)
		}
		if s.Phase == "fine-tuning" {
			rows, passes = rows+s.Rows, s.Epochs
		}
	}
	last := steps[len(steps)-1]
	if last.Number != last.Of || rows/passes < 80 {
		t.Errorf("ended at step %d of %d, with %d rows a pass of 40 texts", last.Number, last.Of, rows/passes)
	}
	if f1 := last.Evaluation.Scores["f1"]; f1 < 0.99 {
		t.Errorf("F1 %.3f", f1)
	}
}

func TestAResumedTrainingOnWindowsEndsInTheSameBits(t *testing.T) {
	o := options
	o.Epochs = 2
	resumes(t, windowed, o, func(steps int) []int { return []int{3, steps / 2, steps - 1} })
}

// A student hears of a teacher what each word is, in texts in which nobody marked any.
func TestAStudentLearnsTagsFromItsTeacher(t *testing.T) {
	o := options
	o.Epochs, o.LearningRate = 12, 5e-3
	teacher := windowed(t)
	collect(t, train.Steps(context.Background(), optest.Tape(t), teacher, o, nil))
	unmarked := long(40, 3)
	for i := range unmarked {
		unmarked[i].Spans = nil
	}
	student := func(length int) (*technique.Plan, error) {
		p := &technique.Plan{
			Task: &task.Entities{MaxLength: length}, Base: tasktest.Base(t), Seed: 1,
			Learn: dataset.FromSlice(long(40, 1)[:4]), Check: dataset.FromSlice(long(20, 2)), Unlabelled: dataset.FromSlice(unmarked),
			Teacher: func(int) (task.Model, error) { return teacher.Model, nil },
		}
		distil := technique.NewDistil().(*technique.Distil)
		distil.Soft = 1
		return p, distil.Apply(p)
	}
	p, err := student(16)
	if err != nil {
		t.Fatal(err)
	}
	steps := collect(t, train.Steps(context.Background(), optest.Tape(t), p, o, nil))
	if f1 := steps[len(steps)-1].Evaluation.Scores["f1"]; f1 < 0.9 {
		t.Errorf("F1 %.3f", f1)
	}
	if _, err := student(20); err == nil {
		t.Error("a student of other windows passed")
	}
}
