package parts

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// stretch is a part of a text, in bytes.
type stretch struct{ start, end int }

// drawn replaces what is not drawn as it stands in a text.
var drawn = strings.NewReplacer("\t", "    ", "\r", "")

// widthOf is how wide a text is drawn.
func widthOf(text string) float32 {
	return fyne.MeasureText(drawn.Replace(text), theme.TextSize(), fyne.TextStyle{}).Width
}

// wrap cuts a text into lines that are no wider than a width, between words where it
// can. The blanks at the end of a line may reach beyond it.
func wrap(text string, width float32) []stretch {
	var lines []stretch
	for start := 0; ; {
		end := strings.IndexByte(text[start:], '\n')
		if end < 0 {
			return wrapLine(lines, text, stretch{start, len(text)}, width)
		}
		lines = wrapLine(lines, text, stretch{start, start + end}, width)
		start += end + 1
	}
}

// wrapLine adds the lines of a paragraph.
func wrapLine(lines []stretch, text string, p stretch, width float32) []stretch {
	line, x := p.start, float32(0)
	for at := p.start; at < p.end; {
		word, next := wordAt(text[:p.end], at)
		w := widthOf(text[at:word])
		if x+w > width && at > line {
			lines = append(lines, stretch{line, at})
			line, x = at, 0
		}
		for w > width && word-at > utf8.UTFMax { // too long for any line
			cut := at + fitting(text[at:word], width)
			lines = append(lines, stretch{at, cut})
			at, line = cut, cut
			w = widthOf(text[at:word])
		}
		x += w + widthOf(text[word:next])
		at = next
	}
	return append(lines, stretch{line, p.end})
}

// wordAt gives where the word that begins at a place ends, and where the next begins.
func wordAt(text string, at int) (end, next int) {
	end = len(text)
	if i := strings.IndexFunc(text[at:], unicode.IsSpace); i >= 0 {
		end = at + i
	}
	next = len(text)
	if i := strings.IndexFunc(text[end:], func(r rune) bool { return !unicode.IsSpace(r) }); i >= 0 {
		next = end + i
	}
	return end, next
}

// narrowest is narrower than letters are in the mean.
const narrowest = 3

// fitting gives the bytes of a word that fit into a width, one letter at least.
func fitting(word string, width float32) int {
	var ends []int
	for i, r := range word {
		ends = append(ends, i+utf8.RuneLen(r))
		if float32(len(ends))*narrowest > width {
			break
		}
	}
	n := sort.Search(len(ends), func(i int) bool { return widthOf(word[:ends[i]]) > width })
	return ends[max(n-1, 0)]
}
