package health

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Empty finds texts that say nothing.
var Empty = Check{
	Name: "empty-texts", Title: "Texts that say nothing", Cost: 1,
	About: "Texts without a word, and words that only stand for a missing text: n/a, none, test.",
	look:  findEmpty,
}

// standIns are texts that stand for none, without their signs: "N/A" is "n a".
var standIns = map[string]bool{
	"n a": true, "na": true, "nan": true, "null": true, "nil": true, "none": true, "no text": true, "no comment": true, "no comments": true,
	"empty": true, "blank": true, "missing": true, "not applicable": true, "not available": true, "undefined": true,
	"test": true, "test test": true, "testing": true, "asdf": true, "xxx": true, "xx": true, "x": true, "tbd": true, "todo": true, "lorem ipsum": true,
	"k a": true, "keine angabe": true, "kein kommentar": true, "leer": true, "sans objet": true, "néant": true,
	"#ref!": true, "#value!": true, "#name?": true, "#div/0!": true, "#null!": true, "#num!": true,
}

func findEmpty(ctx context.Context, d *Data, tell func(done float64)) ([]Finding, error) {
	f := Finding{}
	kinds := map[string]int{}
	err := eachRow(ctx, d, tell, func(_ int, r *Row) {
		if kind := emptiness(r.Text); kind != "" && r.Pair == "" {
			kinds[kind]++
			f.Items = append(f.Items, Item{ID: r.ID, Group: len(f.Items) + 1, Note: kind, Change: Change{Delete: true}})
		}
	})
	if err != nil || len(f.Items) == 0 {
		return nil, err
	}
	n := len(f.Items)
	f.Severity = graveness(n, len(d.Rows))
	var parts []string
	for _, kind := range []string{isEmpty, isSigns, isStandIn} {
		if kinds[kind] > 0 {
			parts = append(parts, count(kinds[kind])+" "+kind)
		}
	}
	f.Summary = fmt.Sprintf("%s (%s) %s nothing that a label could follow from: %s. The model would guess, and learn to.",
		counted(n, "text", "texts"), share(n, len(d.Rows)), oneOrMore(n, "says", "say"), strings.Join(parts, ", "))
	f.Fix = "Delete " + rows(n)
	return []Finding{f}, nil
}

// The ways to say nothing.
const (
	isEmpty   = "empty"
	isSigns   = "without a letter or digit"
	isStandIn = "only standing in for a text"
)

// emptiness says in which way a text says nothing, "" if it says something. A
// text of emoji says something.
func emptiness(text string) string {
	text = strings.TrimSpace(text)
	if text == "" {
		return isEmpty
	}
	if len(text) > 40 {
		return ""
	}
	all := words(text)
	if standIns[strings.Join(all, " ")] || standIns[strings.ToLower(text)] {
		return isStandIn
	}
	if len(all) > 0 || utf8.RuneCountInString(text) != len(text) {
		return ""
	}
	return isSigns
}
