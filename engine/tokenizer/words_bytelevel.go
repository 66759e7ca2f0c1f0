package tokenizer

import "encoding/json"

// byteLevel cuts a text into words as GPT-2 does; the pieces of a word are then
// made of its bytes, so that there is none that cannot be cut.
//
// Source: openai/gpt-2 encoder.py; huggingface tokenizers
// pre_tokenizers/byte_level.rs. In vocabularies each byte is spelt as a visible
// character; here the bytes stay what they are, and visible turns them.
type byteLevel struct {
	prefixSpace bool // a text that does not begin with a space gets one
	whole       bool // words are what the steps before found
}

func (b byteLevel) words(p *passage) {
	if b.prefixSpace {
		prefixSpaces(p)
	}
	if !b.whole {
		p.cutWords(gpt2Words)
	}
}

// prefixSpaces sets a space before each word that has none.
func prefixSpaces(p *passage) {
	lacking := false
	for _, w := range p.words {
		lacking = lacking || w.id == cutLater && p.text[w.start] != ' '
	}
	if !lacking {
		return
	}
	p.rewrite(func(old []byte, words []stretch) {
		for _, w := range words {
			start := len(p.text)
			if w.id == cutLater && old[w.start] != ' ' {
				p.putRune(' ', w.start)
			}
			p.keep(w.start, w.end)
			p.word(start, w.id)
		}
	})
}

// visible gives the character that spells a byte in vocabularies: itself if it can
// be seen, else one of those from U+0100 on.
//
// Source: openai/gpt-2 encoder.py, bytes_to_unicode.
func visible(b byte) rune { return visibleBytes[b] }

// hidden gives the byte that a character of a vocabulary spells.
func hidden(r rune) (byte, bool) {
	if r < 0 || int(r) >= len(hiddenBytes) || visible(hiddenBytes[r]) != r {
		return 0, false
	}
	return hiddenBytes[r], true
}

var visibleBytes, hiddenBytes = func() (to [256]rune, from [0x144]byte) {
	next := rune(0x100)
	for b := range to {
		to[b] = rune(b)
		if b <= ' ' || b >= 0x7F && b <= 0xA0 || b == 0xAD {
			to[b] = next
			next++
		}
		from[to[b]] = byte(b)
	}
	return to, from
}()

var byteLevelWording = kind[wording]{"ByteLevel", func(data json.RawMessage) (wording, error) {
	o, err := options(data, struct {
		PrefixSpace bool `json:"add_prefix_space"`
		Pattern     bool `json:"use_regex"`
	}{true, true})
	return byteLevel{prefixSpace: o.PrefixSpace, whole: !o.Pattern}, err
}}

func (byteLevel) bytes() bool { return true }
