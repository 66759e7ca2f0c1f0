package masked

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"attune/engine/batch"
	"attune/engine/dataset"
	"attune/engine/kernel"
	"attune/engine/loss"
	"attune/engine/op"
	"attune/engine/tokenizer"
)

// Filler guesses the word that a text lacks.
type Filler struct {
	model   *Model
	masking *Masking
	pieces  tokenizer.Tokenizer
}

// NewFiller takes a model that was trained to guess hidden words. It fails when its
// tokenizer has no piece that hides another.
func NewFiller(m *Model, t tokenizer.Tokenizer) (*Filler, error) {
	masking, err := NewMasking(t)
	if err != nil {
		return nil, err
	}
	return &Filler{m, masking, t}, nil
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
	item.IDs, item.Segments = f.pieces.Join(slices.Concat(left, []tokenizer.Token{{ID: f.masking.mask}}, right), nil)
	item.Targets = make([]int, len(item.IDs))
	for i := range item.Targets {
		item.Targets[i] = loss.Ignored
	}
	item.Targets[hole] = f.masking.mask
	t.Infer()
	logits, _ := f.model.Guess(t, batch.Pack([]batch.Item{item}))
	probabilities := slices.Clone(op.Rows(logits))
	kernel.Softmax(probabilities, 1)
	return f.best(probabilities, n)
}

// best gives the likeliest of the pieces that are words.
func (f *Filler) best(probabilities []float32, n int) []dataset.Score {
	var words []int
	for id, word := range f.masking.guessed {
		if word && f.masking.begins[id] {
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

// spoken tells what words are made of from commas and quotation marks.
func spoken(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
