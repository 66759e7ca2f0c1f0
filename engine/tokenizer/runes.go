package tokenizer

import (
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// class is what the rules of tokenizers ask about a rune.
type class uint8

const (
	control     class = 1 << iota // taken out by cleaning
	space                         // between words
	punctuation                   // a word of its own
	chinese                       // set apart by spaces
	mark                          // an accent on the rune before it
	folds                         // has another lower case, or a decomposition
	letter                        // \p{L} of regular expressions
	number                        // \p{N}
)

// classes holds the class of each rune of Unicode's first plane, where nearly
// all text is: binary search in the tables of unicode is slow for Chinese text.
var classes = sync.OnceValue(func() *[0x10000]class {
	table := new([0x10000]class)
	for r := range table {
		table[r] = classify(rune(r))
	}
	return table
})

func classOf(table *[0x10000]class, r rune) class {
	if r < 0x10000 {
		return table[r]
	}
	return classify(r)
}

func classify(r rune) (c class) {
	if r == 0 || r == unicode.ReplacementChar || isControl(r) {
		c |= control
	}
	if unicode.IsSpace(r) {
		c |= space
	}
	if isPunctuation(r) {
		c |= punctuation
	}
	if isChinese(r) {
		c |= chinese
	}
	if unicode.Is(unicode.Mn, r) {
		c |= mark
	}
	if unicode.ToLower(r) != r || len(decompose(nil, norm.NFD, r)) > 0 {
		c |= folds
	}
	if unicode.IsLetter(r) {
		c |= letter
	}
	if unicode.IsNumber(r) {
		c |= number
	}
	return c
}

func isControl(r rune) bool {
	if r == '\t' || r == '\n' || r == '\r' {
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co)
}

// isPunctuation takes all ASCII signs as punctuation, also those like $ and +
// that Unicode calls symbols.
func isPunctuation(r rune) bool {
	if r < unicode.MaxASCII {
		return r > ' ' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}
	return unicode.IsPunct(r)
}

// isChinese is true in the blocks that BERT's _is_chinese_char names.
func isChinese(r rune) bool {
	return r >= 0x4E00 && r <= 0x9FFF || r >= 0x3400 && r <= 0x4DBF ||
		r >= 0x20000 && r <= 0x2A6DF || r >= 0x2A700 && r <= 0x2B73F ||
		r >= 0x2B740 && r <= 0x2B81F || r >= 0x2B920 && r <= 0x2CEAF ||
		r >= 0xF900 && r <= 0xFAFF || r >= 0x2F800 && r <= 0x2FA1F
}

// Hangul syllables are decomposed by arithmetic (Unicode, section 3.12).
const (
	hangul, hangulLast    = 0xAC00, 0xD7A3
	leading, vowel, tails = 0x1100, 0x1161, 0x11A7
	vowels, trailing      = 21, 28
)

// decompose appends the decomposition of a rune in a normal form, NFD or NFKD, in
// UTF-8, or nothing if the rune is whole.
func decompose(to []byte, form norm.Form, r rune) []byte {
	if r >= hangul && r <= hangulLast {
		syllable := r - hangul
		to = append(to, string(leading+syllable/(vowels*trailing))...)
		to = append(to, string(vowel+syllable/trailing%vowels)...)
		if tail := syllable % trailing; tail > 0 {
			to = append(to, string(tails+tail)...)
		}
		return to
	}
	return append(to, form.PropertiesString(string(r)).Decomposition()...)
}
