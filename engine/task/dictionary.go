package task

import (
	"context"
	"slices"
	"strings"

	"attune/engine/batch"
	"attune/engine/dataset"
)

// Baseline is a dictionary: it finds again the names that were marked in the examples,
// the longest first, as the baseline of CoNLL-2003 does (Tjong Kim Sang & De Meulder
// 2003). Words that were found there more often without a mark than with one are none.
func (n *Entities) Baseline(ctx context.Context, learn dataset.Source) (func(dataset.Example) dataset.Answer, error) {
	examples, err := dataset.Collect(learn)
	if err != nil {
		return nil, err
	}
	d := &dictionary{names: map[string]map[string]int{}}
	for _, e := range examples {
		d.learn(e)
	}
	found, right := map[string]int{}, map[string]int{}
	for _, e := range examples {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		for _, x := range d.find(e.Text) {
			name := phrase(e.Text[x.Start:x.End])
			found[name]++
			if slices.ContainsFunc(e.Spans, func(y dataset.Span) bool { return x.Start == y.Start && x.End == y.End }) {
				right[name]++
			}
		}
	}
	for name, n := range found {
		if 2*right[name] < n {
			delete(d.names, name)
		}
	}
	return func(e dataset.Example) dataset.Answer { return dataset.Answer{Spans: d.find(e.Text)} }, nil
}

// dictionary is the names that are known, with how often they had each label.
type dictionary struct {
	names   map[string]map[string]int
	longest int // words of a name
}

func (d *dictionary) learn(e dataset.Example) {
	for _, x := range e.Spans {
		name := e.Text[x.Start:x.End]
		d.longest = max(d.longest, len(Words(name)))
		name = phrase(name)
		if d.names[name] == nil {
			d.names[name] = map[string]int{}
		}
		d.names[name][x.Label]++
	}
}

// find marks the known names of a text with their commonest label.
func (d *dictionary) find(text string) []dataset.Span {
	found := []dataset.Span{}
	words := Words(text)
	for i := 0; i < len(words); i++ {
		for n := min(d.longest, len(words)-i); n > 0; n-- {
			x := dataset.Span{Start: int(words[i].Start), End: int(words[i+n-1].End)}
			labels := d.names[phraseOf(text, words[i:i+n])]
			if labels == nil {
				continue
			}
			for label, times := range labels {
				if best := labels[x.Label]; times > best || times == best && label < x.Label {
					x.Label = label
				}
			}
			found = append(found, x)
			i += n - 1
			break
		}
	}
	return found
}

// phrase gives the words of a name with one blank between them.
func phrase(name string) string { return phraseOf(name, Words(name)) }

func phraseOf(text string, words []batch.Place) string {
	var b strings.Builder
	for _, w := range words {
		b.WriteString(text[w.Start:w.End])
		b.WriteByte(' ')
	}
	return b.String()
}
