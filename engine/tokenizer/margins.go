package tokenizer

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// margins are the spaces that pieces begin and end with, which do not count as
// theirs: a piece's offsets show the word alone.
//
// Source: huggingface tokenizers pre_tokenizers/byte_level.rs, process_offsets.
type margins struct {
	prefixSpace   bool // the first piece's space was put there by normalising
	before, after []uint8
	taking        []bool // added tokens that take spaces of the text along
}

// newMargins takes pieces in which spaces are spelt as GPT-2 spells them.
func newMargins(pieces []string, all []added, prefixSpace bool) *margins {
	m := &margins{prefixSpace, make([]uint8, len(pieces)), make([]uint8, len(pieces)), make([]bool, len(pieces))}
	for _, a := range all {
		m.taking[a.ID] = a.LStrip || a.RStrip
	}
	for id, piece := range pieces {
		runes := utf8.RuneCountInString(piece)
		m.before[id] = uint8(min(255, runes-utf8.RuneCountInString(strings.TrimLeftFunc(piece, isVisibleSpace))))
		m.after[id] = uint8(min(255, runes-utf8.RuneCountInString(strings.TrimRightFunc(piece, isVisibleSpace))))
	}
	return m
}

func isVisibleSpace(r rune) bool { return r == visible(' ') || unicode.IsSpace(r) }

// trim takes the spaces out of the tokens of a text. A nil margins leaves them.
func (m *margins) trim(text string, tokens []Token) {
	if m == nil {
		return
	}
	for i := range tokens {
		t := &tokens[i]
		if m.taking[t.ID] {
			t.Start = t.End - len(strings.TrimLeftFunc(text[t.Start:t.End], unicode.IsSpace))
			t.End = t.Start + len(strings.TrimRightFunc(text[t.Start:t.End], unicode.IsSpace))
			continue
		}
		before, after := int(m.before[t.ID]), int(m.after[t.ID])
		if before > 0 {
			if m.prefixSpace && (i == 0 || t.Start == 0) {
				before--
			}
			t.Start = min(t.Start+before, t.End)
		}
		if after > 0 && t.End >= after {
			t.End = max(t.End-after, t.Start)
		}
	}
}
