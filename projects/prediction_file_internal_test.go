package projects

import (
	"os"
	"path/filepath"
	"testing"

	"attune/engine/dataset"
	"attune/engine/format"
)

// TestAnswersOfAnyFormat writes answers behind rows of files that have no
// delimiter of their own.
func TestAnswersOfAnyFormat(t *testing.T) {
	for name, test := range map[string]struct {
		layout format.Layout
		want   string
	}{
		"a table":    {format.Layout{Delimiter: ";", Header: true, Columns: []string{"text", "n"}}, "text;n;predicted;score\na, b;1;x;0.5000\n"},
		"plain text": {format.Layout{Delimiter: "line", Columns: []string{"text", "n"}}, "\"a, b\",1,x,0.5000\n"},
		"objects":    {format.Layout{Header: true, Named: true, Columns: []string{"text", "n"}}, "text,n,predicted,score\n\"a, b\",1,x,0.5000\n"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "out.csv")
			err := writeWhole(path, func(f *os.File) error {
				w := newAnswerWriter(f, test.layout)
				answer := dataset.Answer{Labels: []dataset.Score{{Label: "x", Score: 0.5}}}
				if err := w.write(answeredRow{row{record: format.Record{Row: 1, Values: []string{"a, b", "1"}}}, answer}); err != nil {
					return err
				}
				return w.flush()
			})
			got, readErr := os.ReadFile(path)
			if err != nil || readErr != nil || string(got) != test.want {
				t.Errorf("got %q, %v, %v, want %q", got, err, readErr, test.want)
			}
		})
	}
}

// TestAnswersInATable writes what each kind of task answers.
func TestAnswersInATable(t *testing.T) {
	const text = "Zoë lives in Paris"
	for name, test := range map[string]struct {
		answer       dataset.Answer
		words, score string
	}{
		"a label":   {dataset.Answer{Labels: []dataset.Score{{Label: "x", Score: 0.5}, {Label: "y", Score: 0.3}}}, "x", "0.5000"},
		"an answer": {dataset.Answer{Text: "Paris", Spans: []dataset.Span{{Start: 14, End: 19, Score: 0.75}}}, "Paris", "0.7500"},
		"none":      {dataset.Answer{}, "", ""},
		"a writing": {dataset.Answer{Text: "Bonjour"}, "Bonjour", ""},
		"places": {dataset.Answer{Spans: []dataset.Span{{Start: 0, End: 4, Label: "PERSON", Score: 0.9}, {Start: 14, End: 19, Label: "PLACE", Score: 0.8}}},
			`[{"start":0,"end":4,"label":"PERSON","score":0.9,"text":"Zoë"},{"start":14,"end":19,"label":"PLACE","score":0.8,"text":"Paris"}]`, "0.8000"},
		"nothing found": {dataset.Answer{Spans: []dataset.Span{}}, "[]", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if words, score, err := cells(text, test.answer); words != test.words || score != test.score || err != nil {
				t.Errorf("%s %s, %v", words, score, err)
			}
		})
	}
}
