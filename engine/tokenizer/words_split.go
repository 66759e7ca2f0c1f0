package tokenizer

import (
	"encoding/json"
	"fmt"
)

// The regular expressions that published tokenizers cut words with. There is no
// engine for others: each would have to be the one of the language that the
// tokenizer was made in.
var patterns = map[string]func(text []byte, found func(start, end int)){
	`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`:    gpt2Words,
	`'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`:       gpt2Words,
	`(?i:'s|'t|'re|'ve|'m|'ll|'d)` + gpt4Rest(`\p{N}{1,3}`):                         gpt4Words(3),
	`(?i:'s|'t|'re|'ve|'m|'ll|'d)` + gpt4Rest(`\p{N}`):                              gpt4Words(1),
	`(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])` + gpt4Rest(`\p{N}`): gpt4Words(1),
	` `:     every(literal(" ")),
	` {2,}`: every(func(in []byte) (start, end int) { return spacesOf(in, 2) }),
}

// gpt4Rest is what follows the endings of English words in GPT-4's pattern.
func gpt4Rest(number string) string {
	return `|[^\r\n\p{L}\p{N}]?\p{L}+|` + number + `| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
}

var splitWording = kind[wording]{"Split", func(data json.RawMessage) (wording, error) {
	j, err := options(data, struct {
		Pattern   jsonPattern `json:"pattern"`
		Behaviour behaviour   `json:"behavior"`
		Invert    bool        `json:"invert"`
	}{})
	if err != nil {
		return nil, err
	}
	s := split{behaviour: j.Behaviour, invert: j.Invert}
	switch {
	case j.Pattern.String != nil:
		s.find = every(literal(*j.Pattern.String))
	case j.Pattern.Regex != nil:
		s.find = patterns[*j.Pattern.Regex]
	}
	if s.find == nil {
		return nil, fmt.Errorf("the pattern %s is not known here", data)
	}
	return s, j.Behaviour.known()
}}
