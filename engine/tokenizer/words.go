package tokenizer

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// wordsInOrder cuts words with one part after the other.
type wordsInOrder []wording

func (all wordsInOrder) words(p *passage) {
	for _, w := range all {
		w.words(p)
	}
}

// bytes is true if the last part makes bytes of the words.
func (all wordsInOrder) bytes() bool { return len(all) > 0 && cutsBytes(all[len(all)-1]) }

func readWordings(data json.RawMessage) (wording, error) {
	j, err := options(data, struct {
		Parts []json.RawMessage `json:"pretokenizers"`
	}{})
	if err != nil {
		return nil, err
	}
	var all wordsInOrder
	for _, data := range j.Parts {
		w, err := readPart("pre-tokeniser", data, wordings())
		if err != nil {
			return nil, err
		}
		if w == nil {
			continue
		}
		if all.bytes() {
			return nil, fmt.Errorf("what follows ByteLevel would see bytes")
		}
		all = append(all, w)
	}
	return all, nil
}

// behaviour says where the words are around what a part finds.
//
// Source: huggingface tokenizers tokenizer/normalizer.rs, NormalizedString::split.
type behaviour string

const (
	removed            behaviour = "Removed"            // what was found is no word
	isolated           behaviour = "Isolated"           // it is a word
	mergedWithPrevious behaviour = "MergedWithPrevious" // it ends the word before it
	mergedWithNext     behaviour = "MergedWithNext"     // it begins the word after it
	contiguous         behaviour = "Contiguous"         // what was found together is one word
)

func (b behaviour) known() error {
	switch b {
	case removed, isolated, mergedWithPrevious, mergedWithNext, contiguous:
		return nil
	}
	return fmt.Errorf("the behaviour %q is not known here", string(b))
}

// match is a stretch of a word that was found, or one between those.
type match struct {
	start, end int
	found      bool
}

// words gives the words among matches, which cover a text.
func (b behaviour) words(all []match, word func(start, end int)) {
	switch b {
	case removed:
		for _, m := range all {
			if !m.found {
				word(m.start, m.end)
			}
		}
	case isolated:
		for _, m := range all {
			word(m.start, m.end)
		}
	case contiguous:
		for i := 0; i < len(all); {
			first := i
			for i++; i < len(all) && all[i].found == all[first].found; i++ {
			}
			word(all[first].start, all[i-1].end)
		}
	case mergedWithPrevious:
		for i := 0; i < len(all); i++ {
			first := i
			if !all[i].found && i+1 < len(all) && all[i+1].found {
				i++
			}
			word(all[first].start, all[i].end)
		}
	case mergedWithNext:
		for i := 0; i < len(all); i++ {
			first := i
			if all[i].found && i+1 < len(all) && !all[i+1].found {
				i++
			}
			word(all[first].start, all[i].end)
		}
	}
}

// split cuts words around what find finds.
type split struct {
	find      func(word []byte, found func(start, end int))
	behaviour behaviour
	invert    bool // what lies between takes the place of what was found
}

func (s split) words(p *passage) {
	var all []match
	p.cutWords(func(word []byte, found func(start, end int)) {
		all = all[:0]
		at := 0
		s.find(word, func(start, end int) {
			if at < start {
				all = append(all, match{at, start, s.invert})
			}
			all = append(all, match{start, end, !s.invert})
			at = end
		})
		if at < len(word) {
			all = append(all, match{at, len(word), s.invert})
		}
		s.behaviour.words(all, found)
	})
}

// runesThat finds single runes.
func runesThat(is func(r rune) bool) func(word []byte, found func(start, end int)) {
	return func(word []byte, found func(start, end int)) {
		for at := 0; at < len(word); {
			r, width := rune(word[at]), 1
			if r >= utf8.RuneSelf {
				r, width = utf8.DecodeRune(word[at:])
			}
			if is(r) {
				found(at, at+width)
			}
			at += width
		}
	}
}
