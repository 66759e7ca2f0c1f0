package health

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/abadojack/whatlanggo"

	"attune/engine/clean"
)

// Languages finds rows in another language than most.
var Languages = Check{
	Name: "languages", Title: "Several languages", Cost: 8,
	About: "Rows that are surely in another language than most.",
	look:  findLanguages,
}

// A language counts from fewestOfLanguage rows on, and from one in 200 of those
// whose language can be told: fewer are mostly mistaken for it. To tell it takes a
// third of a millisecond, so that of many rows spotChecks are looked at first, and
// all only if these are in several languages.
const (
	fewestOfLanguage = 5
	spotChecks       = 10_000
)

func findLanguages(ctx context.Context, d *Data, tell func(done float64)) ([]Finding, error) {
	if len(d.Rows) > 2*spotChecks {
		some := &Data{}
		for n := range spotChecks {
			some.Rows = append(some.Rows, d.Rows[n*len(d.Rows)/spotChecks])
		}
		found, err := languagesAmong(ctx, some, within(tell, 0, float64(spotChecks)/float64(len(d.Rows))))
		if err != nil || len(found) == 0 {
			return nil, err
		}
		tell = within(tell, float64(spotChecks)/float64(len(d.Rows)), 1)
	}
	return languagesAmong(ctx, d, tell)
}

// languagesAmong looks at each row.
func languagesAmong(ctx context.Context, d *Data, tell func(done float64)) ([]Finding, error) {
	spoken := map[whatlanggo.Lang][]int{}
	told := 0
	err := eachRow(ctx, d, tell, func(i int, r *Row) {
		if language, sure := clean.LanguageOf(r.Text); sure {
			spoken[language] = append(spoken[language], i)
			told++
		}
	})
	if err != nil {
		return nil, err
	}
	order := slices.SortedFunc(maps.Keys(spoken), func(a, b whatlanggo.Lang) int {
		return cmp.Or(cmp.Compare(len(spoken[b]), len(spoken[a])), cmp.Compare(a, b))
	})
	f := Finding{Severity: Notice}
	var names []string
	for n, language := range order {
		if n == 0 || len(spoken[language]) < fewestOfLanguage || 200*len(spoken[language]) < told {
			continue
		}
		names = append(names, fmt.Sprintf("%s in %s", rows(len(spoken[language])), language))
		for _, i := range spoken[language] {
			f.Items = append(f.Items, Item{ID: d.Rows[i].ID, Group: n, Note: language.String(), Change: Change{Delete: true}})
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	f.Summary = fmt.Sprintf("Most rows are in %s, but %s. A model learns a language only from enough rows of it.", order[0], strings.Join(names[:min(3, len(names))], ", "))
	f.Fix = "Delete the " + rows(len(f.Items)) + " in another language"
	f.Advice = "Keep them if such texts will come later too, and start from a model that knows the language."
	return []Finding{f}, nil
}
