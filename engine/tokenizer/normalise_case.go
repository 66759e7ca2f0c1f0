package tokenizer

import (
	"bytes"
	"encoding/json"
	"unicode"
	"unicode/utf8"
)

// lowercase folds capitals, each on its own or, as Python does, with a final sigma
// where a word ends.
type lowercase struct{ finalSigma bool }

func (l lowercase) normalise(p *passage) {
	p.replaceRunes(func(to []rune, text []byte, r rune, at int) ([]rune, bool) {
		switch {
		case r == 'İ':
			return append(to, 'i', '\u0307'), true
		case r == 'Σ' && l.finalSigma && endsWord(text, at):
			return append(to, 'ς'), true
		}
		low := unicode.ToLower(r)
		return append(to, low), low != r
	})
}

// endsWord says whether a capital sigma at a byte stands behind a letter and before
// none, apart from marks.
//
// Source: Unicode, section 3.13, Final_Sigma; CPython Objects/unicodeobject.c,
// handle_capital_sigma.
func endsWord(text []byte, at int) bool {
	before := bytes.TrimRightFunc(text[:at], ignoresCase)
	after := bytes.TrimLeftFunc(text[at+len("Σ"):], ignoresCase)
	last, _ := utf8.DecodeLastRune(before)
	next, _ := utf8.DecodeRune(after)
	return len(before) > 0 && hasCase(last) && (len(after) == 0 || !hasCase(next))
}

func hasCase(r rune) bool {
	return unicode.In(r, unicode.Lu, unicode.Ll, unicode.Lt, unicode.Other_Lowercase, unicode.Other_Uppercase)
}

func ignoresCase(r rune) bool {
	switch r {
	case '\'', '.', ':', '·', '\u2018', '\u2019', '\u2024', '\u2027', '\ufe13', '\ufe52', '\ufe55', '\uff07', '\uff0e', '\uff1a':
		return true
	}
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk)
}

var lowercaseNormaliser = kind[normalising]{"Lowercase", func(json.RawMessage) (normalising, error) { return lowercase{}, nil }}
