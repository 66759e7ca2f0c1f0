package store

import (
	"strings"
	"unicode/utf8"
)

// holds says whether text contains wanted, which is in lower case, upper and
// lower case alike.
//
// It stands in for LIKE, which knows case only in ASCII, and for a full-text
// index, which would take four times as long to build as the import itself and
// finds neither parts of words nor words of Chinese without trigrams.
func holds(text, wanted string) bool {
	if !ascii(wanted) {
		return strings.Contains(strings.ToLower(text), wanted)
	}
	return holdsASCII(text, wanted)
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// holdsASCII is holds without copying the text.
func holdsASCII(text, wanted string) bool {
	if wanted == "" {
		return true
	}
	first := wanted[:1]
	if upper := strings.ToUpper(first); upper != first {
		first += upper
	}
	for {
		i := strings.IndexAny(text, first)
		if i < 0 || len(text)-i < len(wanted) {
			return false
		}
		if strings.EqualFold(text[i:i+len(wanted)], wanted) {
			return true
		}
		text = text[i+1:]
	}
}
