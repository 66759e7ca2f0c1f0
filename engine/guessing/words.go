package guessing

import (
	"slices"
	"strings"
	"unicode"

	"attune/engine/tokenizer"
)

// words knows which pieces of a tokenizer make whole words: the pieces of a word are
// asked for together, since a piece is too easily guessed from the others (whole-word
// masking, google-research/bert).
type words struct {
	begins  []bool // by piece: it begins a word
	signs   []bool // by piece: it has no letter or digit, and is a word of its own, as XLNet has it (_is_start_piece of its data_utils.py)
	guessed []bool // by piece: it can be guessed
	pieces  []int  // all that can be
}

func newWords(t tokenizer.Tokenizer) words {
	w := words{begins: make([]bool, t.Size()), signs: make([]bool, t.Size()), guessed: make([]bool, t.Size())}
	mark := markOf(t)
	around, _ := t.Join(nil, nil)
	for id := range w.begins {
		piece := t.Piece(id)
		text, marked := strings.CutPrefix(piece, mark)
		w.signs[id] = text != "" && !strings.ContainsFunc(text, spoken) // a mark alone begins a word
		w.begins[id] = w.signs[id] || marked == (mark != goesOn)
		w.guessed[id] = piece != "" && !slices.Contains(around, id) && !bracketed(piece)
		if w.guessed[id] {
			w.pieces = append(w.pieces, id)
		}
	}
	return w
}

// marks are what tokenizers set before pieces: WordPiece before those that go on with a
// word, SentencePiece and byte pairs before those that follow a space.
var marks = []string{goesOn, "▁", "Ġ"}

const goesOn = "##"

// markOf gives the mark that most of the pieces have.
func markOf(t tokenizer.Tokenizer) string {
	most, mark := 0, goesOn
	for _, m := range marks {
		n := 0
		for id := range t.Size() {
			if strings.HasPrefix(t.Piece(id), m) {
				n++
			}
		}
		if n > most {
			most, mark = n, m
		}
	}
	return mark
}

// spoken tells what words are made of from commas and quotation marks.
func spoken(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// bracketed tells special pieces, [UNK] and its kind, from words.
func bracketed(piece string) bool {
	return len(piece) > 2 && (piece[0] == '[' && strings.HasSuffix(piece, "]") || piece[0] == '<' && strings.HasSuffix(piece, ">"))
}

// span is the places of one word's pieces.
type span struct{ from, to int }

func (s span) len() int { return s.to - s.from }

// longestWord is how many pieces a word has at most: what has more is a sentence of a
// script without spaces.
const longestWord = 8

// in finds the words that can be guessed, and counts their pieces.
func (w words) in(ids []int) (all []span, pieces int) {
	for i, id := range ids {
		if !w.guessed[id] {
			continue
		}
		pieces++
		if last := len(all) - 1; last >= 0 && all[last].to == i && !w.begins[id] && !w.signs[ids[i-1]] && all[last].len() < longestWord {
			all[last].to++
		} else {
			all = append(all, span{i, i + 1})
		}
	}
	return all, pieces
}
