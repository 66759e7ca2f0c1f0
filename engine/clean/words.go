package clean

import (
	"iter"
	"unicode"
	"unicode/utf8"

	"attune/engine/script"
)

// Words counts the words of a text. Scripts that put no blanks between words
// count each character as one, so that lengths compare across languages.
func Words(text string) int {
	n := 0
	for range eachWord(text) {
		n++
	}
	return n
}

// eachWord gives where each word begins and ends.
func eachWord(text string) iter.Seq2[int, int] {
	return func(yield func(start, end int) bool) {
		start := -1
		for i, r := range text {
			alone := script.Unspaced(r)
			switch {
			case r > ' ' && r < utf8.RuneSelf, !alone && !unicode.IsSpace(r): // the first is by far the most common
				if start < 0 {
					start = i
				}
				continue
			case start >= 0:
				if !yield(start, i) {
					return
				}
				start = -1
			}
			if alone && !yield(i, i+utf8.RuneLen(r)) {
				return
			}
		}
		if start >= 0 {
			yield(start, len(text))
		}
	}
}
