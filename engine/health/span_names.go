package health

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"attune/engine/script"
)

// SpanNames finds words that are marked with one name nearly everywhere, and with
// another here, or not at all.
var SpanNames = Check{
	Name: "span-names", Title: "Words marked otherwise elsewhere", Cost: 2,
	About: "The same words marked with another name than elsewhere, or marked elsewhere and not here.",
	look:  findSpanNames,
}

// Words are usually marked if they are fewestMarked times, and left out, or named
// otherwise, at most a quarter as often. Words that are both are of two meanings.
const (
	fewestMarked = 5
	seldom       = 0.25
)

// surface is how words that are marked somewhere are marked everywhere.
type surface struct {
	text   string // with single blanks
	words  []string
	names  map[string]int // how often with which name
	marked int
	bare   int // how often they stand unmarked in texts that somebody marked
}

// usual is the name that the words have most often.
func (s *surface) usual() string {
	return slices.MinFunc(slices.Collect(maps.Keys(s.names)), func(a, b string) int {
		return cmp.Or(cmp.Compare(s.names[b], s.names[a]), cmp.Compare(a, b))
	})
}

func findSpanNames(ctx context.Context, d *Data, tell func(done float64)) ([]Finding, error) {
	known := map[string]*surface{}
	err := eachRow(ctx, d, func(done float64) { tell(done / 3) }, func(_ int, r *Row) {
		for _, s := range r.Spans {
			key := spelled(r.Text[s.Start:s.End])
			words := casedWords(key)
			if s.Label == "" || len(words) == 0 || utf8.RuneCountInString(key) < 3 && !script.Unspaced([]rune(key)[0]) {
				continue
			}
			if known[key] == nil {
				known[key] = &surface{text: key, words: words, names: map[string]int{}}
			}
			known[key].names[s.Label]++
			known[key].marked++
		}
	})
	if err != nil || len(known) == 0 {
		return nil, err
	}
	byFirst := map[string][]*surface{}
	for _, key := range slices.Sorted(maps.Keys(known)) {
		if s := known[key]; s.marked >= fewestMarked {
			byFirst[s.words[0]] = append(byFirst[s.words[0]], s)
		}
	}
	for _, some := range byFirst { // the longest first: New York City before New York
		slices.SortStableFunc(some, func(a, b *surface) int { return cmp.Compare(len(b.words), len(a.words)) })
	}
	err = eachRow(ctx, d, func(done float64) { tell((1 + done) / 3) }, func(_ int, r *Row) {
		eachUnmarked(r, byFirst, func(s *surface) { s.bare++ })
	})
	if err != nil {
		return nil, err
	}
	other, missed := Finding{Severity: Notice, Title: "Marked with another name"}, Finding{Severity: Notice, Title: "Marked elsewhere, not here"}
	if err := eachRow(ctx, d, func(done float64) { tell((2 + done) / 3) }, func(_ int, r *Row) {
		other.addOtherwise(r, known)
		missed.addUnmarked(r, byFirst)
	}); err != nil {
		return nil, err
	}
	var all []Finding
	const way = "Look at them. What is wrong is best corrected where it was marked; import the file then as an update."
	if n := len(other.Items); n > 0 {
		other.Summary = fmt.Sprintf("In %s words are marked with another name than they have nearly everywhere else. If it is a slip, the model learns that either may be right.", rows(n))
		other.Advice = way
		all = append(all, other)
	}
	if n := len(missed.Items); n > 0 {
		missed.Summary = fmt.Sprintf("In %s words are not marked that are marked nearly everywhere else. A model learns from what was forgotten to overlook it.", rows(n))
		missed.Advice = way
		all = append(all, missed)
	}
	return all, nil
}

// addOtherwise adds a row in which words have another name than usual.
func (f *Finding) addOtherwise(r *Row, known map[string]*surface) {
	for _, span := range r.Spans {
		s := known[spelled(r.Text[span.Start:span.End])]
		if s == nil || span.Label == "" || s.marked < fewestMarked {
			continue
		}
		usual := s.usual()
		if span.Label != usual && float64(s.marked-s.names[usual]) <= seldom*float64(s.names[usual]) {
			f.Items = append(f.Items, Item{ID: r.ID, Group: len(f.Items) + 1,
				Note: fmt.Sprintf("%s is %q elsewhere (%s)", marking(r.Text, span), usual, counted(s.names[usual], "time", "times"))})
			return
		}
	}
}

// addUnmarked adds a row in which words are not marked that usually are.
func (f *Finding) addUnmarked(r *Row, byFirst map[string][]*surface) {
	var forgotten *surface
	eachUnmarked(r, byFirst, func(s *surface) {
		if forgotten == nil && float64(s.bare) <= seldom*float64(s.marked) {
			forgotten = s
		}
	})
	if s := forgotten; s != nil {
		f.Items = append(f.Items, Item{ID: r.ID, Group: len(f.Items) + 1,
			Note: fmt.Sprintf("%q is marked as %q elsewhere (%s)", s.text, s.usual(), counted(s.marked, "time", "times"))})
	}
}

// eachUnmarked calls do for the words of an annotated text that are marked elsewhere
// and touch no mark here.
func eachUnmarked(r *Row, byFirst map[string][]*surface, do func(*surface)) {
	if r.Spans == nil {
		return
	}
	places := wordPlaces(r.Text)
	for i := 0; i < len(places); i++ {
		for _, s := range byFirst[r.Text[places[i][0]:places[i][1]]] {
			n := len(s.words)
			if i+n > len(places) {
				continue
			}
			start, end := places[i][0], places[i+n-1][1]
			if spelled(r.Text[start:end]) != s.text {
				continue
			}
			if !r.touches(start, end) {
				do(s)
			}
			i += n - 1
			break
		}
	}
}

// touches says whether a mark shares a byte with a stretch of the text.
func (r *Row) touches(start, end int) bool {
	for _, s := range r.Spans {
		if s.Start < end && s.End > start {
			return true
		}
	}
	return false
}

// spelled is a text with single blanks and without signs around it.
func spelled(text string) string {
	text = strings.TrimFunc(text, func(r rune) bool { return !script.InWord(r) })
	return strings.Join(strings.Fields(text), " ")
}

// casedWords gives the words of a text as they are written.
func casedWords(text string) (all []string) {
	for _, p := range wordPlaces(text) {
		all = append(all, text[p[0]:p[1]])
	}
	return all
}

// wordPlaces gives where the words of a text begin and end: runs of letters, marks
// and digits, and each letter of scripts without spaces.
func wordPlaces(text string) (all [][2]int) {
	start := -1
	end := func(at int) {
		if start >= 0 {
			all = append(all, [2]int{start, at})
			start = -1
		}
	}
	for at, r := range text {
		switch {
		case script.Unspaced(r):
			end(at)
			all = append(all, [2]int{at, at + utf8.RuneLen(r)})
		case !script.InWord(r):
			end(at)
		case start < 0:
			start = at
		}
	}
	end(len(text))
	return all
}
