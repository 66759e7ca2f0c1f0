package clean

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"attune/engine/setting"
)

// NewBoilerplate makes the step that takes out sentences which many rows share:
// greetings, disclaimers, the frame of a form.
func NewBoilerplate() Step { return &boilerplate{sharing: sharing{share: 5, words: 4}} }

type boilerplate struct {
	sharing
	learned []string
	by      sharing // the settings with which it was learned
}

// sharing is what makes a sentence a shared one.
type sharing struct {
	share float64 // of the rows that must have it, in percent
	words int     // that it must have
}

func (*boilerplate) Name() string  { return "boilerplate" }
func (*boilerplate) Title() string { return "Sentences that many rows share" }
func (*boilerplate) About() string {
	return "Takes out lines and sentences that many rows have word for word, such as disclaimers and templates. They are learned from the rows when the step is applied."
}

func (b *boilerplate) Settings() []setting.Field {
	return []setting.Field{
		{Key: "share", Label: "Shared by percent of rows", Help: "A sentence that so many rows have is taken out.", Value: &setting.Number{To: &b.share, Min: 0.1, Max: 100}},
		{Key: "words", Label: "Fewest words", Help: "Shorter sentences, such as thank you, stay.", Value: &setting.Count{To: &b.words, Min: 1, Max: 100}},
	}
}

const (
	fewestRows   = 5       // that make a sentence shared, whatever the share
	mostCounted  = 200_000 // sentences that are counted at a time
	mostSentence = 500     // bytes; longer ones are no boilerplate
	mostLearned  = 500
)

// Learn counts in how many texts each sentence is. When there are more different
// ones than it can hold, it forgets those that are rare so far: what it then misses
// of a sentence is less than half of the share. (Manku and Motwani, "Approximate
// frequency counts over data streams", 2002.)
func (b *boilerplate) Learn(texts iter.Seq[string]) {
	counts := map[string]int{}
	rows, missed := 0, 0
	for text := range texts {
		rows++
		seen := map[string]bool{}
		for at, end := range sentences(text) {
			s := text[at:end]
			if len(s) > mostSentence || seen[s] || Words(s) < b.words {
				continue
			}
			seen[s] = true
			if _, known := counts[s]; !known {
				s = strings.Clone(s)
			}
			counts[s]++
		}
		if len(counts) > mostCounted {
			missed = int(b.share / 200 * float64(rows))
			maps.DeleteFunc(counts, func(_ string, n int) bool { return n <= missed })
		}
	}
	enough := max(fewestRows, int(b.share/100*float64(rows))-missed)
	b.learned, b.by = []string{}, b.sharing
	for s, n := range counts {
		if n >= enough {
			b.learned = append(b.learned, s)
		}
	}
	slices.SortFunc(b.learned, func(x, y string) int { return cmp.Or(counts[y]-counts[x], strings.Compare(x, y)) })
	b.learned = b.learned[:min(len(b.learned), mostLearned)]
}

// Learned gives the sentences, those of most rows first, or nil before Learn and when
// the settings have changed since.
func (b *boilerplate) Learned() []string {
	if b.by != b.sharing {
		return nil
	}
	return b.learned
}

// Recall takes what was learned before, with the settings that it has.
func (b *boilerplate) Recall(learned []string) { b.learned, b.by = learned, b.sharing }

// Editor takes the sentences out of a text that has something else to say.
func (b *boilerplate) Editor() (Editor, error) {
	known := map[string]bool{}
	for _, s := range b.Learned() {
		known[s] = true
	}
	return func(text string) (edits []Edit) {
		if len(known) == 0 {
			return nil
		}
		left := false
		for at, end := range sentences(text) {
			if known[text[at:end]] {
				edits = append(edits, Edit{at, end, ""})
			} else {
				left = true
			}
		}
		if !left {
			return nil
		}
		return edits
	}, nil
}

// sentences gives where each sentence of a text begins and ends, blanks around it
// left out. A line break ends one too.
func sentences(text string) iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		start := 0
		cut := func(end int) bool {
			s := text[start:end]
			from := start + len(s) - len(strings.TrimLeft(s, " \t\r\n"))
			to := start + len(strings.TrimRight(s, " \t\r\n"))
			start = end
			return from >= to || yield(from, to)
		}
		for i, r := range text {
			end := i + utf8.RuneLen(r)
			ends := r == '\n' || strings.ContainsRune("。！？", r) ||
				strings.ContainsRune(".!?", r) && end < len(text) && strings.IndexByte(" \t\r\n", text[end]) >= 0
			if ends && !cut(end) {
				return
			}
		}
		cut(len(text))
	}
}
