package guessing

import (
	"cmp"
	"slices"
	"strings"

	"attune/engine/batch"
	"attune/engine/dataset"
	"attune/engine/kernel"
	"attune/engine/op"
	"attune/engine/tokenizer"
)

// Filler guesses the word that a text lacks.
type Filler struct {
	model  *Model
	pieces tokenizer.Tokenizer
	words  words
}

// NewFiller takes a model with its tokenizer.
func NewFiller(m *Model, t tokenizer.Tokenizer) *Filler { return &Filler{m, t, newWords(t)} }

// Fill gives the n likeliest words of one piece between two halves of a text, the likeliest
// first, with their probabilities: among all pieces, or of a model that guesses only what
// comes next, among those that are likeliest behind the first half. Of texts that are too
// long what stands nearest to the hole is read.
func (f *Filler) Fill(t *op.Tape, before, after string, n int) []dataset.Score {
	left := f.pieces.Encode(strings.TrimRight(before, " "))
	right := f.pieces.Encode(after)
	room := f.model.Body.Longest() - f.pieces.Specials(false) - 1
	if over := len(left) + len(right) - room; over > 0 {
		half := room / 2
		left = left[max(0, len(left)-max(half, room-len(right))):]
		right = right[:min(len(right), room-len(left))]
	}
	if asking, ok := f.model.Asking.(placing); ok {
		return f.best(f.between(t, asking, left, right), n)
	}
	return f.best(f.behind(t, left, right, n), n)
}

// placing can ask for the piece at one place of a text, whatever stands there.
type placing interface {
	at(item batch.Item, place int) batch.Item
}

// between gives the probability of each piece in the hole.
func (f *Filler) between(t *op.Tape, asking placing, left, right []tokenizer.Token) []float32 {
	var item batch.Item
	item.IDs, item.Segments = f.pieces.Join(slices.Concat(left, []tokenizer.Token{{}}, right), nil)
	t.Infer()
	logits, _ := f.model.Guess(t, batch.Pack([]batch.Item{asking.at(item, f.pieces.Prefix()+len(left))}))
	probabilities := slices.Clone(op.Rows(logits))
	kernel.Softmax(probabilities, 1)
	return probabilities
}

// best gives the likeliest of the pieces that are words.
func (f *Filler) best(probabilities []float32, n int) []dataset.Score {
	var best []dataset.Score
	for _, id := range f.ranked(probabilities) {
		if len(best) == n || probabilities[id] == 0 {
			break
		}
		if word := strings.TrimSpace(f.pieces.Decode([]int{id})); strings.ContainsFunc(word, spoken) {
			best = append(best, dataset.Score{Label: word, Score: float64(probabilities[id])})
		}
	}
	return best
}

// ranked gives the pieces that begin a word, the likeliest first.
func (f *Filler) ranked(probabilities []float32) []int {
	var words []int
	for _, id := range f.words.pieces {
		if f.words.begins[id] && !f.words.signs[id] {
			words = append(words, id)
		}
	}
	slices.SortStableFunc(words, func(a, b int) int { return cmp.Compare(probabilities[b], probabilities[a]) })
	return words
}
