package guessing_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"attune/engine/batch"
	"attune/engine/guessing"
	"attune/engine/kernel"
	"attune/engine/loss"
	"attune/engine/op"
	"attune/engine/op/optest"
	"attune/engine/task/tasktest"
)

func filler(t *testing.T) (*guessing.Filler, *guessing.Model) {
	t.Helper()
	m := tiny(t)
	f, err := guessing.NewFiller(m, tasktest.Base(t).Tokenizer)
	if err != nil {
		t.Fatal(err)
	}
	return f, m
}

// The words are those that the model itself makes likeliest in the place of the hole.
func TestFillGivesTheLikeliestWords(t *testing.T) {
	f, m := filler(t)
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
	f, m := filler(t)
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
