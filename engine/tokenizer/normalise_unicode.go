package tokenizer

import (
	"encoding/json"
	"slices"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// unicodeForm is one of Unicode's normal forms (Unicode Standard Annex 15), without
// a limit to how many marks a letter has.
type unicodeForm struct {
	norm.Form
	composes bool
}

// atom is a rune of a decomposed text, with its combining class and the byte of the
// old text that it comes from.
type atom struct {
	rune
	class uint8
	at    int
}

func (f unicodeForm) normalise(p *passage) {
	if f.IsNormal(p.text) {
		return
	}
	p.renew(func(old []byte) {
		var atoms []atom
		for start := 0; start < len(old); {
			end := f.boundary(old, start)
			if f.IsNormal(old[start:end]) {
				p.keep(start, end)
			} else {
				atoms = f.decompose(atoms[:0], old, start, end)
				if f.composes {
					atoms = compose(atoms)
				}
				for _, a := range atoms {
					p.putRune(a.rune, a.at)
				}
			}
			start = end
		}
	})
}

// boundary gives the next place before which nothing changes with what follows.
func (f unicodeForm) boundary(text []byte, at int) int {
	for first := true; at < len(text); first = false {
		r, width := utf8.DecodeRune(text[at:])
		if !first && f.begins(r) {
			break
		}
		at += width
	}
	return at
}

// begins says whether what a rune decomposes to never joins what stands before it.
// The properties of the rune itself do not tell: halfwidth Hangul letters do join.
func (f unicodeForm) begins(r rune) bool {
	if r < utf8.RuneSelf {
		return true
	}
	parts := decompose(nil, f.Form, r)
	if len(parts) == 0 {
		parts = utf8.AppendRune(nil, r)
	}
	return norm.NFC.Properties(parts).BoundaryBefore()
}

func (f unicodeForm) decompose(to []atom, text []byte, start, end int) []atom {
	for at := start; at < end; {
		r, width := utf8.DecodeRune(text[at:end])
		parts := decompose(nil, f.Form, r)
		if len(parts) == 0 {
			parts = text[at : at+width]
		}
		for _, part := range string(parts) {
			to = append(to, atom{part, norm.NFD.PropertiesString(string(part)).CCC(), at})
		}
		at += width
	}
	for i := 0; i < len(to); {
		first := i
		for i < len(to) && to[i].class != 0 {
			i++
		}
		sortMarks(to[first:i])
		for i < len(to) && to[i].class == 0 {
			i++
		}
	}
	return to
}

// sortMarks brings marks into their canonical order. The places stay in order, so that
// offsets never run backwards.
func sortMarks(marks []atom) {
	places := make([]int, len(marks))
	for i, m := range marks {
		places[i] = m.at
	}
	slices.SortStableFunc(marks, func(a, b atom) int { return int(a.class) - int(b.class) })
	for i, at := range places {
		marks[i].at = at
	}
}

// compose joins marks with the letters that they stand on, in place.
func compose(atoms []atom) []atom {
	to := atoms[:0]
	starter := none // where the letter is that marks join
	for _, a := range atoms {
		blocked := starter == none || len(to)-1 > starter && to[len(to)-1].class >= a.class
		if !blocked {
			both := norm.NFC.String(string(to[starter].rune) + string(a.rune))
			if r, width := utf8.DecodeRuneInString(both); width == len(both) {
				to[starter].rune = r
				continue
			}
		}
		if a.class == 0 {
			starter = len(to)
		}
		to = append(to, a)
	}
	return to
}

var (
	nfcNormaliser  = formNormaliser("NFC", norm.NFC, true)
	nfdNormaliser  = formNormaliser("NFD", norm.NFD, false)
	nfkcNormaliser = formNormaliser("NFKC", norm.NFKC, true)
	nfkdNormaliser = formNormaliser("NFKD", norm.NFKD, false)
)

func formNormaliser(name string, form norm.Form, composes bool) kind[normalising] {
	return kind[normalising]{name, func(json.RawMessage) (normalising, error) { return unicodeForm{form, composes}, nil }}
}
