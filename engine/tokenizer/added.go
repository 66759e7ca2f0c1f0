package tokenizer

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// added is a token found in the text as it stands, before anything is cut:
// special tokens such as [MASK], and words that a model's makers added.
type added struct {
	ID         int    `json:"id"`
	Content    string `json:"content"`
	SingleWord bool   `json:"single_word"` // not inside a longer word
	LStrip     bool   `json:"lstrip"`      // takes the spaces before it along
	RStrip     bool   `json:"rstrip"`      // takes the spaces after it along
	Normalized bool   `json:"normalized"`  // found in the normalised text instead
	Special    bool   `json:"special"`
}

// finder finds added tokens, leftmost and longest first.
//
// Source: huggingface tokenizers tokenizer/added_vocabulary.rs.
type finder struct {
	tokens []added
	trie   *trie
	starts [256]bool // the first bytes of all tokens
}

// newFinder gives nil if there is nothing to find.
func newFinder(tokens []added) *finder {
	f := &finder{tokens: tokens}
	var contents []string
	for _, t := range tokens {
		contents = append(contents, t.Content)
		if t.Content != "" {
			f.starts[t.Content[0]] = true
		}
	}
	f.trie = newTrie(contents)
	if len(f.trie.id) == 1 {
		return nil
	}
	return f
}

// split parts a text: between is called for each stretch without added tokens,
// found for each added token, both in the order of the text. A nil finder finds
// nothing.
func (f *finder) split(text string, between func(start, end int), found func(id, start, end int)) {
	done := 0
	if f != nil {
		for i := 0; i < len(text); {
			if !f.starts[text[i]] {
				i++
				continue
			}
			which, length := longest(f.trie, 0, text[i:], always)
			if length == 0 {
				i++
				continue
			}
			start, end, ok := f.tokens[which].bounds(text, done, i, i+length)
			i += length
			if !ok {
				continue
			}
			if done < start {
				between(done, start)
			}
			found(f.tokens[which].ID, start, end)
			done, i = end, max(i, end)
		}
	}
	if done < len(text) {
		between(done, len(text))
	}
}

// bounds gives the stretch that a token found at start to end takes, reaching
// back to done at most, and whether it may stand there at all.
func (a *added) bounds(text string, done, start, end int) (int, int, bool) {
	if a.SingleWord {
		before, _ := utf8.DecodeLastRuneInString(text[:start])
		after, _ := utf8.DecodeRuneInString(text[end:])
		if start > 0 && inWord(before) || end < len(text) && inWord(after) {
			return 0, 0, false
		}
	}
	if a.LStrip {
		start = max(done, len(strings.TrimRightFunc(text[:start], unicode.IsSpace)))
	}
	if a.RStrip {
		end = len(text) - len(strings.TrimLeftFunc(text[end:], unicode.IsSpace))
	}
	return start, end, true
}

// inWord is \w of regular expressions.
func inWord(r rune) bool {
	return r != utf8.RuneError && unicode.In(r,
		unicode.L, unicode.Nl, unicode.Other_Alphabetic, unicode.M, unicode.Nd, unicode.Pc, unicode.Join_Control)
}
