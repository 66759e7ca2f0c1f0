package health

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"attune/engine/script"
)

// words gives the words of a text in lower case: runs of letters, marks and
// digits, with the apostrophes inside them left out, and each character of a script
// that sets no blanks.
func words(text string) []string {
	var all []string
	var word strings.Builder
	end := func() {
		if word.Len() > 0 {
			all = append(all, word.String())
			word.Reset()
		}
	}
	for at, r := range text {
		switch {
		case script.Unspaced(r):
			end()
			all = append(all, string(r))
		case script.InWord(r):
			word.WriteRune(unicode.ToLower(r))
		case joins(r) && word.Len() > 0 && letterAt(text[at+utf8.RuneLen(r):]):
		default:
			end()
		}
	}
	end()
	return all
}

// joins says whether a sign stands inside words: don't.
func joins(r rune) bool { return r == '\'' || r == '’' }

func letterAt(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return unicode.IsLetter(r)
}

// parting stands between a row's two texts, and is no word.
const parting = "\x00"

// wordsOf gives the words of both texts of a row.
func wordsOf(r *Row) []string {
	all := words(r.Text)
	if r.Pair != "" {
		all = append(append(all, parting), words(r.Pair)...)
	}
	return all
}
