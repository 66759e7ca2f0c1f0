// Package masked is masked language modelling: words of a text are hidden, and a
// model guesses them from both sides (Devlin et al. 2018). Pre-training and
// adapting to a field of texts are both made of it; it knows no corpus, no plan
// and no loop.
package masked

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"attune/engine/batch"
	"attune/engine/loss"
	"attune/engine/tokenizer"
)

// Masking says how pieces are hidden. Whole words are: the pieces of a word
// together, since a piece is too easily guessed from the others (whole-word
// masking, google-research/bert).
type Masking struct {
	Rate    float64 // share of a text's pieces that is to be guessed
	Swapped float64 // share of those that another piece replaces, drawn at random
	Kept    float64 // share of those that stay as they are; [MASK] replaces the rest

	mask    int
	begins  []bool // by piece: it begins a word
	guessed []bool // by piece: it can be hidden and guessed
	pieces  []int  // all that can be
}

// The names that published tokenizers give to the piece that hides another.
var maskNames = []string{"[MASK]", "<mask>"}

// NewMasking gives BERT's masking for a tokenizer: 15 in 100 pieces, of which 80 in
// 100 become [MASK] and 10 another piece. It fails when the tokenizer has no piece
// that hides another.
func NewMasking(t tokenizer.Tokenizer) (*Masking, error) {
	m := &Masking{Rate: 0.15, Swapped: 0.1, Kept: 0.1, mask: -1, begins: make([]bool, t.Size()), guessed: make([]bool, t.Size())}
	for _, name := range maskNames {
		if id, ok := t.ID(name); ok {
			m.mask = id
		}
	}
	if m.mask < 0 {
		return nil, &Error{Reason: "this model has no piece that stands for a hidden word", Way: "choose a model that was trained to fill gaps, as BERT was"}
	}
	around, _ := t.Join(nil, nil)
	for id := range m.begins {
		piece := t.Piece(id)
		m.begins[id] = !strings.HasPrefix(piece, "##")
		m.guessed[id] = piece != "" && !slices.Contains(around, id) && !bracketed(piece)
		if m.guessed[id] {
			m.pieces = append(m.pieces, id)
		}
	}
	return m, nil
}

// bracketed tells special pieces, [UNK] and its kind, from words.
func bracketed(piece string) bool {
	return len(piece) > 2 && (piece[0] == '[' && strings.HasSuffix(piece, "]") || piece[0] == '<' && strings.HasSuffix(piece, ">"))
}

// Hide gives an item with words hidden, and as its targets one entry a piece: what
// stood in a hidden place, loss.Ignored elsewhere. At least one word is hidden
// unless nothing in the item can be.
func (m *Masking) Hide(item batch.Item, random *rand.Rand) batch.Item {
	targets := make([]int, len(item.IDs))
	for i := range targets {
		targets[i] = loss.Ignored
	}
	words := m.words(item.IDs)
	left := 0
	for _, w := range words {
		left += w.to - w.from
	}
	left = max(1, int(math.Round(m.Rate*float64(left))))
	hidden := slices.Clone(item.IDs)
	for n, i := range random.Perm(len(words)) {
		w := words[i]
		if n > 0 && w.to-w.from > left {
			continue
		}
		for p := w.from; p < w.to; p++ {
			targets[p] = item.IDs[p]
			hidden[p] = m.instead(item.IDs[p], random)
		}
		if left -= w.to - w.from; left <= 0 {
			break
		}
	}
	item.IDs, item.Targets = hidden, targets
	return item
}

// instead gives what stands in the place of a piece that is to be guessed.
func (m *Masking) instead(id int, random *rand.Rand) int {
	switch draw := random.Float64(); {
	case draw < m.Swapped:
		return m.pieces[random.IntN(len(m.pieces))]
	case draw < m.Swapped+m.Kept:
		return id
	}
	return m.mask
}

// span is the places of one word's pieces.
type span struct{ from, to int }

// words finds the words that can be hidden.
func (m *Masking) words(ids []int) []span {
	var all []span
	for i, id := range ids {
		switch last := len(all) - 1; {
		case !m.guessed[id]:
		case last >= 0 && all[last].to == i && !m.begins[id]:
			all[last].to++
		default:
			all = append(all, span{i, i + 1})
		}
	}
	return all
}

// Error says why a model cannot guess hidden words, in the user's words.
type Error struct{ Reason, Way string }

func (e *Error) Error() string { return e.Reason }

// Hint tells the way out.
func (e *Error) Hint() string { return e.Way }
