package train_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"attune/engine/dataset"
	"attune/engine/op"
	"attune/engine/op/optest"
	"attune/engine/task"
	"attune/engine/task/tasktest"
	"attune/engine/technique"
	"attune/engine/train"
)

// rows gives n examples of three classes that a few words tell apart.
func rows(n int, seed uint64) []dataset.Example {
	random := rand.New(rand.NewPCG(seed, 9))
	kinds := []struct {
		label string
		words []string
	}{
		{"cards", []string{"card", "lost", "my"}},
		{"delivery", []string{"parcel", "late", "door"}},
		{"refunds", []string{"refund", "money", "back"}},
	}
	all := make([]dataset.Example, n)
	for i := range all {
		kind := kinds[random.IntN(len(kinds))]
		text := ""
		for range 3 + random.IntN(8) {
			word := tasktest.Words[5+random.IntN(len(tasktest.Words)-5)]
			if random.IntN(2) == 0 {
				word = kind.words[random.IntN(len(kind.words))]
			}
			text += word + " "
		}
		all[i] = dataset.Example{ID: int64(i + 1), Text: text, Labels: []string{kind.label}}
	}
	return all
}

// plan fine-tunes a fresh little encoder.
func plan(t *testing.T, learn, check []dataset.Example) *technique.Plan {
	t.Helper()
	return planBy(t, learn, check, technique.NewHeadSwap())
}

// alone is a classification beside which no words are counted: what is looked at here is
// what the network learns.
func alone() task.Task {
	c := task.NewClassification().(*task.Classification)
	c.Counts = "off"
	return c
}

// planBy is what techniques make of a fresh little encoder.
func planBy(t *testing.T, learn, check []dataset.Example, techniques ...technique.Technique) *technique.Plan {
	t.Helper()
	p := &technique.Plan{
		Task: alone(), Base: tasktest.Base(t),
		Learn: dataset.FromSlice(learn), Check: dataset.FromSlice(check), Seed: 1,
	}
	for _, technique := range techniques {
		if err := technique.Apply(p); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

var options = train.Options{Epochs: 4, BatchSize: 8, LearningRate: 2e-3, Warmup: 0.1, Decay: 0.01, Clip: 1, Evaluations: 2, Seed: 5}

func collect(t *testing.T, steps func(func(train.Step, error) bool)) []train.Step {
	t.Helper()
	var all []train.Step
	for s, err := range steps {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

// snapshot copies the weights of a plan's model.
func snapshot(p *technique.Plan) map[string][]float32 {
	all := map[string][]float32{}
	for name, param := range p.Model.Params() {
		all[name] = slices.Clone(op.Rows(param))
	}
	return all
}

func same(t *testing.T, got, want map[string][]float32) {
	t.Helper()
	for name := range want {
		if !slices.Equal(got[name], want[name]) {
			t.Errorf("%s differs", name)
		}
	}
}

func TestLearnsEightExamplesByHeart(t *testing.T) {
	learn := rows(8, 3)
	p := plan(t, learn, learn)
	p.Base.Backbone.SetDropout(0)
	o := options
	o.Epochs, o.LearningRate = 150, 5e-3
	steps := collect(t, train.Steps(context.Background(), optest.Tape(t), p, o, nil))
	last := steps[len(steps)-1]
	if last.Evaluation.Scores["accuracy"] != 1 || last.Evaluation.Loss > 0.2 {
		t.Errorf("after %d steps: %+v", last.Number, *last.Evaluation)
	}
	if last.Stopped != train.StoppedAtTheEnd || last.Number != last.Of {
		t.Errorf("ended at step %d of %d: %q", last.Number, last.Of, last.Stopped)
	}
}

func TestTheSameSeedGivesTheSameBits(t *testing.T) {
	var first map[string][]float32
	for range 2 {
		p := plan(t, rows(60, 1), rows(20, 2))
		collect(t, train.Steps(context.Background(), optest.Tape(t), p, options, nil))
		if first == nil {
			first = snapshot(p)
		} else {
			same(t, snapshot(p), first)
		}
	}
}

// varied is a plan that hides words and cuts them differently in every pass.
func varied(t *testing.T) *technique.Plan {
	p := plan(t, rows(60, 1), rows(20, 2))
	p.Hidden, p.Phases[0].Varied = 0.2, 0.3
	return p
}

// adapted is a plan of two phases: the texts are read, then additions are learned.
func adapted(t *testing.T) *technique.Plan {
	return planBy(t, rows(60, 1), rows(20, 2), technique.NewDomain(), technique.NewLoRA())
}

func TestAResumedTrainingEndsInTheSameBits(t *testing.T) {
	averaged := options
	averaged.Average = 0.3
	for name, c := range map[string]struct {
		plan    func(*testing.T) *technique.Plan
		options train.Options
	}{
		"one phase": {varied, options}, "two phases": {adapted, options}, "two phases, averaged": {adapted, averaged}, "layer by layer": {careful, averaged},
	} {
		t.Run(name, func(t *testing.T) {
			resumes(t, c.plan, c.options, func(steps int) []int { return []int{1, 8, 11, steps / 2, steps - 1} })
		})
	}
}

// resumes goes through a plan, and goes on with it from the state after some of its
// steps: to the same steps and weights.
func resumes(t *testing.T, plan func(*testing.T) *technique.Plan, options train.Options, after func(steps int) []int) {
	p := plan(t)
	var whole []train.Step
	states := map[int]train.State{}
	for s, err := range train.Steps(context.Background(), optest.Tape(t), p, options, nil) {
		if err != nil {
			t.Fatal(err)
		}
		whole = append(whole, s)
		if slices.Contains(after(s.Of), s.Number) {
			states[s.Number] = copied(s.State())
		}
	}
	want, kept := snapshot(p), guessed(p)
	for _, at := range after(len(whole)) {
		t.Run(fmt.Sprintf("after step %d", at), func(t *testing.T) {
			p, state := plan(t), states[at]
			rest := collect(t, train.Steps(context.Background(), optest.Tape(t), p, options, &state))
			same(t, snapshot(p), want)
			same(t, guessed(p), kept)
			if len(rest) != len(whole)-at {
				t.Fatalf("%d steps after the resume, want %d", len(rest), len(whole)-at)
			}
			for i, s := range rest {
				w := whole[at+i]
				if s.Phase != w.Phase || s.Number != w.Number || s.Of != w.Of || s.Loss != w.Loss || s.Epoch != w.Epoch || s.Best != w.Best {
					t.Fatalf("step %d differs: %+v, want %+v", w.Number, s, w)
				}
			}
		})
	}
}

// guessed gives the weights of the head that is kept beside the model's.
func guessed(p *technique.Plan) map[string][]float32 {
	all := map[string][]float32{}
	if p.Guessed != nil {
		for name, p := range p.Guessed.Params() {
			all[name] = slices.Clone(op.Rows(p))
		}
	}
	return all
}

// copied stands for a state that went to disk and came back.
func copied(s train.State) train.State {
	s.Tensors = slices.Clone(s.Tensors)
	for i := range s.Tensors {
		s.Tensors[i].Values = slices.Clone(s.Tensors[i].Values)
	}
	return s
}

func TestAStateOfAnotherModelIsRefused(t *testing.T) {
	p := plan(t, rows(20, 1), nil)
	for _, err := range train.Steps(context.Background(), optest.Tape(t), p, options, &train.State{Taken: 3}) {
		var e *train.Error
		if !errors.As(err, &e) || e.Hint() == "" {
			t.Errorf("got %v", err)
		}
	}
}

// With labels that nothing predicts neither score nor loss gets better for long.
func TestEarlyStoppingFires(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	check := rows(40, 2)
	for i := range check {
		check[i].Labels = []string{[]string{"cards", "delivery", "refunds"}[random.IntN(3)]}
	}
	o := options
	o.Epochs, o.Patience = 50, 3
	steps := collect(t, train.Steps(context.Background(), optest.Tape(t), plan(t, rows(60, 1), check), o, nil))
	last := steps[len(steps)-1]
	if last.Stopped != train.StoppedEarly {
		t.Fatalf("stopped: %q", last.Stopped)
	}
	lowest, waited := math.Inf(1), 0
	for _, s := range steps {
		if s.Evaluation == nil {
			continue
		}
		waited++
		if s.Best || s.Evaluation.Loss < lowest {
			lowest, waited = min(lowest, s.Evaluation.Loss), 0
		}
	}
	if waited != 3 {
		t.Errorf("it waited for %d evaluations, not 3", waited)
	}
}

func TestEvaluatesTwiceAnEpoch(t *testing.T) {
	steps := collect(t, train.Steps(context.Background(), optest.Tape(t), plan(t, rows(61, 1), rows(20, 2)), options, nil))
	var at []float64
	for _, s := range steps {
		if s.Evaluation != nil {
			at = append(at, s.Epoch)
		}
	}
	if !slices.Equal(at, []float64{0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4}) {
		t.Errorf("evaluated at %v", at)
	}
}

// What is drawn of the rows that are learned is counted as on those that are checked,
// though the labels are smoothed, rare ones weigh more and easy rows count less: where both
// are the same rows and nothing moves, both are the same.
func TestTheLossOfLearningIsThatOfTheChecks(t *testing.T) {
	learn := rows(40, 1)
	marked := []dataset.Example{{Text: "my card is lost", Spans: []dataset.Span{{Start: 3, End: 7, Label: "THING"}}}, {Text: "the parcel has not come", Spans: []dataset.Span{}}}
	classes := alone().(*task.Classification)
	classes.Smoothing, classes.Weighting, classes.Focus = 0.2, "balanced", 2
	for name, c := range map[string]struct {
		task  task.Task
		learn []dataset.Example
	}{
		"classification": {classes, learn},
		"multilabel":     {&task.Multilabel{MaxLength: 64}, learn},
		"entities":       {task.NewEntities(), marked},
	} {
		t.Run(name, func(t *testing.T) {
			p := &technique.Plan{Task: c.task, Base: tasktest.Base(t), Learn: dataset.FromSlice(c.learn), Check: dataset.FromSlice(c.learn), Seed: 1}
			if err := p.FineTune(); err != nil {
				t.Fatal(err)
			}
			p.Base.Backbone.SetDropout(0)
			o := train.Options{Epochs: 1, BatchSize: len(c.learn), Evaluations: 1}
			for _, parts := range []int{1, 3} {
				o.Parts = parts
				s := collect(t, train.Steps(context.Background(), optest.Tape(t), p, o, nil))[0]
				if math.Abs(s.Loss-s.Evaluation.Loss) > 1e-5*s.Loss {
					t.Errorf("in %d parts the loss is %g where rows are learned and %g where they are checked", parts, s.Loss, s.Evaluation.Loss)
				}
			}
		})
	}
}

// Words are counted before the first check alone, and it is told then.
func TestTellsWhatTakesAWhile(t *testing.T) {
	p := &technique.Plan{
		Task: task.NewClassification(), Base: tasktest.Base(t),
		Learn: dataset.FromSlice(rows(60, 1)), Check: dataset.FromSlice(rows(20, 2)), Seed: 1,
	}
	if err := technique.NewHeadSwap().Apply(p); err != nil {
		t.Fatal(err)
	}
	var told []string
	o := options
	o.Doing = func(what string) { told = append(told, what) }
	checks := 0
	for _, s := range collect(t, train.Steps(context.Background(), optest.Tape(t), p, o, nil)) {
		if s.Evaluation != nil {
			checks++
		}
		if first := s.Evaluation != nil && checks == 1; (s.Once > 0) != first {
			t.Errorf("step %d took %v for what comes once", s.Number, s.Once)
		}
	}
	if want := []string{"counting words", "fine-tuning"}; !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
}

func TestWithoutValidationRowsTheLastModelIsKept(t *testing.T) {
	steps := collect(t, train.Steps(context.Background(), optest.Tape(t), plan(t, rows(20, 1), nil), options, nil))
	for i, s := range steps {
		if s.Best != (i == len(steps)-1) {
			t.Errorf("step %d: best is %t", s.Number, s.Best)
		}
	}
}

func TestTheTimeLimitEndsWithAScore(t *testing.T) {
	o := options
	o.MaxTime = time.Nanosecond
	steps := collect(t, train.Steps(context.Background(), optest.Tape(t), plan(t, rows(20, 1), rows(20, 2)), o, nil))
	if len(steps) != 1 || steps[0].Stopped != train.StoppedByTime || !steps[0].Best {
		t.Errorf("%+v", steps)
	}
}

func TestStopsWhenTheContextIsDone(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	n := 0
	for _, err := range train.Steps(ctx, optest.Tape(t), plan(t, rows(40, 1), rows(20, 2)), options, nil) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		cancel()
	}
	if n != 1 {
		t.Errorf("%d steps after the context was done", n-1)
	}
}

func TestARunawayTrainingSaysSo(t *testing.T) {
	o := options
	o.LearningRate, o.Clip = 1e30, 0
	var failed error
	for s, err := range train.Steps(context.Background(), optest.Tape(t), plan(t, rows(40, 1), rows(20, 2)), o, nil) {
		failed = err
		if err == nil && math.IsNaN(s.Loss) {
			t.Fatal("a loss that is no number passed")
		}
	}
	var e *train.Error
	if !errors.As(failed, &e) || e.Hint() == "" {
		t.Errorf("got %v", failed)
	}
}

func TestFrozenLayersStayAsTheyAre(t *testing.T) {
	p := plan(t, rows(40, 1), rows(20, 2))
	freeze := technique.NewFreeze()
	freeze.(*technique.Freeze).Layers = 2
	if err := freeze.Apply(p); err != nil {
		t.Fatal(err)
	}
	before := snapshot(p)
	collect(t, train.Steps(context.Background(), optest.Tape(t), p, options, nil))
	frozen := map[string]bool{}
	for name := range maps.Keys(before) {
		frozen[name] = slices.Equal(before[name], snapshot(p)[name])
	}
	for name, want := range map[string]bool{
		"bert.embeddings.word_embeddings.weight": true, "bert.encoder.layer.0.output.dense.weight": true,
		"bert.encoder.layer.1.output.dense.weight": false, "classifier.weight": false,
	} {
		if frozen[name] != want {
			t.Errorf("%s: frozen is %t", name, frozen[name])
		}
	}
}
