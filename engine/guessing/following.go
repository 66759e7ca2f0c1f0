package guessing

import (
	"math/rand/v2"
	"slices"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/batch"
	"attune/engine/head"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/tokenizer"
	"attune/engine/weights"
)

// writing is a body that guesses what comes next, as GPT-2 and its kin do (Radford et al.
// 2019).
type writing interface {
	model.Decoder
	LanguageModel(*weights.Source) *head.LanguageModel
}

// next refuses a body that writes about what it has read: what it would write about a
// text alone was never said to it.
func next(b model.Backbone, pieces tokenizer.Tokenizer, s *weights.Source) (*Model, error) {
	body, ok := b.(writing)
	if !ok || body.NewPast().Cross != nil {
		return nil, nil
	}
	return &Model{
		Body: body, Head: body.LanguageModel(s), Asking: newFollowing(body.Writing(), pieces),
		read: func(t *op.Tape, b *batch.Packed, places []int) mat.Tensor {
			return op.Pick(t, body.Decode(t, b, nil, nil), places)
		},
	}, nil
}

// Following asks for each piece from those before it.
type Following struct{ begin []int } // what stands before a text, where the tokenizer sets nothing there

// newFollowing lets a text without a beginning follow what ends one, as GPT-2 learned it.
func newFollowing(w model.Writing, pieces tokenizer.Tokenizer) *Following {
	f := &Following{}
	if pieces.Prefix() == 0 && len(w.Ends) > 0 {
		f.begin = w.Ends[:1]
	}
	return f
}

// Name says what is guessed.
func (f *Following) Name() string { return "the next word" }

// Plain is the same: every piece is asked for.
func (f *Following) Plain() Asking { return f }

// Ask gives all pieces but the last, and as targets those that follow.
func (f *Following) Ask(item batch.Item, _ *rand.Rand) batch.Item {
	all := append(append([]int(nil), f.begin...), item.IDs...)
	if len(all) < 2 {
		item.IDs, item.Targets, item.Segments = all, unasked(len(all)), nil
		return item
	}
	last := len(all) - 1
	item.IDs, item.Targets, item.Segments = all[:last:last], slices.Clone(all[1:]), nil
	return item
}
