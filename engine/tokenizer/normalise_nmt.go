package tokenizer

import "encoding/json"

// nmt takes control characters out and makes other invisible ones spaces.
//
// Source: google/sentencepiece src/builder.cc, MergeUnicodeSpacesMap; huggingface
// tokenizers normalizers/unicode.rs.
type nmt struct{}

func (nmt) normalise(p *passage) {
	p.replaceRunes(func(to []rune, _ []byte, r rune, _ int) ([]rune, bool) {
		switch {
		case r >= 1 && r <= 8, r == 0x0B, r >= 0x0E && r <= 0x1F, r == 0x7F, r == 0x8F, r == 0x9F:
			return to, true
		case r == '\t', r == '\n', r == '\f', r == '\r', r == 0x1680, r >= 0x200B && r <= 0x200F,
			r == 0x2028, r == 0x2029, r == 0x2581, r == 0xFEFF, r == 0xFFFD:
			return append(to, ' '), true
		}
		return to, false
	})
}

var nmtNormaliser = kind[normalising]{"Nmt", func(json.RawMessage) (normalising, error) { return nmt{}, nil }}
