package clean

import (
	"slices"
	"strings"
	"unicode/utf8"

	"attune/engine/dataset"
	"attune/engine/setting"
)

// NewDivide makes the step that gives the parts of long texts rows of their own.
func NewDivide() Step { return &divide{words: 200} }

type divide struct{ words int }

func (*divide) Name() string  { return "divide" }
func (*divide) Title() string { return "Divide long texts" }
func (*divide) About() string {
	return "Makes several rows of a long text, each with its labels, where a paragraph or a sentence ends. All of them go into the same split. It is done after all other steps. A trained model reads a long text in parts too, and answers once. Rows with two texts, or with a text to write, stay whole."
}

func (d *divide) Settings() []setting.Field {
	return []setting.Field{
		{Key: "words", Label: "Words", Help: "How many a part has at most.", Value: &setting.Count{To: &d.words, Min: 5, Max: 1_000_000}},
	}
}

// Divider cuts where the best place is between half of the words that a part may have and
// all of them, the nearest to equal parts among places that are as good. A part is longer
// only where a span leaves no other choice.
func (d *divide) Divider() (func(text string, whole []dataset.Span) []Range, error) {
	most := d.words
	return func(text string, whole []dataset.Span) []Range {
		if len(text) <= most || Words(text) <= most { // fewer bytes than words
			return nil
		}
		var words []Range
		for start, end := range eachWord(text) {
			words = append(words, Range{start, end})
		}
		breaks := breaksOf(text, words, whole)
		var parts []Range
		for at := 0; at < len(words); {
			next := nextBreak(breaks, at, most)
			parts = append(parts, Range{words[at].Start, words[next-1].End})
			at = next
		}
		return parts
	}, nil
}

// How well a text can be cut before a word: never inside a span, best of all between
// paragraphs.
const (
	insideSpan = iota
	beforeMark // where there are no blanks, a mark is a word
	betweenWords
	afterComma
	afterSentence
	afterParagraph
)

// breaksOf says how well a text can be cut before each of its words, and behind the last.
func breaksOf(text string, words []Range, whole []dataset.Span) []int {
	breaks := make([]int, len(words)+1)
	for i := 1; i < len(words); i++ {
		breaks[i] = betweenWords
		switch last := strings.TrimRight(text[words[i-1].Start:words[i-1].End], `"'”’»)]`); {
		case strings.Contains(text[words[i-1].End:words[i].Start], "\n"):
			breaks[i] = afterParagraph
		case strings.ContainsRune(".!?…。！？", final(last)):
			breaks[i] = afterSentence
		case strings.ContainsRune(marks, final(last)):
			breaks[i] = afterComma
		case strings.ContainsRune(marks, first(text[words[i].Start:])):
			breaks[i] = beforeMark
		}
	}
	for _, span := range whole {
		begins, _ := slices.BinarySearchFunc(words, span.Start, func(w Range, at int) int { return w.End - at - 1 })
		for i := begins + 1; i < len(words) && words[i].Start < span.End; i++ {
			breaks[i] = insideSpan
		}
	}
	return breaks
}

// marks end a sentence or a part of one.
const marks = ".!?…。！？,;:，；：、"

func first(text string) rune {
	r, _ := utf8.DecodeRuneInString(text)
	return r
}

func final(text string) rune {
	r, _ := utf8.DecodeLastRuneInString(text)
	return r
}

// nextBreak gives the word before which the part that begins at a word ends.
func nextBreak(breaks []int, at, most int) int {
	end := len(breaks) - 1
	rest := end - at
	if rest <= most {
		return end
	}
	count := (rest + most - 1) / most
	equal := at + (rest+count-1)/count
	best := -1
	for i := at + max(1, most/2); i <= at+most; i++ {
		better := best < 0 || breaks[i] > breaks[best] || breaks[i] == breaks[best] && distance(i, equal) < distance(best, equal)
		if breaks[i] != insideSpan && better {
			best = i
		}
	}
	for i := at + most + 1; best < 0 && i < end; i++ {
		if breaks[i] != insideSpan {
			best = i
		}
	}
	if best < 0 {
		return end
	}
	return best
}

func distance(a, b int) int { return max(a-b, b-a) }

// spansIn gives the spans that lie in a stretch, at their places in it; nil for nil.
func spansIn(part Range, spans []dataset.Span) []dataset.Span {
	if spans == nil {
		return nil
	}
	all := []dataset.Span{}
	for _, s := range spans {
		s.Start, s.End = max(s.Start, part.Start), min(s.End, part.End)
		if s.Start < s.End {
			s.Start, s.End = s.Start-part.Start, s.End-part.Start
			all = append(all, s)
		}
	}
	return all
}
