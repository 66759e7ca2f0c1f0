package health

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"unicode"
	"unicode/utf8"

	"attune/engine/dataset"
	"attune/engine/script"
)

// SpanBounds finds places that no mark of words can say: such that share words, and
// such that begin or end inside a word or in blanks.
var SpanBounds = Check{
	Name: "span-bounds", Title: "Marks that cut words", Cost: 1,
	About: "Marked places that overlap each other, or begin or end inside a word.",
	look:  findSpanBounds,
}

func findSpanBounds(ctx context.Context, d *Data, tell func(done float64)) ([]Finding, error) {
	overlapping := Finding{Severity: Warning, Title: "Marks that overlap"}
	cutting := Finding{Severity: Warning}
	marked, cuts := 0, 0
	err := eachRow(ctx, d, tell, func(_ int, r *Row) {
		if len(r.Spans) == 0 {
			return
		}
		marked++
		if a, b, found := overlap(r.Spans); found {
			overlapping.Items = append(overlapping.Items, Item{ID: r.ID, Group: len(overlapping.Items) + 1,
				Note: fmt.Sprintf("%s and %s", marking(r.Text, a), marking(r.Text, b))})
		}
		var first string
		n := 0
		for _, s := range r.Spans {
			if why := cutsWord(r.Text, s); why != "" {
				n++
				first = cmp.Or(first, fmt.Sprintf("%s %s", marking(r.Text, s), why))
			}
		}
		if n > 0 {
			cuts += n
			cutting.Items = append(cutting.Items, Item{ID: r.ID, Group: len(cutting.Items) + 1, Note: first})
		}
	})
	if err != nil {
		return nil, err
	}
	var all []Finding
	if n := len(overlapping.Items); n > 0 {
		overlapping.Summary = fmt.Sprintf("In %s of the %s that are marked (%s) marked places share words. A word can have one name alone: the place that begins first is learned.",
			rows(n), count(marked), share(n, marked))
		overlapping.Advice = "Keep one of them, in the tool in which they were marked, and import the file again as an update."
		all = append(all, overlapping)
	}
	if n := len(cutting.Items); n > 0 {
		if 100*n < marked {
			cutting.Severity = Notice
		}
		cutting.Summary = fmt.Sprintf("%s in %s of %s (%s) %s inside a word or in blanks. What is learned is the whole word, or nothing.",
			counted(cuts, "mark", "marks"), rows(n), count(marked), share(n, marked), oneOrMore(cuts, "begins or ends", "begin or end"))
		cutting.Advice = "If many are cut, the tool counted the places in another text: export them again, or import them from its own format, which is counted anew. Correct single ones there, and import the file again as an update."
		all = append(all, cutting)
	}
	return all, nil
}

// overlap gives two named places of a row that share words. Answers, which have no
// name, may: they are several ways to say the same.
func overlap(spans []dataset.Span) (a, b dataset.Span, found bool) {
	sorted := slices.SortedFunc(slices.Values(spans), func(a, b dataset.Span) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	for i := 1; i < len(sorted); i++ {
		if a, b = sorted[i-1], sorted[i]; a.Label != "" && b.Label != "" && b.Start < a.End {
			return a, b, true
		}
	}
	return a, b, false
}

// cutsWord says in which way a place cuts a word, "" if it does not. In scripts
// without spaces nobody knows.
func cutsWord(text string, s dataset.Span) string {
	first, _ := utf8.DecodeRuneInString(text[s.Start:])
	last, _ := utf8.DecodeLastRuneInString(text[:s.End])
	before, _ := utf8.DecodeLastRuneInString(text[:s.Start])
	after, _ := utf8.DecodeRuneInString(text[s.End:])
	switch {
	case unicode.IsSpace(first), unicode.IsSpace(last):
		return "has blanks at its edge"
	case oneWord(before, first):
		return "begins inside a word"
	case oneWord(last, after):
		return "ends inside a word"
	}
	return ""
}

// oneWord says that two characters beside each other are of one word.
func oneWord(a, b rune) bool {
	letter := func(r rune) bool { return script.InWord(r) && !script.Unspaced(r) }
	return letter(a) && letter(b)
}

// marking shows a place as a person reads it.
func marking(text string, s dataset.Span) string {
	words := fmt.Sprintf("%q", cutTo(text[s.Start:s.End], 40))
	if s.Label == "" {
		return words
	}
	return words + " (" + s.Label + ")"
}

// cutTo gives the beginning of a text, of so many bytes at most.
func cutTo(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most] + "…"
}
