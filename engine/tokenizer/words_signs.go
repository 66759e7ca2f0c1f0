package tokenizer

import (
	"encoding/json"
	"unicode"
)

// bertWording leaves spaces out and cuts punctuation off.
var bertWording = kind[wording]{"BertPreTokenizer", func(json.RawMessage) (wording, error) {
	return wordsInOrder{
		split{find: runesThat(unicode.IsSpace), behaviour: removed},
		split{find: runesThat(isPunctuation), behaviour: isolated},
	}, nil
}}

var punctuationWording = kind[wording]{"Punctuation", func(data json.RawMessage) (wording, error) {
	j, err := options(data, struct {
		Behaviour behaviour `json:"behavior"`
	}{isolated})
	if err != nil {
		return nil, err
	}
	return split{find: runesThat(isPunctuation), behaviour: j.Behaviour}, j.Behaviour.known()
}}

var digitsWording = kind[wording]{"Digits", func(data json.RawMessage) (wording, error) {
	j, err := options(data, struct {
		Individual bool `json:"individual_digits"`
	}{})
	b := contiguous
	if j.Individual {
		b = isolated
	}
	return split{find: runesThat(unicode.IsNumber), behaviour: b}, err
}}
