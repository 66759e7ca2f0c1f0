package explain

import (
	"slices"
	"strings"
	"unicode"

	"attune/engine/batch"
	"attune/engine/task"
)

// words gives the places of what a reader takes for a word: no punctuation, and "don't"
// as one, since without its t alone it would say the contrary.
func words(text string) []batch.Place {
	var all []batch.Place
	for _, p := range task.Words(text) {
		n := len(all)
		switch {
		case !isWord(text[p.Start:p.End]):
		case n > 0 && slices.Contains(joins, text[all[n-1].End:p.Start]):
			all[n-1].End = p.End
		default:
			all = append(all, p)
		}
	}
	return all
}

// joins are what may stand inside a word.
var joins = []string{"'", "’", "-"}

func isWord(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.So, r) })
}

// grouped puts neighbours together until there are at most so many groups.
func grouped(places []batch.Place, most int) []batch.Place {
	each := (len(places) + most - 1) / most
	if each < 2 {
		return places
	}
	var groups []batch.Place
	for some := range slices.Chunk(places, each) {
		groups = append(groups, batch.Place{Start: some[0].Start, End: some[len(some)-1].End})
	}
	return groups
}
