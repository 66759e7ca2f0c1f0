package tokenizer

import (
	"encoding/json"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// without takes runes out.
type without func(r rune) bool

func (w without) normalise(p *passage) {
	p.replaceRunes(func(to []rune, _ []byte, r rune, _ int) ([]rune, bool) { return to, w(r) })
}

// isMark is true for what stands on, under or around the rune before it.
func isMark(r rune) bool { return unicode.Is(unicode.M, r) }

// combines is what Python's unicodedata.combining says.
func combines(r rune) bool { return norm.NFD.PropertiesString(string(r)).CCC() != 0 }

var accentsNormaliser = kind[normalising]{"StripAccents", func(json.RawMessage) (normalising, error) { return without(isMark), nil }}
