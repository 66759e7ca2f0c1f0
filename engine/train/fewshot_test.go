package train_test

import (
	"context"
	"slices"
	"testing"

	"attune/engine/dataset"
	"attune/engine/op"
	"attune/engine/op/optest"
	"attune/engine/task"
	"attune/engine/task/tasktest"
	"attune/engine/technique"
	"attune/engine/train"
)

// Of four rows a label more is learned by way of their pairs than by the same passes of
// fine-tuning, on average over some draws of the rows.
func TestFewRowsTeachMoreInPairs(t *testing.T) {
	o := options
	o.Epochs, o.Warmup = 10, 0
	score := func(t technique.Technique, tb *testing.T, seed uint64) float64 {
		p := planBy(tb, fewRows(4, seed), rows(200, 2), t)
		steps := collect(tb, train.Steps(context.Background(), optest.Tape(tb), p, o, nil))
		for i, s := range steps[1:] {
			if before := steps[i]; before.Phase != s.Phase && before.ToGo != 0 {
				tb.Errorf("after the last pair, %d steps are to go: those of the head take next to no time", before.ToGo)
			}
		}
		return steps[len(steps)-1].Evaluation.Scores["accuracy"]
	}
	pairs, plain := 0.0, 0.0
	const draws = 3
	for seed := range uint64(draws) {
		few := technique.NewFewShot().(*technique.FewShot)
		few.Rounds = 5
		pairs += score(few, t, seed+10) / draws
		plain += score(technique.NewHeadSwap(), t, seed+10) / draws
	}
	t.Logf("accuracy %.2f in pairs, %.2f by fine-tuning", pairs, plain)
	if pairs < plain+0.05 {
		t.Errorf("accuracy %.2f in pairs, %.2f by fine-tuning", pairs, plain)
	}
}

// Beside the pairs the head learns the labels, if they weigh anything there.
func TestTheLabelsAreLearnedBesideThePairs(t *testing.T) {
	for name, c := range map[string]struct {
		weight float64
		learns bool
	}{"pairs alone": {0, false}, "labels too": {1, true}} {
		t.Run(name, func(t *testing.T) {
			few := technique.NewFewShot().(*technique.FewShot)
			few.Labels = c.weight
			p := planBy(t, fewRows(4, 1), rows(20, 2), few)
			before := snapshot(p)
			for step, err := range train.Steps(context.Background(), optest.Tape(t), p, options, nil) {
				if err != nil {
					t.Fatal(err)
				}
				if step.Phase == "fine-tuning" {
					break
				}
				for name, param := range p.Model.Params() {
					if name == "classifier.weight" && c.learns == slices.Equal(op.Rows(param), before[name]) {
						t.Fatalf("%s learns: %v", name, !c.learns)
					}
				}
			}
		})
	}
}

// fewRows gives so many rows of each label.
func fewRows(n int, seed uint64) []dataset.Example {
	counts := map[string]int{}
	var few []dataset.Example
	for _, e := range rows(200, seed) {
		if counts[e.Labels[0]]++; counts[e.Labels[0]] <= n {
			few = append(few, e)
		}
	}
	return few
}

// Each round has a pair for every row with another of its label, as many as are allowed
// at most.
func TestPairsAreBounded(t *testing.T) {
	for name, c := range map[string]struct{ rounds, most, want int }{"all": {5, 1000, 50}, "bounded": {100, 40, 40}} {
		t.Run(name, func(t *testing.T) {
			few := technique.NewFewShot().(*technique.FewShot)
			few.Rounds, few.Pairs = c.rounds, c.most
			p := planBy(t, fewRows(10, 1)[:10], nil, few)
			pairs, err := dataset.Collect(p.Phases[0].Learn)
			if err != nil {
				t.Fatal(err)
			}
			for _, pair := range pairs {
				if pair.Text == pair.Pair || labelOf(pair.Text) != pair.Labels[0] || labelOf(pair.Pair) != pair.Labels[0] {
					t.Errorf("%q and %q are called %q", pair.Text, pair.Pair, pair.Labels[0])
				}
			}
			if len(pairs) > c.want || len(pairs) < c.want*3/5 {
				t.Errorf("%d pairs, want at most %d", len(pairs), c.want)
			}
		})
	}
}

// labelOf finds a row by its text.
func labelOf(text string) string {
	for _, e := range fewRows(10, 1) {
		if e.Text == text {
			return e.Labels[0]
		}
	}
	return ""
}

func TestPairsOfPairsAreRefused(t *testing.T) {
	learn := rows(8, 3)
	learn[5].Pair = "of another"
	err := technique.NewFewShot().Apply(&technique.Plan{Task: task.NewClassification(), Base: tasktest.Base(t), Learn: dataset.FromSlice(learn), Check: dataset.FromSlice(nil)})
	if err == nil {
		t.Error("rows with two texts passed")
	}
}
