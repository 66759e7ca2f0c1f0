package health

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
)

// StrangeWords finds texts in words that the model to start from hardly knows: it has
// no pieces for them, or many small ones.
var StrangeWords = Check{
	Name: "strange-words", Title: "Words that the model does not know", Cost: 2,
	About: "Words for which the model to start from has no pieces, or four and more.",
	look:  findStrangeWords,
}

// Words of muchSplit pieces or more are unlike what a vocabulary was made for. For
// English models, news (ag_news), tweets (wnut17) and medical abstracts (ncbi_disease)
// have under 10 % of them, German tweets (germeval2018) 16 to 24 %. Of unknown ones
// nothing is left at all: of Chinese headlines (thucnews10_zh) they are 70 % and more.
const (
	muchSplit     = 4
	noticeStrange = 0.10
	muchStrange   = 0.25
	muchUnknown   = 0.02
	halfStrange   = 0.5 // of a row's words
	fewestStrange = 4   // words of a row
)

// knowledge is what a model makes of a word.
type knowledge struct {
	split, unknown bool
	times          int
}

func findStrangeWords(ctx context.Context, d *Data, tell func(done float64)) ([]Finding, error) {
	if d.Pieces == nil {
		return nil, nil
	}
	known := map[string]*knowledge{}
	f := Finding{Severity: Notice}
	all, split, unknown := 0, 0, 0
	err := eachRow(ctx, d, tell, func(_ int, r *Row) {
		words, strange := append(casedWords(r.Text), casedWords(r.Pair)...), 0
		for _, w := range words {
			k := known[w]
			if k == nil {
				n, unknown := d.Pieces(w)
				k = &knowledge{split: n >= muchSplit, unknown: unknown}
				known[w] = k
			}
			k.times++
			switch {
			case k.unknown:
				unknown++
				strange++
			case k.split:
				split++
				strange++
			}
		}
		all += len(words)
		if len(words) >= fewestStrange && float64(strange) >= halfStrange*float64(len(words)) {
			f.Items = append(f.Items, Item{ID: r.ID, Group: len(f.Items) + 1, Note: fmt.Sprintf("%d of its %d words", strange, len(words))})
		}
	})
	strange := float64(split+unknown) / float64(max(1, all))
	lost := float64(unknown) / float64(max(1, all))
	if err != nil || strange < noticeStrange && lost < muchUnknown {
		return nil, err
	}
	if strange >= muchStrange || lost >= muchUnknown {
		f.Severity = Warning
	}
	f.Summary = fmt.Sprintf("Of all words the model knows %s not at all, and reads %s in four pieces or more, most often %s. It was made for other texts, and has to learn these words from few rows.",
		share(unknown, all), share(split, all), quoted(mostStrange(known)))
	f.Advice = "Choose a model that was trained on texts like these or in their language, or let it read them before it learns the labels (expert settings, Adapt to the field)."
	return []Finding{f}, nil
}

// mostStrange gives the three strange words that come most often.
func mostStrange(known map[string]*knowledge) []string {
	maps.DeleteFunc(known, func(_ string, k *knowledge) bool { return !k.split && !k.unknown })
	words := slices.SortedFunc(maps.Keys(known), func(a, b string) int {
		return cmp.Or(cmp.Compare(known[b].times, known[a].times), cmp.Compare(a, b))
	})
	return words[:min(3, len(words))]
}
