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
	asking placing
	pieces tokenizer.Tokenizer
}

// placing can ask for the piece at one place of a text, whatever stands there.
type placing interface {
	at(item batch.Item, place int) batch.Item
	candidates() words
}

// NewFiller takes a model with its tokenizer. It fails when the model does not guess from
// both sides of a hole.
func NewFiller(m *Model, t tokenizer.Tokenizer) (*Filler, error) {
	asking, ok := m.Asking.(placing)
	if !ok {
		return nil, &Error{Reason: "this kind of model guesses only what comes next", Way: "choose one that fills gaps, as BERT does"}
	}
	return &Filler{m, asking, t}, nil
}

// Fill gives the n likeliest words of one piece between two halves of a text, the likeliest
// first, with their probabilities among all pieces. Of texts that are too long what stands
// nearest to the hole is read.
func (f *Filler) Fill(t *op.Tape, before, after string, n int) []dataset.Score {
	left := f.pieces.Encode(strings.TrimRight(before, " "))
	right := f.pieces.Encode(after)
	room := f.model.Body.Longest() - f.pieces.Specials(false) - 1
	if over := len(left) + len(right) - room; over > 0 {
		half := room / 2
		left = left[max(0, len(left)-max(half, room-len(right))):]
		right = right[:min(len(right), room-len(left))]
	}
	hole := f.pieces.Prefix() + len(left)
	var item batch.Item
	item.IDs, item.Segments = f.pieces.Join(slices.Concat(left, []tokenizer.Token{{}}, right), nil)
	t.Infer()
	logits, _ := f.model.Guess(t, batch.Pack([]batch.Item{f.asking.at(item, hole)}))
	probabilities := slices.Clone(op.Rows(logits))
	kernel.Softmax(probabilities, 1)
	return f.best(probabilities, n)
}

// best gives the likeliest of the pieces that are words.
func (f *Filler) best(probabilities []float32, n int) []dataset.Score {
	known := f.asking.candidates()
	var words []int
	for _, id := range known.pieces {
		if known.begins[id] {
			words = append(words, id)
		}
	}
	slices.SortStableFunc(words, func(a, b int) int { return cmp.Compare(probabilities[b], probabilities[a]) })
	var best []dataset.Score
	for _, id := range words {
		if len(best) == n {
			break
		}
		if word := strings.TrimSpace(f.pieces.Decode([]int{id})); strings.ContainsFunc(word, spoken) {
			best = append(best, dataset.Score{Label: word, Score: float64(probabilities[id])})
		}
	}
	return best
}
