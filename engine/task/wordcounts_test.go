package task_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"attune/engine/bundle"
	"attune/engine/catalog"
	"attune/engine/dataset"
	"attune/engine/model"
	"attune/engine/task"
	"attune/engine/task/tasktest"
)

// topics gives rows whose labels a count of words tells, in words that the tiny model's
// tokenizer does not know.
func topics(from, to int) (examples []dataset.Example) {
	for i := from; i < to; i++ {
		for _, topic := range []string{"apples", "bridges"} {
			examples = append(examples, example(fmt.Sprintf("about %s and thing %d", topic, i), topic))
		}
	}
	return examples
}

// topical is a classifier for them that has learned nothing.
func topical(t *testing.T, change func(*task.Classification)) task.Tuned {
	t.Helper()
	c := task.NewClassification().(*task.Classification)
	if change != nil {
		change(c)
	}
	m, err := c.Learn(tasktest.Base(t), dataset.FromSlice(topics(0, 40)), 1)
	if err != nil {
		t.Fatal(err)
	}
	prepare(t, m)
	return m.(task.Tuned)
}

// prepare does what comes before the first check.
func prepare(t *testing.T, m task.Model) {
	t.Helper()
	if err := m.(task.Preparing).Prepare(t.Context(), func(string) {}); err != nil {
		t.Fatal(err)
	}
}

// undecided gives what a network says that finds both labels alike.
func undecided(m task.Model, examples []dataset.Example, sure float64) (answers []dataset.Answer) {
	for _, e := range examples {
		part := dataset.Answer{Labels: []dataset.Score{{Label: "apples", Score: sure}, {Label: "bridges", Score: 1 - sure}}}
		answers = append(answers, m.Join(e, []dataset.Answer{part}))
	}
	return answers
}

func rightOf(examples []dataset.Example, answers []dataset.Answer) (n int) {
	for i, e := range examples {
		if answers[i].Labels[0].Label == e.Labels[0] {
			n++
		}
	}
	return n
}

func TestCountedWordsVoteWhereTheNetworkKnowsNothing(t *testing.T) {
	m := topical(t, nil)
	check := topics(40, 60)
	answers := undecided(m, check, 0.6)
	if got := rightOf(check, answers); got != len(check)/2 {
		t.Fatalf("%d of %d right before there was anything to trust", got, len(check))
	}
	m.Tune(check, answers)
	if got := rightOf(check, answers); got != len(check) {
		t.Errorf("%d of %d right", got, len(check))
	}
	for i, a := range undecided(m, check, 0.6) { // as it answers from now on
		for j, s := range a.Labels {
			if w := answers[i].Labels[j]; w.Label != s.Label || math.Abs(w.Score-s.Score) > 0.1 {
				t.Errorf("%v at the check, %v then", answers[i].Labels, a.Labels)
			}
		}
	}
	// A second check finds the same again, from answers in which the counts have voted.
	again := undecided(m, check, 0.6)
	m.Tune(check, again)
	if math.Abs(again[0].Labels[0].Score-answers[0].Labels[0].Score) > 0.02 {
		t.Errorf("tuned %v, tuned again %v", answers[0].Labels, again[0].Labels)
	}
}

func TestCountedWordsAreNotTrustedWhereTheNetworkIsRight(t *testing.T) {
	m := topical(t, nil)
	check := topics(40, 240)
	var answers []dataset.Answer
	for i, e := range check {
		check[i].Text = "nothing that was counted" // the counts know no word of it
		answers = append(answers, undecided(m, []dataset.Example{e}, map[string]float64{"apples": 0.99, "bridges": 0.01}[e.Labels[0]])...)
	}
	m.Tune(check, answers)
	got := undecided(m, []dataset.Example{example("about bridges and thing 3", "")}, 0.9)[0]
	if got.Labels[0].Label != "apples" {
		t.Errorf("the counts outvote a network that is always right: %v", got.Labels)
	}
}

// saved gives the folder of a classifier's saved model.
func saved(t *testing.T, m task.Model) string {
	t.Helper()
	dir := t.TempDir()
	if err := bundle.Take(m, nil, tasktest.Base(t).Tokenizer, nil).Save(dir, bundle.About{Task: "classification"}); err != nil {
		t.Fatal(err)
	}
	return dir
}

// opened reads such a folder.
func opened(t *testing.T, dir string) (task.Model, *model.Base) {
	t.Helper()
	kept, err := bundle.Open(dir, catalog.Families())
	if err != nil {
		t.Fatal(err)
	}
	m, err := task.NewClassification().Open(kept.Base)
	if err != nil {
		t.Fatal(err)
	}
	return m, kept.Base
}

func TestCountsAreSavedAndReadAgain(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*task.Classification)
		counts bool
	}{"with": {nil, true}, "off": {alone, false}} {
		t.Run(name, func(t *testing.T) {
			m := topical(t, test.change)
			check := topics(40, 60)
			m.Tune(check, undecided(m, check, 0.6))
			want := undecided(m, check, 0.6)
			again, base := opened(t, saved(t, m))
			if _, kept := again.Config()["word_counts"]; kept != test.counts {
				t.Errorf("config.json tells of counts: %v", kept)
			}
			for i, a := range undecided(again, check, 0.6) {
				for j, s := range a.Labels {
					if w := want[i].Labels[j]; w.Label != s.Label || math.Abs(w.Score-s.Score) > 1e-5 {
						t.Errorf("saved %v, opened %v", want[i].Labels, a.Labels)
					}
				}
			}
			if unused := base.Weights.Unused(); len(unused) > 0 {
				t.Errorf("not read: %v", unused)
			}
		})
	}
}

// A model saved before it was told how long the counted stretches are counts those of four.
func TestCountsOfAnOlderModel(t *testing.T) {
	m := topical(t, nil)
	check := topics(40, 60)
	m.Tune(check, undecided(m, check, 0.6))
	dir := saved(t, m)
	path := filepath.Join(dir, "config.json")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var config map[string]any
	if err := json.Unmarshal(text, &config); err != nil {
		t.Fatal(err)
	}
	if config["word_counts_longest"] != 5.0 {
		t.Errorf("a new model says that its stretches have at most %v letters", config["word_counts_longest"])
	}
	delete(config, "word_counts_longest")
	if text, err = json.Marshal(config); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	again, _ := opened(t, dir)
	if got := again.Config()["word_counts_longest"]; got != 4 {
		t.Errorf("an older one is taken to count stretches of %v letters", got)
	}
}

// Labels that are told one by one are voted on one by one, before their bounds are set;
// the saved model does the same.
func TestCountedWordsVoteOnEachLabel(t *testing.T) {
	both := func(from, to int) (examples []dataset.Example) {
		for i := from; i < to; i++ {
			examples = append(examples,
				several(fmt.Sprintf("about apples and thing %d", i), "apples"), several(fmt.Sprintf("about bridges and thing %d", i), "bridges"),
				several(fmt.Sprintf("about apples, bridges and thing %d", i), "apples", "bridges"), several(fmt.Sprintf("about thing %d", i)))
		}
		return examples
	}
	learned, err := task.NewMultilabel().Learn(tasktest.Base(t), dataset.FromSlice(both(0, 30)), 1)
	if err != nil {
		t.Fatal(err)
	}
	prepare(t, learned)
	says := func(m task.Model, examples []dataset.Example) (answers []dataset.Answer) {
		for _, e := range examples {
			part := dataset.Answer{Labels: []dataset.Score{{Label: "apples", Score: 0.4}, {Label: "bridges", Score: 0.4}}}
			answers = append(answers, m.Join(e, []dataset.Answer{part}))
		}
		return answers
	}
	m, check := learned.(task.Tuned), both(30, 60)
	answers := says(m, check)
	m.Tune(check, answers)
	right := func(answers []dataset.Answer) (n int) {
		for i, a := range answers {
			if (&task.Multilabel{}).Compare(check[i], a).Right {
				n++
			}
		}
		return n
	}
	if got := right(answers); got != len(check) {
		t.Errorf("%d of %d right", got, len(check))
	}
	again := says(m, check)
	m.Tune(check, again)
	for i, a := range again {
		for j, s := range a.Labels {
			if w := answers[i].Labels[j]; w.Label != s.Label || math.Abs(w.Score-s.Score) > 0.02 {
				t.Fatalf("tuned %v, tuned again %v", answers[i].Labels, a.Labels)
			}
		}
	}
	want := says(m, check)
	dir := t.TempDir()
	if err := bundle.Take(m, nil, tasktest.Base(t).Tokenizer, nil).Save(dir, bundle.About{Task: "multilabel"}); err != nil {
		t.Fatal(err)
	}
	opened, err := bundle.Open(dir, catalog.Families())
	if err != nil {
		t.Fatal(err)
	}
	reopened, err := task.NewMultilabel().Open(opened.Base)
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range says(reopened, check) {
		for j, s := range a.Labels {
			if w := want[i].Labels[j]; w.Label != s.Label || math.Abs(w.Score-s.Score) > 1e-5 {
				t.Fatalf("saved %v, opened %v", want[i].Labels, a.Labels)
			}
		}
	}
}

// allFound checks that a tuning makes every row right, where the network is as sure of
// apples in each.
func allFound(t *testing.T, m task.Tuned, check []dataset.Example, sure float64) {
	t.Helper()
	answers := undecided(m, check, sure)
	m.Tune(check, answers)
	if got := rightOf(check, answers); got != len(check) {
		t.Errorf("%d of %d right", got, len(check))
	}
}

// A head without a bias has no place for bounds, but the counts vote all the same.
func TestCountedWordsVoteWithoutBounds(t *testing.T) {
	learned, err := task.NewMultilabel().Learn(tasktest.Decoder(t), dataset.FromSlice(topics(0, 40)), 1)
	if err != nil {
		t.Fatal(err)
	}
	prepare(t, learned)
	allFound(t, learned.(task.Tuned), topics(40, 60), 0.5)
	if bounds := learned.(task.Bounded).Bounds(); bounds != nil {
		t.Errorf("bounds %v", bounds)
	}
}

// A training that is stopped while words are counted ends at once, and counts them when it
// goes on.
func TestCountingCanBeStopped(t *testing.T) {
	learned, err := task.NewClassification().Learn(tasktest.Base(t), dataset.FromSlice(topics(0, 40)), 1)
	if err != nil {
		t.Fatal(err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := learned.(task.Preparing).Prepare(stopped, func(string) {}); !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
	prepare(t, learned)
	allFound(t, learned.(task.Tuned), topics(40, 60), 0.6)
}
