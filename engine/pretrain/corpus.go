// Package pretrain teaches a body its language from plain text: a tokenised
// corpus, the sequences that it is read in, and the loop. It knows no files.
package pretrain

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"unicode"
	"unicode/utf8"

	"attune/engine/batch"
	"attune/engine/guessing"
	"attune/engine/tokenizer"
)

// end closes a paragraph in a corpus, and two of them a document: the number of
// [PAD], which no text has.
const end = 0

// capital marks the pieces of words that begin with a capital, which the tokenizer may
// hide. Most is how many pieces a vocabulary can have beside it.
const (
	capital = 1 << 15
	Most    = capital
)

// Append adds a paragraph to a corpus: its pieces in two bytes each, the lower
// first, and the mark of its end. A paragraph without pieces ends a document.
func Append(to []byte, paragraph string, pieces []tokenizer.Token) []byte {
	inCapital, last := false, 0
	for _, p := range pieces {
		if p.Start != last || !within(paragraph, p.Start) {
			first, _ := utf8.DecodeRuneInString(paragraph[p.Start:])
			inCapital = unicode.IsUpper(first) || unicode.IsTitle(first)
		}
		last = p.End
		coded := uint16(p.ID)
		if inCapital {
			coded |= capital
		}
		to = binary.LittleEndian.AppendUint16(to, coded)
	}
	return binary.LittleEndian.AppendUint16(to, end)
}

// within says whether a place of a text is inside of a word.
func within(text string, at int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:at])
	behind, _ := utf8.DecodeRuneInString(text[at:])
	spoken := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }
	return spoken(before) && spoken(behind)
}

// Corpus is tokenised text that stays where it is, in a mapped file as a rule.
type Corpus struct {
	content   []byte
	tokenizer tokenizer.Tokenizer
	stops     []bool // by piece: a sentence may end with it
}

// NewCorpus reads what Append made. It fails when a number is not a piece of the
// tokenizer.
func NewCorpus(content []byte, t tokenizer.Tokenizer) (*Corpus, error) {
	c := &Corpus{content: content, tokenizer: t, stops: make([]bool, t.Size())}
	for i := range c.Len() {
		if id := c.at(i); id >= t.Size() {
			return nil, fmt.Errorf("the tokenised corpus holds the piece %d of a vocabulary of %d: prepare it again", id, t.Size())
		}
	}
	for _, stop := range []string{".", "!", "?"} {
		if id, ok := t.ID(stop); ok {
			c.stops[id] = true
		}
	}
	return c, nil
}

// Len is the number of pieces, with the marks between them.
func (c *Corpus) Len() int { return len(c.content) / 2 }

func (c *Corpus) coded(i int) uint16 { return binary.LittleEndian.Uint16(c.content[2*i:]) }

func (c *Corpus) at(i int) int { return int(c.coded(i) &^ capital) }

// mark says whether the word of a piece begins with a capital.
func (c *Corpus) mark(i int) int {
	if c.coded(i)&capital != 0 {
		return guessing.Capital
	}
	return guessing.Small
}

// Paragraphs gives the pieces of each paragraph, in a slice that is used again.
func (c *Corpus) Paragraphs() iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		var pieces []int
		for i := range c.Len() {
			if id := c.at(i); id != end {
				pieces = append(pieces, id)
				continue
			}
			if len(pieces) > 0 && !yield(pieces) {
				return
			}
			pieces = pieces[:0]
		}
	}
}

// Sequence is a stretch of one document.
type Sequence struct{ from, to uint32 }

// Cut says how documents become sequences.
type Cut struct {
	Short, Long int     // pieces of a sequence at most, special ones counted
	LongShare   float64 // share of the documents that are cut into long sequences
	Together    bool    // the paragraphs of a sequence are one text, and not the two of a pair
}

// Sequences cuts every document, from sentence to sentence where that leaves a
// sequence more than half full, and gives them in a random order. Most are short,
// as the texts are that people bring; some are long, so that every place that the
// model knows is learned. A pass has an order and a choice of its own.
func (c *Corpus) Sequences(o Cut, seed uint64, pass int) []Sequence {
	random := rand.New(rand.NewPCG(seed, uint64(pass)))
	room := func() int {
		if random.Float64() < o.LongShare {
			return o.Long - c.tokenizer.Specials(true)
		}
		return o.Short - c.tokenizer.Specials(true)
	}
	var all []Sequence
	for from, most := 0, room(); from < c.Len(); {
		to := c.cut(from, most)
		if to-from >= fewest {
			all = append(all, Sequence{uint32(from), uint32(to)})
		}
		for from = to; from < c.Len() && c.at(from) == end; from++ {
			if from > 0 && c.at(from-1) == end {
				most = room()
			}
		}
	}
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// fewest is how many pieces a sequence has at least: from fewer there is nothing to
// guess by.
const fewest = 4

// cut gives the end of the sequence that begins at a piece.
func (c *Corpus) cut(from, most int) int {
	pieces, sentence := 0, 0
	for i := from; i < c.Len(); i++ {
		id := c.at(i)
		if id == end {
			if i+1 == c.Len() || c.at(i+1) == end {
				return i
			}
			sentence = i
			continue
		}
		if pieces == most {
			if sentence-from > most/2 {
				return sentence
			}
			return i
		}
		pieces++
		if c.stops[id] {
			sentence = i + 1
		}
	}
	return c.Len()
}

// Item gives a sequence as the model reads it, marked with the capitals that it does not
// see. Where it holds several paragraphs that
// are not read together, those past the middle are the second text, so that the model
// learns what a pair of texts looks like.
func (c *Corpus) Item(s Sequence, together bool) batch.Item {
	var pieces []tokenizer.Token
	var turns []int // where a paragraph begins that is not the first
	var marks []int // of the pieces
	for i := int(s.from); i < int(s.to); i++ {
		if id := c.at(i); id != end {
			pieces, marks = append(pieces, tokenizer.Token{ID: id}), append(marks, c.mark(i))
		} else {
			turns = append(turns, len(pieces))
		}
	}
	first, second := pieces, []tokenizer.Token(nil)
	if len(turns) > 0 && !together {
		off := func(turn int) int { return max(2*turn-len(pieces), len(pieces)-2*turn) }
		turn := slices.MinFunc(turns, func(a, b int) int { return cmp.Compare(off(a), off(b)) })
		first, second = pieces[:turn], pieces[turn:]
	}
	var item batch.Item
	item.IDs, item.Segments = c.tokenizer.Join(first, second)
	item.Marks = make([]int, len(item.IDs))
	for i, id := range item.IDs {
		if item.Marks[i] = batch.Unmarked; len(marks) > 0 && id == pieces[len(pieces)-len(marks)].ID {
			item.Marks[i], marks = marks[0], marks[1:]
		}
	}
	return item
}
