package guessing

import (
	"math/rand/v2"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/batch"
	"attune/engine/head"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/tokenizer"
	"attune/engine/weights"
)

// predicting is a body that guesses pieces in any order, each from those before it in the
// order, as XLNet does (Yang et al. 2019).
type predicting interface {
	model.Backbone
	// Predict gives the representations [rows x width] of some rows of a batch, each from
	// its place and the tokens of lower rank, and so not from itself.
	Predict(t *op.Tape, b *batch.Packed, rows []int) mat.Tensor
	LanguageModel(*weights.Source) *head.LanguageModel
}

func ordered(b model.Backbone, pieces tokenizer.Tokenizer, s *weights.Source) (*Model, error) {
	body, ok := b.(predicting)
	if !ok {
		return nil, nil
	}
	return &Model{Body: body, Head: body.LanguageModel(s), Asking: NewOrdering(pieces), read: body.Predict}, nil
}

// Ordering asks for the pieces that come last in a random order of all, those of a few
// words in a row together: partial prediction (Yang et al. 2019, 2.3), with the spans of
// _sample_mask in zihangdai/xlnet, data_utils.py. The pieces that Join sets around a text
// are given, as all that is not asked for.
type Ordering struct{ words }

const (
	lastOf      = 6 // K: of so many pieces one is asked for
	longestSpan = 5 // words in a row
)

// NewOrdering gives XLNet's orders of the pieces of a tokenizer.
func NewOrdering(t tokenizer.Tokenizer) *Ordering { return &Ordering{newWords(t)} }

// Name says what is guessed.
func (o *Ordering) Name() string { return "words in many orders" }

// Plain is the same: what is learned from is what is compared.
func (o *Ordering) Plain() Asking { return o }

// Ask draws which words of an item come last, and in which order their pieces do.
func (o *Ordering) Ask(item batch.Item, random *rand.Rand) batch.Item {
	item.Targets, item.Ranks = unasked(len(item.IDs)), make([]int, len(item.IDs))
	words, pieces := o.in(item.IDs)
	var asked []int
	for i, last := range spans(words, max(1, pieces/lastOf), random) {
		for p := words[i].from; last && p < words[i].to; p++ {
			asked = append(asked, p)
		}
	}
	for rank, i := range random.Perm(len(asked)) {
		item.Targets[asked[i]], item.Ranks[asked[i]] = item.IDs[asked[i]], 1+rank
	}
	return item
}

// at asks for the piece at one place alone, the last of all.
func (o *Ordering) at(item batch.Item, place int) batch.Item {
	item.Targets, item.Ranks = unasked(len(item.IDs)), make([]int, len(item.IDs))
	item.Targets[place], item.Ranks[place] = item.IDs[place], 1
	return item
}

// spans says which words are asked for, about so many pieces of them: one to five in a
// row, with K times as many pieces around them, and single ones where the text is short.
func spans(words []span, pieces int, random *rand.Rand) []bool {
	asked := make([]bool, len(words))
	ask := func(i int) {
		asked[i] = true
		pieces -= words[i].len()
	}
	for at := 0; at < len(words) && pieces > 0; {
		n := min(inARow(random), pieces)
		around := n * lastOf
		before := random.IntN(around)
		at = past(words, at, before)
		for ; n > 0 && at < len(words) && pieces > 0; n, at = n-1, at+1 {
			ask(at)
		}
		at = past(words, at, around-before)
	}
	for _, i := range random.Perm(len(words)) {
		if pieces <= 0 {
			break
		}
		if !asked[i] {
			ask(i)
		}
	}
	return asked
}

// past gives the word that begins so many pieces after another, or the next that does.
func past(words []span, at, pieces int) int {
	for ; at < len(words) && pieces > 0; at++ {
		pieces -= words[at].len()
	}
	return at
}

// inARow draws how many words in a row are asked for, n with a probability like 1/n.
func inARow(random *rand.Rand) int {
	all := 0.0
	for n := 1; n <= longestSpan; n++ {
		all += 1 / float64(n)
	}
	draw := all * random.Float64()
	for n := 1; n < longestSpan; n++ {
		if draw -= 1 / float64(n); draw < 0 {
			return n
		}
	}
	return longestSpan
}
