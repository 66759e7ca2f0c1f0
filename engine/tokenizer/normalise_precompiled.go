package tokenizer

import (
	"bytes"
	"encoding/json"
	"unicode"
	"unicode/utf8"
)

// precompiled replaces by a character map as huggingface tokenizers does, which is
// not as SentencePiece does: a letter with its marks of less than 6 bytes becomes
// what the shortest key at its start becomes, and so does any other rune.
//
// Source: huggingface tokenizers normalizers/precompiled.rs; huggingface
// spm_precompiled.
type precompiled struct {
	charsmap
	plain [utf8.RuneSelf]bool // ASCII that stays as it is if ASCII follows
}

func newPrecompiled(c charsmap) precompiled {
	pre := precompiled{charsmap: c}
	for b := range pre.plain {
		pre.plain[b] = b != '\r' && !c.begins(byte(b))
	}
	return pre
}

func (pre precompiled) normalise(p *passage) {
	changed := false
	for at := 0; at < len(p.text) && !changed; at++ {
		changed = p.text[at] >= utf8.RuneSelf || !pre.plain[p.text[at]]
	}
	if !changed {
		return
	}
	p.renew(func(old []byte) {
		for at := 0; at < len(old); {
			end := at
			for end < len(old) && old[end] < utf8.RuneSelf && pre.plain[old[end]] && (end+1 == len(old) || old[end+1] < utf8.RuneSelf) {
				end++
			}
			p.keep(at, end)
			if at = end; at == len(old) {
				break
			}
			end = at + cluster(old[at:])
			if end-at >= 6 || !pre.change(p, old, at, end) {
				pre.changeRunes(p, old, at, end)
			}
			at = end
		}
	})
}

// changeRunes writes what each rune of bytes start to end becomes by itself.
func (pre precompiled) changeRunes(p *passage, old []byte, start, end int) {
	for at := start; at < end; {
		_, width := utf8.DecodeRune(old[at:end])
		if !pre.change(p, old, at, at+width) {
			p.keep(at, at+width)
		}
		at += width
	}
}

// change writes what bytes start to end become, or returns false if they stay. Rune
// by rune it stands where they stood, what is more with the last.
func (pre precompiled) change(p *passage, old []byte, start, end int) bool {
	value, found := uint32(0), false
	pre.find(old[start:end], func(_ int, v uint32) bool {
		value, found = v, true
		return false
	})
	if !found {
		return false
	}
	at := start
	for _, r := range string(pre.replacement(value)) {
		p.putRune(r, at)
		if _, width := utf8.DecodeRune(old[at:]); at+width < end {
			at += width
		}
	}
	return true
}

// cluster gives the length of what a reader takes for one character at the start of
// a text: a rune with its marks. It is exact for those of less than 6 bytes.
//
// Source: Unicode Standard Annex 29, grapheme clusters; those of emoji, of Hangul
// and of Indic letters joined have 6 bytes or more.
func cluster(text []byte) int {
	r, end := utf8.DecodeRune(text)
	if r == '\r' && bytes.HasPrefix(text[1:], []byte{'\n'}) {
		return 2
	}
	for end < len(text) {
		next, width := utf8.DecodeRune(text[end:])
		if parts(r) || !attaches(next) && (!unicode.Is(unicode.Prepended_Concatenation_Mark, r) || parts(next)) {
			break
		}
		r = next
		end += width
	}
	return end
}

// parts says whether a rune always stands alone.
func parts(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp) ||
		unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d' && !unicode.Is(unicode.Prepended_Concatenation_Mark, r) && (r < 0xE0020 || r > 0xE007F)
}

// attaches says whether a rune belongs to the one before it.
func attaches(r rune) bool {
	return unicode.In(r, unicode.M, unicode.Other_Grapheme_Extend) || r == '\u200d' ||
		r == '\u0e33' || r == '\u0eb3' || r >= 0x1F3FB && r <= 0x1F3FF
}

var precompiledNormaliser = kind[normalising]{"Precompiled", func(data json.RawMessage) (normalising, error) {
	j, err := options(data, struct {
		Map []byte `json:"precompiled_charsmap"` // base64
	}{})
	if err != nil {
		return nil, err
	}
	c, err := readCharsmap(j.Map)
	return newPrecompiled(c), err
}}
