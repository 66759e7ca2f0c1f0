package task

import (
	"slices"
	"strings"
	"unicode"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/batch"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/tokenizer"
	"attune/engine/weights"
)

// shapes are how a word may be written otherwise than in small letters: with a capital
// first, in capitals alone, or with capitals elsewhere (Collobert et al. 2011, 4.1.6).
// Names are mostly written so, which a tokenizer that lowers its texts does not show: told
// of it, the starter found names in wnut17's test rows with an F1 of 0.20 instead of 0.13.
var shapes = []string{"capital", "capitals", "mixed"}

const (
	shapeCapital = iota
	shapeCapitals
	shapeMixed
)

// shapeOf gives the number of a word's shape, batch.Unmarked for one without capitals.
func shapeOf(word string) int {
	letters, capitals, first := 0, 0, false
	for _, r := range word {
		if !unicode.IsLetter(r) {
			continue
		}
		if letters++; unicode.IsUpper(r) || unicode.IsTitle(r) {
			capitals++
			first = first || letters == 1
		}
	}
	switch {
	case capitals == 0:
		return batch.Unmarked
	case capitals == 1 && first:
		return shapeCapital
	case capitals == letters:
		return shapeCapitals
	}
	return shapeMixed
}

// shapesOf gives the shape of the word that each piece of a text is of, by their places.
func shapesOf(text string, places []batch.Place) []int {
	all := make([]int, len(places))
	for i, p := range places {
		if i > 0 && p == places[i-1] {
			all[i] = all[i-1]
		} else {
			all[i] = shapeOf(text[p.Start:p.End])
		}
	}
	return all
}

// tellsCapitals says whether a tokenizer gives capitals other pieces than small letters.
func tellsCapitals(t tokenizer.Tokenizer) bool {
	const letters = "A B C D E F G H I J K L M N O P Q R S T U V W X Y Z"
	same := func(a, b tokenizer.Token) bool { return a.ID == b.ID }
	return !slices.EqualFunc(t.Encode(letters), t.Encode(strings.ToLower(letters)), same)
}

// newShapes gives the source of the table of shapes: what a base was saved with, else
// zeros, so that the body begins as it was pre-trained. Drawn as wide as the body's own
// tables they did no better: an F1 of 0.224 on wnut17's test rows instead of 0.233, which is
// within what two trainings differ by.
func newShapes(base *model.Base) *weights.Source {
	d := drawHead(0)
	d.Spread = 0
	return base.Weights.OrFresh(d)
}

// tellShapes lets the body be told the shapes of words, where it can be.
func (m *tagger) tellShapes(source *weights.Source) {
	if body, ok := m.base.Backbone.(model.Markable); ok {
		m.head.Mark(source, len(shapes), body.EmbeddingWidth())
		m.told = body
	}
}

// encode gives what the body makes of a batch; one that was made for a model that is not
// told shapes has none.
func (m *tagger) encode(t *op.Tape, b *batch.Packed) mat.Tensor {
	if m.told == nil || b.Marks == nil {
		return m.body.Encode(t, b)
	}
	told := m.head.Marks.Lookup(b.Marks)
	told.Partial = true
	return m.told.EncodeMarked(t, b, told)
}
