package guessing

import (
	"math"
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

// hiding is a body that guesses hidden pieces from what stands on both sides of them, as
// BERT and its kin do (Devlin et al. 2018).
type hiding interface {
	model.Encoder
	Masked(*weights.Source) *head.Masked
}

func hidden(b model.Backbone, pieces tokenizer.Tokenizer, s *weights.Source) (*Model, error) {
	body, ok := b.(hiding)
	if !ok {
		return nil, nil
	}
	masking, err := NewMasking(pieces)
	if err != nil {
		return nil, err
	}
	return &Model{
		Body: body, Head: body.Masked(s), Asking: masking,
		read: func(t *op.Tape, b *batch.Packed, places []int) mat.Tensor {
			return op.Pick(t, body.Encode(t, b), places)
		},
	}, nil
}

// Masking asks for hidden words.
type Masking struct {
	Rate    float64 // share of a text's pieces that is to be guessed
	Swapped float64 // share of those that another piece replaces, drawn at random
	Kept    float64 // share of those that stay as they are; [MASK] replaces the rest

	words
	mask int
}

// The names that published tokenizers give to the piece that hides another.
var maskNames = []string{"[MASK]", "<mask>"}

// The usual shares: 15 in 100 pieces are asked for, of which 80 in 100 become [MASK] and
// 10 another piece (Devlin et al. 2018, 3.1).
const (
	maskRate    = 0.15
	maskSwapped = 0.1
	maskKept    = 0.1
)

// NewMasking gives BERT's masking for a tokenizer. It fails when the tokenizer has no
// piece that hides another.
func NewMasking(t tokenizer.Tokenizer) (*Masking, error) {
	m := &Masking{Rate: maskRate, Swapped: maskSwapped, Kept: maskKept, mask: -1}
	for _, name := range maskNames {
		if id, ok := t.ID(name); ok {
			m.mask = id
		}
	}
	if m.mask < 0 {
		return nil, &Error{Reason: "this model has no piece that stands for a hidden word", Way: "choose a model that was trained to fill gaps, as BERT was"}
	}
	m.words = newWords(t)
	return m, nil
}

// Name says what is guessed.
func (m *Masking) Name() string { return "hidden words" }

// Plain hides 15 in 100 pieces, all of them by [MASK].
func (m *Masking) Plain() Asking {
	plain := *m
	plain.Rate, plain.Swapped, plain.Kept = maskRate, 0, 0
	return &plain
}

// Ask hides words of an item.
func (m *Masking) Ask(item batch.Item, random *rand.Rand) batch.Item {
	targets, hidden := unasked(len(item.IDs)), slices.Clone(item.IDs)
	words, pieces := m.in(item.IDs)
	left := max(1, int(math.Round(m.Rate*float64(pieces))))
	for n, i := range random.Perm(len(words)) {
		w := words[i]
		if n > 0 && w.len() > left {
			continue
		}
		for p := w.from; p < w.to; p++ {
			targets[p] = item.IDs[p]
			hidden[p] = m.instead(item.IDs[p], random)
		}
		if left -= w.len(); left <= 0 {
			break
		}
	}
	item.IDs, item.Targets = hidden, targets
	return item
}

// at hides the piece at one place alone.
func (m *Masking) at(item batch.Item, place int) batch.Item {
	item.Targets = unasked(len(item.IDs))
	item.Targets[place] = item.IDs[place]
	item.IDs = slices.Clone(item.IDs)
	item.IDs[place] = m.mask
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
