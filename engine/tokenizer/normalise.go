package tokenizer

import (
	"encoding/json"
	"unicode/utf8"
)

// inOrder normalises with one part after the other.
type inOrder []normalising

func (all inOrder) normalise(p *passage) {
	for _, n := range all {
		n.normalise(p)
	}
}

func readNormalisers(data json.RawMessage) (normalising, error) {
	j, err := options(data, struct {
		Parts []json.RawMessage `json:"normalizers"`
	}{})
	if err != nil {
		return nil, err
	}
	var all inOrder
	for _, data := range j.Parts {
		n, err := readPart("normaliser", data, normalisers())
		if err != nil {
			return nil, err
		}
		if n != nil {
			all = append(all, n)
		}
	}
	return all, nil
}

// renew lets write put a new text together out of the old one, which is one word
// again.
func (p *passage) renew(write func(old []byte)) {
	p.rewrite(func(old []byte, _ []stretch) {
		write(old)
		p.word(0, cutLater)
	})
}

// replaceRunes rewrites a text rune by rune: change appends what becomes of the one
// at byte at of a text and returns true, or false where it stays.
func (p *passage) replaceRunes(change func(to []rune, text []byte, r rune, at int) ([]rune, bool)) {
	var buffer [4]rune
	next := func(text []byte, at int) (at2, width int, to []rune) {
		for at < len(text) {
			r, width := rune(text[at]), 1
			if r >= utf8.RuneSelf {
				r, width = utf8.DecodeRune(text[at:])
			}
			if to, changed := change(buffer[:0], text, r, at); changed {
				return at, width, to
			}
			at += width
		}
		return at, 0, nil
	}
	if _, width, _ := next(p.text, 0); width == 0 {
		return
	}
	p.renew(func(old []byte) {
		for kept := 0; kept < len(old); {
			at, width, to := next(old, kept)
			p.keep(kept, at)
			for _, r := range to {
				p.putRune(r, at)
			}
			kept = at + width
		}
	})
}
