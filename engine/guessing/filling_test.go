package guessing_test

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"attune/engine/batch"
	"attune/engine/dataset"
	"attune/engine/guessing"
	"attune/engine/kernel"
	"attune/engine/loss"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/op/optest"
	"attune/engine/task/tasktest"
)

func filler(t *testing.T, base *model.Base) (*guessing.Filler, *guessing.Model) {
	t.Helper()
	m, err := guessing.New(base.Backbone, base.Tokenizer, base.Weights)
	if err != nil {
		t.Fatal(err)
	}
	return guessing.NewFiller(m, base.Tokenizer), m
}

// The words are those that the model itself makes likeliest in the place of the hole.
func TestFillGivesTheLikeliestWords(t *testing.T) {
	f, m := filler(t, tasktest.Base(t))
	tape, pieces := optest.Tape(t), tasktest.Base(t).Tokenizer
	words := f.Fill(tape, "where is ", " card", 5)
	mask, _ := pieces.ID("[MASK]")
	before, after := pieces.Encode("where is"), pieces.Encode("card")
	joined := append(slices.Clone(before), after...)
	ids, segments := pieces.Join(joined, nil)
	hole := pieces.Prefix() + len(before)
	ids, segments = slices.Insert(ids, hole, mask), append(segments, 0)
	item := batch.Item{IDs: ids, Segments: segments, Targets: make([]int, len(ids))}
	for i := range item.Targets {
		item.Targets[i] = loss.Ignored
	}
	item.Targets[hole] = 0
	tape.Infer()
	logits, _ := m.Guess(tape, batch.Pack([]batch.Item{item}))
	want := slices.Clone(op.Rows(logits))
	kernel.Softmax(want, 1)
	if len(words) != 5 {
		t.Fatalf("%d words: %v", len(words), words)
	}
	last := 1.0
	for _, w := range words {
		id, known := pieces.ID(w.Label)
		if !known || w.Label == "." || strings.HasPrefix(w.Label, "##") || strings.HasPrefix(w.Label, "[") {
			t.Errorf("%q is not a word", w.Label)
			continue
		}
		if math.Abs(w.Score-float64(want[id])) > 1e-6 || w.Score > last {
			t.Errorf("%q has %g after %g, want %g", w.Label, w.Score, last, want[id])
		}
		last = w.Score
	}
}

func TestWhatStandsNearestToTheHoleIsRead(t *testing.T) {
	for name, base := range map[string]*model.Base{"hidden": tasktest.Base(t), "any order": tasktest.AnyOrder(t), "next": tasktest.Decoder(t)} {
		t.Run(name, func(t *testing.T) { readsAround(t, base) })
	}
}

func readsAround(t *testing.T, base *model.Base) {
	f, m := filler(t, base)
	tape := optest.Tape(t)
	long := strings.Repeat("where is my card ", m.Body.Longest())
	for name, c := range map[string]struct{ before, after string }{
		"before": {long, "card"}, "after": {"where", long}, "both": {long, long}, "nothing": {"", ""},
	} {
		if words := f.Fill(tape, c.before, c.after, 3); len(words) != 3 {
			t.Errorf("%s: %v", name, words)
		}
	}
}

// A model that guesses in any order guesses the word whatever stands in the hole, from both
// sides of it.
func TestBothSidesOfAHoleAreRead(t *testing.T) {
	f, _ := filler(t, tasktest.AnyOrder(t))
	tape := optest.Tape(t)
	fill := func(before, after string) []dataset.Score { return f.Fill(tape, before, after, 5) }
	words := fill("where is ", " card")
	for name, other := range map[string][]dataset.Score{"before": fill("where has ", " card"), "after": fill("where is ", " parcel")} {
		if reflect.DeepEqual(words, other) {
			t.Errorf("what stands %s the hole changes nothing: %v", name, words)
		}
	}
}

// Of a model that guesses only what comes next, the shares of the words are those of the
// whole texts with them.
func TestAHoleIsFilledByWhatFollows(t *testing.T) {
	base := tasktest.Decoder(t)
	f, m := filler(t, base)
	tape := optest.Tape(t)
	for _, after := range []string{" card please", ""} {
		words := f.Fill(tape, "where is ", after, 18) // with three times as many all words are tried
		likely, sum := map[string]float64{}, 0.0
		for _, word := range tasktest.Words[5:] {
			var item batch.Item
			item.IDs, _ = base.Tokenizer.Join(base.Tokenizer.Encode("where is "+word+after), nil)
			item = m.Asking.Ask(item, nil)
			item.Targets[len(item.Targets)-1] = loss.Ignored // what ends the text was not asked for
			tape.Infer()
			nats := float64(op.Rows(m.Loss(tape, batch.Pack([]batch.Item{item})))[0]) * float64(len(item.Targets)-1)
			likely[word] = math.Exp(-nats)
			sum += likely[word]
		}
		if len(words) != 18 {
			t.Fatalf("%d words: %v", len(words), words)
		}
		for _, w := range words {
			if want := likely[w.Label] / sum; math.Abs(w.Score-want) > 1e-4 {
				t.Errorf("%q before %q: %g, want %g", w.Label, after, w.Score, want)
			}
		}
	}
}
