package tokenizer

import (
	"bytes"
	"io/fs"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// newTidied reads spiece.model with the rules that XLNet and ALBERT share: the text
// is tidied first, and a comma does not stick to a number.
//
// Source: zihangdai/xlnet prepro_utils.py.
func newTidied(fsys fs.FS, c tokenizerConfig, lower bool, named []namedToken) (*Pipeline, error) {
	p, _, err := newSentencePiece(fsys, spieceFile)
	if err != nil {
		return nil, err
	}
	all := inOrder{}
	if c.says("remove_space", true) {
		all = append(all, tidySpaces{})
	}
	all = append(all, substitution{literal("``"), []byte(`"`)}, substitution{literal("''"), []byte(`"`)})
	if !c.says("keep_accents", false) {
		all = append(all, unicodeForm{norm.NFKD, false}, without(combines))
	}
	if c.says("do_lower_case", lower) {
		all = append(all, lowercase{finalSigma: true})
	}
	p.normaliser = append(all, p.normaliser)
	p.model = &commas{p.model, p.ids, int32(p.shown)}
	p.decoder, p.cleanup = stripped{p.decoder}, c.says("clean_up_tokenization_spaces", true)
	return p, p.setNamed(fsys, c, named)
}

// tidySpaces leaves one plain space of several spaces, and none at the ends.
type tidySpaces struct{}

func (tidySpaces) normalise(p *passage) {
	p.renew(func(old []byte) {
		kept, gap := 0, none // where the word began, and the space before it
		for at := 0; at < len(old); {
			r, width := utf8.DecodeRune(old[at:])
			if isPythonSpace(r) {
				if kept < at {
					p.spaceBefore(gap)
					p.keep(kept, at)
				}
				if kept < at || gap == none {
					gap = at
				}
				kept = at + width
			}
			at += width
		}
		if kept < len(old) {
			p.spaceBefore(gap)
			p.keep(kept, len(old))
		}
	})
}

// spaceBefore writes the space at a byte of the old text, unless nothing is there to
// be set apart.
func (p *passage) spaceBefore(gap int) {
	if gap != none && len(p.text) > 0 {
		p.putRune(' ', gap)
	}
}

// isPythonSpace is Python's str.isspace.
func isPythonSpace(r rune) bool { return unicode.IsSpace(r) || r >= 0x1C && r <= 0x1F }

// commas cuts a piece such as "2000," again, into a number and its comma.
type commas struct {
	model   cutting
	ids     map[string]int32
	unknown int32
}

func (c *commas) cut(word []byte, to []piece) []piece {
	first := len(to)
	to = c.model.cut(word, to)
	for i := first; i < len(to); i++ {
		p := to[i]
		text := word[p.start:p.end]
		if len(text) < 2 || text[len(text)-1] != ',' {
			continue
		}
		if r, _ := utf8.DecodeLastRune(text[:len(text)-1]); !unicode.IsDigit(r) {
			continue
		}
		again := c.number(text[:len(text)-1], p.start)
		again = append(again, c.named(text, p.start, len(text)-1, len(text)))
		to = append(to[:i], append(again, to[i+1:]...)...)
		i += len(again) - 1
	}
	return to
}

// number cuts a text that begins at base of the word.
func (c *commas) number(text []byte, base int32) []piece {
	bare, begins := bytes.CutPrefix(text, []byte(spaceSign))
	pieces := c.model.cut(append([]byte(spaceSign), bare...), nil)
	for i := range pieces {
		pieces[i].start += base
		pieces[i].end += base
	}
	if begins {
		return pieces
	}
	// The space was set there to cut the number as one at the start of a text.
	for i := range pieces {
		pieces[i].start = max(base, pieces[i].start-int32(len(spaceSign)))
		pieces[i].end -= int32(len(spaceSign))
	}
	if pieces[0].end == base {
		return pieces[1:]
	}
	pieces[0] = c.named(text, base, 0, int(pieces[0].end-base))
	return pieces
}

// named gives the piece that is bytes start to end of a text.
func (c *commas) named(text []byte, base int32, start, end int) piece {
	id, ok := c.ids[string(text[start:end])]
	if !ok {
		id = c.unknown
	}
	return piece{id, base + int32(start), base + int32(end)}
}
