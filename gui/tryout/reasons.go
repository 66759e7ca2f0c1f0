package tryout

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"attune/engine/dataset"
	"attune/gui/parts"
)

// What the marks of a text say of its words.
const (
	speaksFor     = "speaks for it"
	speaksAgainst = "speaks against it"
)

// Which words are worth a mark: those with a tenth of the weight of the weightiest, and no
// more than a reader takes in.
const (
	leastWeight = 0.1 // log-odds under which a word decides nothing
	leastShare  = 0.1
	mostReasons = 8
)

// viewOfReasons marks the words that decided, and says what the weightiest did.
func viewOfReasons(text string, reasons []dataset.Reason) []parts.Part {
	if len(reasons) < 2 { // nothing is left without the only word
		return nil
	}
	first := reasons[0]
	weighty := math.Max(leastWeight, leastShare*math.Abs(first.Weight))
	var marks []dataset.Span
	for _, r := range reasons[:min(len(reasons), mostReasons)] {
		switch {
		case r.Weight >= weighty:
			marks = append(marks, dataset.Span{Start: r.Start, End: r.End, Label: speaksFor})
		case r.Weight <= -weighty:
			marks = append(marks, dataset.Span{Start: r.Start, End: r.End, Label: speaksAgainst})
		}
	}
	if len(marks) == 0 {
		return []parts.Part{{Name: "No word decides it alone."}}
	}
	slices.SortFunc(marks, func(a, b dataset.Span) int { return cmp.Compare(a.Start, b.Start) })
	word := parts.Brief(strings.TrimSpace(text[first.Start:first.End]))
	return []parts.Part{{Name: fmt.Sprintf("Without \"%s\" it would be %s sure.", word, parts.Percent(first.Without)), Text: text, Spans: marks}}
}
