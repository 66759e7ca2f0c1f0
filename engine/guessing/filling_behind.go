package guessing

import (
	"slices"

	"attune/engine/batch"
	"attune/engine/kernel"
	"attune/engine/loss"
	"attune/engine/op"
	"attune/engine/tokenizer"
)

// How many words are tried in a hole for each that is wanted, and how many pieces behind
// the hole say how well they fit: all their logits are held at once.
const (
	triedWords = 3
	readBehind = 8
)

// behind gives the probability of pieces in a hole for a model that guesses only what
// comes next: of the words that are likeliest behind the left half those, in shares of
// one, from which the right half follows best.
func (f *Filler) behind(t *op.Tape, left, right []tokenizer.Token, n int) []float32 {
	t.Infer()
	logits, _ := f.model.Guess(t, batch.Pack([]batch.Item{f.follows(left, tokenizer.Token{}, nil)}))
	first := slices.Clone(op.Rows(logits))
	tried := f.ranked(first)
	tried = tried[:min(len(tried), triedWords*n)]
	scores := make([]float32, len(tried))
	for i, id := range tried {
		scores[i] = logProbability(first, id)
	}
	if right = right[:min(len(right), readBehind)]; len(right) > 0 {
		var items []batch.Item
		for _, id := range tried {
			items = append(items, f.follows(left, tokenizer.Token{ID: id}, right))
		}
		t.Infer()
		logits, targets := f.model.Guess(t, batch.Pack(items))
		rows := op.Rows(logits)
		_, pieces := op.Size(logits)
		for i, target := range targets {
			scores[i/len(right)] += logProbability(rows[i*pieces:(i+1)*pieces], target)
		}
	}
	kernel.Softmax(scores, 1)
	all := make([]float32, len(first))
	for i, id := range tried {
		all[id] = scores[i]
	}
	return all
}

// follows asks for the pieces of the right half behind the left one and a word, or for the
// word itself where there is no right half.
func (f *Filler) follows(left []tokenizer.Token, word tokenizer.Token, right []tokenizer.Token) batch.Item {
	var item batch.Item
	item.IDs, item.Segments = f.pieces.Join(slices.Concat(left, []tokenizer.Token{word}, right), nil)
	behind := len(item.IDs) - f.pieces.Prefix() - len(left) - 1 - len(right) // what Join sets there
	item = f.model.Asking.Ask(item, nil)
	last := len(item.Targets) - behind
	for i := range item.Targets {
		if i < last-max(1, len(right)) || i >= last {
			item.Targets[i] = loss.Ignored
		}
	}
	return item
}

// logProbability is that of a piece by the logits of all.
func logProbability(logits []float32, piece int) float32 {
	surprise, _ := kernel.CrossEntropy(nil, logits, piece, 1, 0)
	return float32(-surprise)
}
