package clean

import (
	"sort"
	"strings"
	"unicode/utf8"

	"attune/engine/dataset"
)

// Trail is a text with the way it came: which stretches of what it became are
// still those of the original.
type Trail struct {
	Before, After string
	kept          []stretch // in order; all else was replaced
}

// stretch is length bytes that stand at from in the original and at to in what
// it became.
type stretch struct{ from, to, length int }

func newTrail(text string) Trail {
	return Trail{Before: text, After: text, kept: []stretch{{0, 0, len(text)}}}
}

// newRepaired is newTrail with U+FFFD in place of each run of bytes that are no UTF-8, so
// that an Editor can go on with it.
func newRepaired(text string) Trail {
	t := newTrail(text)
	t.apply(toUTF8(text))
	return t
}

func toUTF8(text string) (edits []Edit) {
	if utf8.ValidString(text) {
		return nil
	}
	for at, r := range text {
		if r != utf8.RuneError || strings.HasPrefix(text[at:], replacement) {
			continue
		}
		if last := len(edits) - 1; last >= 0 && edits[last].End == at {
			edits[last].End++
		} else {
			edits = append(edits, Edit{at, at + 1, replacement})
		}
	}
	return edits
}

// replacement stands for what is no UTF-8.
const replacement = string(utf8.RuneError)

// apply changes the text by edits.
func (t *Trail) apply(edits []Edit) {
	if len(edits) == 0 {
		return
	}
	var b strings.Builder
	var stayed []stretch // from the text so far to the text after the edits
	at := 0
	stay := func(until int) {
		if until > at {
			stayed = append(stayed, stretch{at, b.Len(), until - at})
			b.WriteString(t.After[at:until])
		}
	}
	for _, e := range edits {
		stay(e.Start)
		b.WriteString(e.New)
		at = e.End
	}
	stay(len(t.After))
	t.After, t.kept = b.String(), compose(t.kept, stayed)
}

// compose gives what is kept from the beginning of a to the end of b.
func compose(a, b []stretch) []stretch {
	var both []stretch
	for len(a) > 0 && len(b) > 0 {
		from := max(a[0].to, b[0].from)
		endA, endB := a[0].to+a[0].length, b[0].from+b[0].length
		if n := min(endA, endB) - from; n > 0 {
			both = append(both, stretch{a[0].from + from - a[0].to, b[0].to + from - b[0].from, n})
		}
		if endA < endB {
			a = a[1:]
		} else {
			b = b[1:]
		}
	}
	return both
}

// edits gives the changes that lead from Before to After in one go.
func (t *Trail) edits() []Edit {
	var all []Edit
	before, after := 0, 0
	for _, k := range append(t.kept[:len(t.kept):len(t.kept)], stretch{len(t.Before), len(t.After), 0}) {
		if k.from > before || k.to > after {
			all = append(all, Edit{before, k.from, t.After[after:k.to]})
		}
		before, after = k.from+k.length, k.to+k.length
	}
	return all
}

// Changed says whether the text is another than it was.
func (t *Trail) Changed() bool { return t.Before != t.After }

// Forth gives where spans of Before stand in After. A span of which a part was
// replaced covers what replaced it; one of which nothing is left is left out.
func (t *Trail) Forth(spans []dataset.Span) []dataset.Span {
	return moved(spans, t.kept, len(t.After))
}

// Back gives where spans of After stand in Before.
func (t *Trail) Back(spans []dataset.Span) []dataset.Span {
	turned := make([]stretch, len(t.kept))
	for i, k := range t.kept {
		turned[i] = stretch{k.to, k.from, k.length}
	}
	return moved(spans, turned, len(t.Before))
}

// moved gives spans their places in a text of size bytes that was made of the one
// they are in.
func moved(spans []dataset.Span, kept []stretch, size int) []dataset.Span {
	if spans == nil {
		return nil
	}
	all := make([]dataset.Span, 0, len(spans))
	for _, s := range spans {
		s.Start, s.End = startIn(kept, s.Start), endIn(kept, s.End, size)
		if s.Start < s.End {
			all = append(all, s)
		}
	}
	return all
}

// startIn gives where the byte at p went, or where begins what replaced it.
func startIn(kept []stretch, p int) int {
	i := sort.Search(len(kept), func(i int) bool { return kept[i].from > p }) - 1
	if i < 0 {
		return 0
	}
	return kept[i].to + min(p-kept[i].from, kept[i].length)
}

// endIn gives where the byte before p ends, or what replaced it.
func endIn(kept []stretch, p, size int) int {
	i := sort.Search(len(kept), func(i int) bool { return kept[i].from+kept[i].length >= p })
	if i == len(kept) {
		return size
	}
	return kept[i].to + max(p-kept[i].from, 0)
}

// Part is a stretch of a text.
type Part struct {
	Text    string
	Changed bool // it was replaced, or replaces something
}

// Parts gives both texts in stretches, to show what was changed.
func (t *Trail) Parts() (before, after []Part) {
	last := 0
	for _, e := range t.edits() {
		before = appendPart(appendPart(before, t.Before[last:e.Start], false), t.Before[e.Start:e.End], true)
		after = appendPart(appendPart(after, t.Before[last:e.Start], false), e.New, true)
		last = e.End
	}
	return appendPart(before, t.Before[last:], false), appendPart(after, t.Before[last:], false)
}

func appendPart(parts []Part, text string, changed bool) []Part {
	if text == "" {
		return parts
	}
	return append(parts, Part{text, changed})
}
