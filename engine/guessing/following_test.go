package guessing_test

import (
	"slices"
	"testing"

	"attune/engine/batch"
	"attune/engine/guessing"
	"attune/engine/loss"
	"attune/engine/model"
	"attune/engine/model/gpt2"
	"attune/engine/op"
	"attune/engine/op/optest"
	"attune/engine/task/tasktest"
)

func following(t *testing.T, base *model.Base) *guessing.Model {
	t.Helper()
	m, err := guessing.New(base.Backbone, base.Tokenizer, base.Weights)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestEachPieceFollowsThoseBefore(t *testing.T) {
	m := following(t, tasktest.Decoder(t))
	for name, c := range map[string]struct{ give, ids, targets []int }{
		"a text":      {[]int{2, 5, 6, 3}, []int{2, 5, 6}, []int{5, 6, 3}},
		"one piece":   {[]int{2}, []int{2}, []int{loss.Ignored}},
		"not a piece": {nil, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := m.Asking.Ask(batch.Item{IDs: c.give, Segments: make([]int, len(c.give)), Index: 3}, nil)
			if !slices.Equal(got.IDs, c.ids) || !slices.Equal(got.Targets, c.targets) || got.Segments != nil || got.Index != 3 {
				t.Errorf("%+v", got)
			}
		})
	}
}

// GPT-2's tokenizer sets nothing before a text, so that its first piece follows what ends
// the one before.
func TestTheFirstPieceFollowsAnEnd(t *testing.T) {
	texts := func(yield func(string) bool) { _ = yield("where is my card") && yield("my card is lost") }
	base, err := gpt2.Fresh(t.Context(), texts, 1)
	if err != nil {
		t.Fatal(err)
	}
	var item batch.Item
	for _, piece := range base.Tokenizer.Encode("my card") {
		item.IDs = append(item.IDs, piece.ID)
	}
	got := following(t, base).Asking.Ask(item, nil)
	end := base.Backbone.(model.Decoder).Writing().Ends[0]
	if got.IDs[0] != end || !slices.Equal(got.Targets, item.IDs) || !slices.Equal(got.IDs[1:], item.IDs[:len(item.IDs)-1]) {
		t.Errorf("%v is read as %v to guess %v", item.IDs, got.IDs, got.Targets)
	}
}

func TestNoGuessSeesWhatFollows(t *testing.T) {
	m, tape := following(t, tasktest.Decoder(t)), optest.Tape(t)
	guess := func(ids ...int) []float32 {
		tape.Infer()
		logits, _ := m.Guess(tape, batch.Pack([]batch.Item{m.Asking.Ask(batch.Item{IDs: ids}, nil)}))
		return slices.Clone(op.Rows(logits))
	}
	before, after := guess(2, 5, 6, 7, 3), guess(2, 5, 20, 7, 3)
	pieces := len(before) / 4
	if !slices.Equal(before[:2*pieces], after[:2*pieces]) {
		t.Error("a guess saw the piece that it guesses")
	}
	if slices.Equal(before[2*pieces:3*pieces], after[2*pieces:3*pieces]) {
		t.Error("a guess did not see the piece before")
	}
}

// A body that writes about what it read was not pre-trained on texts alone.
func TestABodyThatReadsAndWritesIsRefused(t *testing.T) {
	base := tasktest.EncoderDecoder(t)
	_, err := guessing.New(base.Backbone, base.Tokenizer, base.Weights)
	if e, ok := err.(*guessing.Error); !ok || e.Hint() == "" {
		t.Errorf("got %v", err)
	}
}
