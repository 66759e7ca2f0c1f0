package format

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"attune/engine/dataset"
	"attune/engine/script"
)

// rawSpan is a labelled stretch of a text as a tool counted it.
type rawSpan struct {
	start, end int    // in the units of a ruler, end exclusive
	label      string // "" where there is but one kind
	text       string // what it covers, "" if the tool does not say
}

// ruler is a way to count the places in a text.
type ruler struct {
	name string
	// each gives how many units the character at the start of rest takes, and how
	// many bytes; before is the byte before it.
	each func(rest string, before byte) (units, bytes int)
}

// Ways in which tools count, and in which texts differ from what was annotated.
var (
	byCharacter = ruler{"characters", func(rest string, _ byte) (int, int) { return 1, runeBytes(rest) }}
	byUTF16     = ruler{"UTF-16 units, as JavaScript does", func(rest string, _ byte) (int, int) {
		n := runeBytes(rest)
		return 1 + n/utf8.UTFMax, n
	}}
	byByte  = ruler{"bytes", func(rest string, _ byte) (int, int) { n := runeBytes(rest); return n, n }}
	byNFC   = ruler{"characters with their accents as one", func(rest string, _ byte) (int, int) { return normUnits(norm.NFC, rest) }}
	byNFD   = ruler{"accents on their own", func(rest string, _ byte) (int, int) { return normUnits(norm.NFD, rest) }}
	byLines = ruler{"each line end as one character", func(rest string, _ byte) (int, int) {
		if strings.HasPrefix(rest, "\r\n") {
			return 1, 2
		}
		return 1, runeBytes(rest)
	}}
	byReturns = ruler{"each line end as two characters", func(rest string, before byte) (int, int) {
		if rest[0] == '\n' && before != '\r' {
			return 2, 1
		}
		return 1, runeBytes(rest)
	}}
	rulers = []ruler{byCharacter, byUTF16, byLines, byReturns, byNFC, byNFD, byByte}
)

func runeBytes(s string) int {
	_, n := utf8.DecodeRuneInString(s)
	return n
}

// normUnits takes a character with all its accents.
func normUnits(form norm.Form, rest string) (units, bytes int) {
	bytes = max(form.NextBoundaryInString(rest, true), 1)
	return max(utf8.RuneCountInString(form.String(rest[:bytes])), 1), bytes
}

// marks are the byte offsets of the units of a text and of its end; -1 for one
// inside a character.
func (r ruler) marks(text string) []int {
	marks := make([]int, 0, len(text)+1)
	before := byte(0)
	for at := 0; at < len(text); {
		units, bytes := r.each(text[at:], before)
		marks = append(marks, at)
		for range units - 1 {
			marks = append(marks, -1)
		}
		at += bytes
		before = text[at-1]
	}
	return append(marks, len(text))
}

// at gives a span in bytes, if it is a stretch of whole characters.
func (s rawSpan) at(marks []int) (start, end int, ok bool) {
	if s.start < 0 || s.end <= s.start || s.end >= len(marks) {
		return 0, 0, false
	}
	start, end = marks[s.start], marks[s.end]
	return start, end, start >= 0 && end > start
}

// agrees says that a stretch is what the span says it covers or, if it says
// nothing, that it is made of whole words.
func (s rawSpan) agrees(text string, start, end int) bool {
	if s.text != "" {
		return sameWords(text[start:end], s.text)
	}
	first, _ := utf8.DecodeRuneInString(text[start:])
	last, _ := utf8.DecodeLastRuneInString(text[:end])
	before, _ := utf8.DecodeLastRuneInString(text[:start])
	after, _ := utf8.DecodeRuneInString(text[end:])
	return !unicode.IsSpace(first) && !unicode.IsSpace(last) && !oneWord(before, first) && !oneWord(last, after)
}

// oneWord says that two characters beside each other belong to one word. Of scripts
// without blanks nobody knows, but an accent belongs to what it stands on.
func oneWord(before, after rune) bool {
	if unicode.Is(unicode.M, after) {
		return script.InWord(before)
	}
	return script.InWord(before) && script.InWord(after) && !script.Unspaced(before) && !script.Unspaced(after)
}

// sameWords compares texts but for blanks and ways to write accents.
func sameWords(a, b string) bool {
	return a == b || strings.Join(strings.Fields(norm.NFC.String(a)), " ") == strings.Join(strings.Fields(norm.NFC.String(b)), " ")
}

// placed are the spans of a text in bytes, and what had to be done for it.
type placed struct {
	spans  []dataset.Span // nil if there were some and none was found: then nobody knows of any
	by     string         // what was counted, if not what is usual for the format
	moved  int            // spans that were found elsewhere
	absent []rawSpan      // spans that are nowhere
}

// place finds the spans in a text. They are counted by the ruler of the file, which
// may be another than is usual for its format, or by the one by which more of them
// agree; one that agrees by none is looked for by the text that it covers, nearest to
// its place.
func place(text string, spans []rawSpan, usual, file ruler) placed {
	p := placed{spans: make([]dataset.Span, 0, len(spans))}
	marks, by := file.marks(text), file
	if agreed := agreeing(text, spans, marks); agreed < len(spans) {
		for _, r := range rulers {
			other := r.marks(text)
			if n := agreeing(text, spans, other); n > agreed {
				marks, agreed, by = other, n, r
			}
		}
	}
	if by.name != usual.name && !samePlaces(spans, marks, usual.marks(text)) {
		p.by = by.name
	}
	for _, s := range spans {
		start, end, ok := s.at(marks)
		if s.text != "" && (!ok || !s.agrees(text, start, end)) {
			near := len(text)
			if s.start >= 0 && s.start < len(marks) && marks[s.start] >= 0 {
				near = marks[s.start]
			}
			if start, end, ok = nearest(text, s.text, near); ok {
				p.moved++
			}
		}
		if !ok {
			p.absent = append(p.absent, s)
			continue
		}
		p.spans = append(p.spans, dataset.Span{Start: start, End: end, Label: s.label})
	}
	if len(p.spans) == 0 && len(p.absent) > 0 {
		p.spans = nil
	}
	return p
}

func samePlaces(spans []rawSpan, a, b []int) bool {
	for _, s := range spans {
		startA, endA, okA := s.at(a)
		startB, endB, okB := s.at(b)
		if startA != startB || endA != endB || okA != okB {
			return false
		}
	}
	return true
}

func agreeing(text string, spans []rawSpan, marks []int) int {
	n := 0
	for _, s := range spans {
		if start, end, ok := s.at(marks); ok && s.agrees(text, start, end) {
			n++
		}
	}
	return n
}

// nearest is the place of a part of the text, written in any way, nearest to a
// byte.
func nearest(text, part string, near int) (start, end int, ok bool) {
	part = strings.TrimSpace(part)
	for _, as := range []string{part, norm.NFC.String(part), norm.NFD.String(part), strings.ReplaceAll(part, "\r\n", "\n"), strings.ReplaceAll(part, "\n", "\r\n")} {
		if as == "" {
			continue
		}
		for from := 0; ; {
			i := strings.Index(text[from:], as)
			if i < 0 {
				break
			}
			at := from + i
			if !ok || max(at-near, near-at) < max(start-near, near-start) {
				start, end, ok = at, at+len(as), true
			}
			from = at + runeBytes(as)
		}
		if ok {
			return start, end, true
		}
	}
	return 0, 0, false
}

// problem says what was done to the spans of a row, nil if nothing was.
func (p placed) problem(row int) *Problem {
	var reasons, fixes []string
	if p.by != "" {
		reasons, fixes = append(reasons, "the places of its spans count "+p.by), append(fixes, "they were counted anew")
	}
	if p.moved > 0 {
		reasons, fixes = append(reasons, fmt.Sprintf("%s not where the text says it is", areIs(p.moved, "span"))), append(fixes, "found by what it covers")
	}
	if len(p.absent) > 0 {
		s := p.absent[0]
		reasons = append(reasons, fmt.Sprintf("%s not in the text (the first is %q from %d to %d)", areIs(len(p.absent), "span"), cutTo(s.text+" "+s.label, 60), s.start, s.end))
		fixes = append(fixes, "mark it again; it was left out")
	}
	if reasons == nil {
		return nil
	}
	return &Problem{Row: row, Reason: strings.Join(reasons, ", and "), Fix: strings.Join(fixes, "; "), Repaired: true}
}

func areIs(n int, noun string) string {
	if n == 1 {
		return "1 " + noun + " is"
	}
	return fmt.Sprintf("%d %ss are", n, noun)
}

// spansText is how spans stand in a column: JSON, with places in bytes; "" for nil.
func spansText(spans []dataset.Span) string {
	if spans == nil {
		return ""
	}
	text, err := json.Marshal(spans)
	if err != nil {
		return "" // a span has no value that JSON lacks
	}
	return string(text)
}
