package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"attune/engine/setting"
)

// NewWhitespace makes the step that puts blanks and line breaks in order and takes
// out characters that cannot be seen.
func NewWhitespace() Step { return &whitespace{lines: true} }

type whitespace struct{ lines bool }

func (*whitespace) Name() string  { return "whitespace" }
func (*whitespace) Title() string { return "Spaces and invisible characters" }
func (*whitespace) About() string {
	return "One space where there are several, one empty line at most, none around the text, and no control or invisible characters."
}

func (w *whitespace) Settings() []setting.Field {
	return []setting.Field{{Key: "lines", Label: "Keep line breaks", Help: "Otherwise each becomes a space.", Value: &setting.Switch{To: &w.lines}}}
}

func (w *whitespace) Editor() (Editor, error) {
	lines := w.lines
	return func(text string) (edits []Edit) {
		for at := 0; at < len(text); {
			end, blanks, breaks := gap(text, at)
			if end == at {
				_, size := utf8.DecodeRuneInString(text[at:])
				at += size
				continue
			}
			put := ""
			switch {
			case at == 0 || end == len(text):
			case breaks > 0 && lines:
				put = strings.Repeat("\n", min(breaks, 2))
			case breaks+blanks > 0:
				put = " "
			}
			if put != text[at:end] {
				edits = append(edits, Edit{at, end, put})
			}
			at = end
		}
		return edits
	}, nil
}

// gap finds what separates words from at on, and counts its blanks and its line
// breaks; a carriage return with its line feed is one.
func gap(text string, at int) (end, blanks, breaks int) {
	for end = at; end < len(text); {
		r, size := utf8.DecodeRuneInString(text[end:])
		switch {
		case r == '\r':
			breaks++
			if strings.HasPrefix(text[end+size:], "\n") {
				size++
			}
		case strings.ContainsRune("\n\v\f\u0085\u2028\u2029", r):
			breaks++
		case r == '\t' || unicode.Is(unicode.Zs, r):
			blanks++
		case !invisible(r):
			return end, blanks, breaks
		}
		end += size
	}
	return end, blanks, breaks
}

// invisible says whether a character shows nothing and joins nothing. The two
// joiners stay: words of Persian and many emoji are written with them.
func invisible(r rune) bool {
	const zeroWidthNonJoiner, zeroWidthJoiner = 0x200c, 0x200d
	if r < 0x80 {
		return r < ' ' || r == 0x7f
	}
	isTag := 0xe0020 <= r && r <= 0xe007f // the flags of England, Scotland and Wales are written with them
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && r != zeroWidthNonJoiner && r != zeroWidthJoiner && !isTag && !unicode.Is(unicode.Prepended_Concatenation_Mark, r)
}
