package projects

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"attune/engine/dataset"
	"attune/engine/format"
	"attune/engine/task"
)

// TestAnswersOfAnyFormat writes answers behind rows of files that have no
// delimiter of their own.
func TestAnswersOfAnyFormat(t *testing.T) {
	for name, test := range map[string]struct {
		layout format.Layout
		want   string
	}{
		"a table":               {format.Layout{Delimiter: ";", Header: true, Columns: []string{"text", "n"}}, "text;n;predicted;score\na, b;1;x;0.5000\n"},
		"plain text":            {format.Layout{Delimiter: "line", Columns: []string{"text", "n"}}, "\"a, b\",1,x,0.5000\n"},
		"objects":               {format.Layout{Header: true, Named: true, Columns: []string{"text", "n"}}, "text,n,predicted,score\n\"a, b\",1,x,0.5000\n"},
		"a column of that name": {format.Layout{Header: true, Columns: []string{"text", "score"}}, "text,score,predicted,score 2\n\"a, b\",1,x,0.5000\n"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "out.csv")
			err := writeWhole(path, func(f *os.File) error {
				open, err := answersIn(path)
				if err != nil {
					return err
				}
				w := open(f, test.layout)
				answer := new(Predictor).writing("", dataset.Answer{Labels: []dataset.Score{{Label: "x", Score: 0.5}}})
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

// TestAnswersInFiles writes what each kind of task answers, into a table and as lines.
func TestAnswersInFiles(t *testing.T) {
	const text = "Zoë lives in Paris"
	labels := func(scores ...float64) (a dataset.Answer) {
		for i, s := range scores {
			a.Labels = append(a.Labels, dataset.Score{Label: string(rune('x' + i)), Score: s})
		}
		return a
	}
	place := `{"start":0,"end":4,"label":"PERSON","score":0.9,"text":"Zoë"},{"start":14,"end":19,"label":"PLACE","score":0.8,"text":"Paris"}`
	several := &Predictor{choice: task.NewMultilabel().(task.Applying)}
	for name, test := range map[string]struct {
		by     *Predictor
		answer dataset.Answer
		table  string
		line   string
	}{
		"a label":         {new(Predictor), labels(0.5, 0.3), "t,x,0.5000", `"predicted":"x","score":0.5`},
		"an answer":       {new(Predictor), dataset.Answer{Text: "Paris", Spans: []dataset.Span{{Start: 14, End: 19, Score: 0.75}}}, "t,Paris,0.7500", `"predicted":"Paris","score":0.75`},
		"no answer":       {new(Predictor), dataset.Answer{}, "t,,", `"predicted":"","score":null`},
		"a writing":       {new(Predictor), dataset.Answer{Text: "Bonjour"}, "t,Bonjour,", `"predicted":"Bonjour","score":null`},
		"the best of two": {new(Predictor), dataset.Answer{Text: "a <b>", Texts: []dataset.Score{{Label: "a <b>", Score: 0.5}}}, "t,a <b>,0.5000", `"predicted":"a <b>","score":0.5`},
		"places": {new(Predictor), dataset.Answer{Spans: []dataset.Span{{Start: 0, End: 4, Label: "PERSON", Score: 0.9}, {Start: 14, End: 19, Label: "PLACE", Score: 0.8}}},
			`t,"[` + strings.ReplaceAll(place, `"`, `""`) + `]",0.8000`, `"predicted":[` + place + `],"score":0.8`},
		"nothing, so sure": {new(Predictor), dataset.Answer{Spans: []dataset.Span{}, Sure: 0.7}, "t,[],0.7000", `"predicted":[],"score":0.7`},
		"nothing found":    {new(Predictor), dataset.Answer{Spans: []dataset.Span{}}, "t,[],", `"predicted":[],"score":null`},
		"several labels":   {several, labels(0.9, 0.5, 0.2), "t,x; y,0.9000; 0.5000", `"predicted":["x","y"],"score":[0.9,0.5]`},
		"none of them":     {several, labels(0.4, 0.2), "t,[],", `"predicted":[],"score":[]`},
		"labels that would be cut": {several, dataset.Answer{Labels: []dataset.Score{{Label: "a;b", Score: 0.75}}},
			`t,"[""a;b""]",0.7500`, `"predicted":["a;b"],"score":[0.75]`},
	} {
		for ending, want := range map[string]string{".csv": test.table, ".jsonl": `{"text":"t",` + test.line + "}"} {
			t.Run(name+ending, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "out"+ending)
				open, err := answersIn(path)
				if err != nil {
					t.Fatal(err)
				}
				err = writeWhole(path, func(f *os.File) error {
					w := open(f, format.Layout{Columns: []string{"text"}})
					r := row{record: format.Record{Values: []string{"t"}}}
					return errors.Join(w.write(answeredRow{r, test.by.writing(text, test.answer)}), w.flush())
				})
				got, readErr := os.ReadFile(path)
				if err != nil || readErr != nil || string(got) != want+"\n" {
					t.Errorf("got %s, %v, %v, want %s", got, err, readErr, want)
				}
			})
		}
	}
}

// TestAnswersStayOutOfTheWay neither pretends to write a workbook nor writes over the
// rows that are asked.
func TestAnswersStayOutOfTheWay(t *testing.T) {
	if _, err := answersIn("answers.XLSX"); err == nil {
		t.Error("a table of values would be called a workbook")
	}
	dir := t.TempDir()
	in := filepath.Join(dir, "in.csv")
	if err := os.WriteFile(in, []byte("text\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for out, apartFrom := range map[string]bool{"in.csv": false, "../" + filepath.Base(dir) + "/in.csv": false, "out.csv": true} {
		if err := apart(in, filepath.Join(dir, out)); (err == nil) != apartFrom {
			t.Errorf("%s: %v", out, err)
		}
	}
	if err := writeWhole(filepath.Join(dir, "nowhere", "out.csv"), func(*os.File) error { return nil }); !errors.As(err, new(*Error)) {
		t.Errorf("a folder that is not there: %v", err)
	}
}
