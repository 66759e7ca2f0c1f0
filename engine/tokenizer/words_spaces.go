package tokenizer

import (
	"encoding/json"
	"unicode"
	"unicode/utf8"
)

var spacesWording = kind[wording]{"WhitespaceSplit", func(json.RawMessage) (wording, error) {
	return split{find: runesThat(unicode.IsSpace), behaviour: removed}, nil
}}

// signsWording cuts as \w+|[^\w\s]+ does: words, and the signs between them.
var signsWording = kind[wording]{"Whitespace", func(json.RawMessage) (wording, error) {
	return split{find: wordsAndSigns, behaviour: removed, invert: true}, nil
}}

func wordsAndSigns(text []byte, found func(start, end int)) {
	class := func(at int) (kind, width int) {
		r, width := utf8.DecodeRune(text[at:])
		switch {
		case inWord(r):
			return 1, width
		case unicode.IsSpace(r):
			return 0, width
		}
		return 2, width
	}
	for at := 0; at < len(text); {
		start := at
		first, width := class(at)
		for at += width; at < len(text); at += width {
			var next int
			if next, width = class(at); next != first {
				break
			}
		}
		if first != 0 {
			found(start, at)
		}
	}
}

var delimiterWording = kind[wording]{"CharDelimiterSplit", func(data json.RawMessage) (wording, error) {
	j, err := options(data, struct {
		Delimiter string `json:"delimiter"`
	}{})
	return split{find: every(literal(j.Delimiter)), behaviour: removed}, err
}}

// every finds all places that find gives, one after the other.
func every(find func([]byte) (start, end int)) func(word []byte, found func(start, end int)) {
	return func(word []byte, found func(start, end int)) {
		for at := 0; at < len(word); {
			start, end := find(word[at:])
			if end == 0 {
				return
			}
			found(at+start, at+end)
			at += end
		}
	}
}
