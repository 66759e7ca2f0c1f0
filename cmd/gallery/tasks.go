package main

import (
	"fmt"
	"strings"

	"attune/engine/dataset"
	"attune/engine/setting"
	"attune/gui/parts"
	"attune/projects"
)

// examplesOf gives texts as examples.
func examplesOf(texts ...string) []dataset.Example {
	all := make([]dataset.Example, len(texts))
	for i, text := range texts {
		all[i].Text = text
	}
	return all
}

// found marks words of a text, each given as "words=label", less and less surely.
func found(text string, marks ...string) []dataset.Span {
	spans := []dataset.Span{}
	for i, mark := range marks {
		words, label, _ := strings.Cut(mark, "=")
		at := strings.Index(text, words)
		if at < 0 {
			panic(words + " is not in the text")
		}
		spans = append(spans, dataset.Span{Start: at, End: at + len(words), Label: label, Score: 0.99 / float64(i+1)})
	}
	return spans
}

const (
	monet = "Claude Monet lived in Giverny from 1883 on. He had grown up in Le Havre, studied in Paris, and showed his Impression, Sunrise there in 1874, which now hangs in the Musée Marmottan. Théodore Duret wrote about him."
	bowl  = "Super Bowl 50 was an American football game to determine the champion of the National Football League (NFL) for the 2015 season. The American Football Conference (AFC) champion Denver Broncos defeated the National Football Conference (NFC) champion Carolina Panthers 24–10 to earn their third Super Bowl title. The game was played on February 7, 2016, at Levi's Stadium in the San Francisco Bay Area at Santa Clara, California."
)

// sentences have their names and terms marked.
var sentences = marked([]dataset.Example{
	{Text: monet, Spans: found(monet, "Claude Monet=person", "Giverny=location", "Le Havre=location", "Paris=location", "Impression, Sunrise=creative work", "Musée Marmottan=location", "Théodore Duret=person")},
	{Text: "Empire State Building = ESB. Pretty bad storm here last evening.", Spans: found("Empire State Building = ESB.", "Empire State Building=location", "ESB=location")},
	{Text: "The weather was dreadful all week.", Spans: []dataset.Span{}},
	{Text: "北京的故宫博物院每年接待游客。", Spans: found("北京的故宫博物院每年接待游客。", "北京=location", "故宫博物院=group")},
	{Text: "Apple bought the start-up for 3 million dollars.", Spans: found("Apple bought", "Apple=corporation")},
	{Text: "My iPhone fell into the sea off Brighton, says @maria.", Spans: found("My iPhone fell into the sea off Brighton, says @maria.", "iPhone=product", "Brighton=location", "@maria=person")},
})

var spanCounts = []projects.LabelCount{{Label: "person", Rows: 995}, {Label: "location", Rows: 793}, {Label: "group", Rows: 414},
	{Label: "creative work", Rows: 346}, {Label: "product", Rows: 243}, {Label: "corporation", Rows: 267}}

// questions have passages that answer them.
var questions = marked([]dataset.Example{
	{Text: bowl, Pair: "Which NFL team won Super Bowl 50?", Spans: found(bowl, "Denver Broncos=")},
	{Text: bowl, Pair: "Where did Super Bowl 50 take place?", Spans: found(bowl, "Santa Clara, California=", "Levi's Stadium in the San Francisco Bay Area=")},
	{Text: bowl, Pair: "Who sang the national anthem?", Spans: []dataset.Span{}},
	{Text: bowl, Pair: "What was the final score?", Spans: found(bowl, "24–10=")},
})

// translations have the text to write.
var translations = []dataset.Example{
	{Text: "I was waiting for the bus when it began to rain.", Target: "J'attendais le bus quand il a commencé à pleuvoir."},
	{Text: "She has never been late.", Target: "Elle n'a jamais été en retard."},
	{Text: "How much does this cost?", Target: "Combien est-ce que ça coûte ?"},
	{Text: "Nobody knows why he left the village.", Target: "Personne ne sait pourquoi il a quitté le village."},
}

// marked takes the scores away, which data do not have.
func marked(examples []dataset.Example) []dataset.Example {
	for _, e := range examples {
		for i := range e.Spans {
			e.Spans[i].Score = 0
		}
	}
	return examples
}

// howToWrite are the knobs of a model that writes.
func howToWrite() []setting.Field {
	temperature, pieces, beams := 0.8, 128, 1
	return []setting.Field{
		{Key: "temperature", Label: "Temperature", Help: "How daring it is: 0 always takes the likeliest word, 1 draws as the model thinks.", Value: &setting.Number{To: &temperature, Max: 2}},
		{Key: "max_tokens", Label: "Longest text", Help: "After so many word pieces it stops.", Value: &setting.Count{To: &pieces, Min: 1, Max: 2048}},
		{Key: "beams", Label: "Beams", Help: "How many ways it keeps in sight; with more than one nothing is drawn by chance.", Value: &setting.Count{To: &beams, Min: 1, Max: 16}},
	}
}

// namedVerdict is a report on names found in texts.
func namedVerdict() *projects.Report {
	r := &projects.Report{Run: 3, Split: dataset.Test, Rows: 1287, Right: 871, Main: "f1", Metrics: map[string]float64{"f1": 0.471, "precision": 0.562, "recall": 0.405}}
	for i, l := range spanCounts {
		r.PerClass = append(r.PerClass, projects.ClassScore{Label: l.Label, Precision: 0.71 - float64(i)/12, Recall: 0.6 - float64(i)/11, F1: 0.65 - float64(i)/11, Support: l.Rows / 4})
	}
	for i, e := range sentences {
		r.Mistakes = append(r.Mistakes, projects.Mistake{Text: e.Text, Want: words(e.Text, e.Spans), Got: words(e.Text, e.Spans[:len(e.Spans)/2]), WantSpans: e.Spans, GotSpans: e.Spans[:len(e.Spans)/2], Score: 0.9 - float64(i)/9})
	}
	return r
}

// answeredVerdict is a report on answers found in passages.
func answeredVerdict() *projects.Report {
	r := &projects.Report{Run: 3, Split: dataset.Test, Rows: 238, Right: 61, Main: "f1", Metrics: map[string]float64{"f1": 0.384, "exact_match": 0.256}}
	wrong := found(bowl, "Levi's Stadium=")
	for i, e := range questions {
		r.Mistakes = append(r.Mistakes, projects.Mistake{Text: e.Text, Pair: e.Pair, Want: words(e.Text, e.Spans), Got: "Levi's Stadium", WantSpans: e.Spans, GotSpans: wrong, Score: 0.8 - float64(i)/9})
	}
	return r
}

// writtenVerdict is a report on written texts.
func writtenVerdict() *projects.Report {
	r := &projects.Report{Run: 3, Split: dataset.Test, Rows: 1000, Right: 41, Main: "bleu", Metrics: map[string]float64{"bleu": 23.4, "chrf": 44.1}}
	for i, e := range translations {
		r.Mistakes = append(r.Mistakes, projects.Mistake{Text: e.Text, Want: e.Target, Got: translations[(i+1)%len(translations)].Target})
	}
	return r
}

// words says what places hold.
func words(text string, spans []dataset.Span) string {
	if len(spans) == 0 {
		return "nothing"
	}
	var all []string
	for _, s := range spans {
		all = append(all, fmt.Sprintf("%s (%s)", text[s.Start:s.End], s.Label))
	}
	return strings.ReplaceAll(strings.Join(all, ", "), " ()", "")
}

// tagged is the preview of a file with marked names.
func tagged() *projects.Preview {
	p := &projects.Preview{File: "/data/wnut17.conll", Bytes: 742_131, Format: "CoNLL", Encoding: "UTF-8", Header: true, Named: true, Task: "entities",
		Columns: []string{"text", "spans"}, Rows: 3394, Roles: projects.Roles{Text: "text", Spans: "spans"}, Labels: spanCounts}
	for _, e := range sentences {
		p.Sample = append(p.Sample, []string{e.Text, parts.Counted(len(e.Spans), "place", "places")})
	}
	return p
}

// emotions is the preview of a table with a column for each label.
func emotions() *projects.Preview {
	p := &projects.Preview{File: "/data/emotions.csv", Bytes: 5_120_400, Format: "CSV", Encoding: "UTF-8", Delimiter: "comma", Header: true, Task: "multilabel",
		Columns: []string{"text", "anger", "joy", "surprise"}, Rows: 43410, Roles: projects.Roles{Text: "text"},
		Labels: []projects.LabelCount{{Label: "joy", Rows: 12050}, {Label: "anger", Rows: 7020}, {Label: "surprise", Rows: 3312}}}
	for i, text := range texts {
		p.Sample = append(p.Sample, []string{text, fmt.Sprint(i % 2), fmt.Sprint((i + 1) % 2), "0"})
	}
	return p
}
