package main

import (
	"strings"
	"unicode"
)

// scribble gives a text the look that this writer's texts have: capitals,
// slips of the fingers, missing or repeated marks at the end.
func (w *writer) scribble(text string) string {
	runes := []rune(text)
	for range w.typos {
		runes = w.slip(runes)
	}
	text = string(runes)
	switch {
	case w.loud:
		return strings.ToUpper(text)
	case w.casual:
		text = strings.ToLower(text)
		text = strings.TrimRight(text, ".")
		if w.chance(0.4) {
			text = strings.NewReplacer("'", "", "please", "pls", " you ", " u ").Replace(text)
		}
		if strings.HasSuffix(text, "?") && w.chance(0.3) {
			text += "?"
		}
	}
	return text
}

// slip is one typing error somewhere inside a word: letters swapped, one left
// out, one typed twice, or the space after the word forgotten. A text of a few
// words is spared: it would no longer be one.
func (w *writer) slip(r []rune) []rune {
	if len(r) < 30 {
		return r
	}
	at := 1 + w.random.IntN(len(r)-3)
	if !unicode.IsLower(r[at]) || !unicode.IsLower(r[at+1]) {
		return r
	}
	switch w.random.IntN(4) {
	case 0:
		r[at], r[at+1] = r[at+1], r[at]
	case 1:
		return append(r[:at], r[at+1:]...)
	case 2:
		return append(r[:at+1], r[at:]...)
	case 3:
		if r[at+2] == ' ' {
			return append(r[:at+2], r[at+3:]...)
		}
	}
	return r
}
