// Package script says what readings of words agree on, whatever each then takes for a word:
// which characters words are made of, and which scripts set no blanks between them.
package script

import "unicode"

// InWord says whether words are made of such a character: a letter, a mark on one, or a
// number.
func InWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r) }

// Unspaced says whether a character is of a script that sets no blanks between words. Who
// counts or compares words takes each of its characters for one.
func Unspaced(r rune) bool { return r > unicode.MaxLatin1 && unicode.In(r, unspaced...) }

var unspaced = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo,
	unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Tibetan,
}
