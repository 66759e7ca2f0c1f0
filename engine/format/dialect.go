package format

import (
	"bytes"
	"slices"
	"unicode"
	"unicode/utf8"
)

// delimiters are the characters that may stand between values, the least
// likely inside a value first: of two that both divide a text evenly, the
// earlier is the delimiter. The weight is how far to believe one that does.
var delimiters = []struct {
	char   byte
	weight float64
}{
	{'\x1f', 1}, {'\x01', 1}, {'\t', 1}, {'|', 0.95}, {';', 1}, {',', 1}, {'~', 0.8}, {'^', 0.8}, {':', 0.6}, {' ', 0.6},
}

// singleColumn is the weight of no delimiter at all: rows that agree less are
// prose with punctuation.
const singleColumn = 0.3

// findDialect tells how the sample texts, stretches of one file that begin and
// end at line ends, are divided. wanted is the user's delimiter, or 0.
//
// It splits the sample with each delimiter and takes the one by which most
// neighbouring rows come out equally wide and with clean values; the idea of
// judging rows and values together is that of van den Burg, Nazábal and Sutton,
// "Wrangling messy CSV files by detecting row and type patterns" (2019).
func findDialect(texts [][]byte, newline, wanted byte) dialect {
	if wanted == 0 {
		wanted = separator(texts[0], newline)
	}
	if wanted != 0 {
		return tryQuotes(texts, dialect{delimiter: wanted, quote: '"', newline: newline}).dialect
	}
	best := tryQuotes(texts, dialect{quote: '"', newline: newline})
	most := singleColumn
	for _, d := range delimiters {
		if !contains(texts, string(rune(d.char))) {
			continue
		}
		t := tryQuotes(texts, dialect{delimiter: d.char, quote: '"', newline: newline})
		if fit := d.weight * (t.evenness() + t.named) * t.cleanness(); fit > most {
			best, most = t, fit
		}
	}
	return best.dialect
}

// separatorMark begins a first line "sep=;", by which Excel is told the
// delimiter.
const separatorMark = "sep="

// separator is the delimiter that the first line of a text tells, or 0.
func separator(text []byte, newline byte) byte {
	line, _, _ := bytes.Cut(text, []byte{newline})
	char, told := bytes.CutPrefix(bytes.TrimRight(line, "\r"), []byte(separatorMark))
	if !told || len(char) != 1 || char[0] >= utf8.RuneSelf || char[0] == '"' {
		return 0
	}
	return char[0]
}

// tryQuotes splits the texts with the quotes that suit them best.
func tryQuotes(texts [][]byte, d dialect) trial {
	best := try(texts, d)
	if contains(texts, `\"`) {
		d.escape = '\\'
		if t := try(texts, d); t.flaws() < best.flaws() {
			best = t
		}
		d.escape = 0
	}
	if q := best.quotes; q.values == 0 && d.delimiter != '\'' && contains(texts, "'") {
		d.quote = '\''
		if t := try(texts, d); t.flaws() <= best.flaws() && t.quotes.needed > 0 && 2*t.quotes.values > t.rows {
			best = t
		}
	} else if wrong := q.open + q.astray - cuts(texts); wrong > max(2, q.needed) && 2*q.values < best.rows {
		// quotes that often begin and end nothing are part of the text
		d.quote = 0
		best = try(texts, d)
	}
	return best
}

// cuts counts the ends of texts where the file goes on: each may divide a
// quoted value, which then looks wrong and is not.
func cuts(texts [][]byte) int { return 2 * (len(texts) - 1) }

func contains(texts [][]byte, part string) bool {
	for _, t := range texts {
		if bytes.Contains(t, []byte(part)) {
			return true
		}
	}
	return false
}

// trial is what comes out when sample texts are split by a dialect.
type trial struct {
	dialect
	rows   int
	pairs  int         // of neighbouring rows
	alike  float64     // of them, those that are equally wide and have the delimiter
	widths map[int]int // how many rows have so many values
	cells  int
	foul   int     // of them, those that hold a better delimiter than the dialect's
	spaced int     // of them, those that begin with a blank, not being the first of a row
	named  float64 // what it adds to the fit that the first row holds the name of a column
	quotes quotes
}

func try(texts [][]byte, d dialect) trial {
	t := trial{dialect: d, widths: map[int]int{}}
	foul := d.foul()
	for i, text := range texts {
		r := splitText(text, d)
		before := 0
		for r.next() {
			width := len(r.cells)
			t.rows++
			t.widths[width]++
			if i == 0 && before == 0 && width > 1 && slices.ContainsFunc(r.values(0), isKnownColumn) {
				t.named = 0.3
			}
			if before > 0 {
				t.pairs++
				t.alike += alike(width, before)
			}
			before = width
			t.cells += width
			for j, c := range r.cells {
				value := r.text[c.from:c.to]
				if bytes.ContainsFunc(value, foul) {
					t.foul++
				}
				if j > 0 && bytes.HasPrefix(value, []byte(" ")) {
					t.spaced++
				}
			}
		}
		t.quotes = t.quotes.plus(r.quotes)
	}
	return t
}

// alike says how far two neighbouring rows are equally wide: half, if one of
// many values is missing.
func alike(width, before int) float64 {
	const many = 10
	switch {
	case width == before && width > 1:
		return 1
	case min(width, before) >= many && max(width, before)-min(width, before) == 1:
		return 0.5
	}
	return 0
}

// splitText splits a text that is in memory as a whole.
func splitText(text []byte, d dialect) *rows {
	return &rows{dialect: d, stretch: wholeText(text)}
}

// foul tells the characters that speak against the delimiter when they are in
// a value: better delimiters, and next to blanks everything but numbers.
func (d dialect) foul() func(rune) bool {
	var better []byte
	for _, x := range delimiters {
		if x.char == d.delimiter {
			break
		}
		better = append(better, x.char)
	}
	return func(r rune) bool {
		return r < utf8.RuneSelf && bytes.IndexByte(better, byte(r)) >= 0 || d.delimiter == ' ' && unicode.IsLetter(r)
	}
}

// evenness is the share of neighbouring rows that are equally wide, 0 to 1.
// Where delimiters stand close, unlike the commas of prose, it may be the share
// of rows that have the usual width, so that a few ragged rows do not spoil it.
func (t trial) evenness() float64 {
	even := 0.0
	if t.pairs > 0 {
		even = t.alike / float64(t.pairs)
	}
	if inner := t.cells - t.rows; 2*t.spaced < inner {
		width := mostCommon(t.widths)
		if width > 1 {
			even = max(even, float64(t.widths[width])/float64(t.rows))
		}
	}
	return even
}

// cleanness is the share of cells that are not foul, 0 to 1.
func (t trial) cleanness() float64 { return 1 - float64(t.foul)/float64(max(t.cells, 1)) }

// flaws counts what makes the dialect look wrong.
func (t trial) flaws() float64 {
	return float64(t.quotes.open+t.quotes.astray+t.pairs) - t.alike
}

func (q quotes) plus(p quotes) quotes {
	return quotes{
		values: q.values + p.values, needed: q.needed + p.needed,
		astray: q.astray + p.astray, open: q.open + p.open,
	}
}
