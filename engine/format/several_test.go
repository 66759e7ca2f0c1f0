package format_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"attune/engine/dataset"
	"attune/engine/format"
)

func TestSeveralLabels(t *testing.T) {
	cases := map[string]struct {
		file, text string
		several    bool
		want       [][]string // nil for a row that nobody labelled
	}{
		"joined by commas": {"a.csv", "text;tags\nfirst text here;joy,love\nsecond text here;joy\nthird text here;love, anger\nfourth text here;anger\nfifth text here;\n", true,
			[][]string{{"joy", "love"}, {"joy"}, {"love", "anger"}, {"anger"}, nil}},
		"joined by bars": {"a.csv", "text,tags\nfirst text here,joy|love\nsecond text here,love\nthird text here,joy|joy\n", true,
			[][]string{{"joy", "love"}, {"love"}, {"joy"}}},
		"lists": {"a.jsonl", `{"text": "first text here", "labels": ["joy", "love"]}
{"text": "second text here", "labels": []}
{"text": "third text here", "labels": ["joy"]}
{"text": "fourth text here", "labels": ["anger", "love"]}
{"text": "fifth text here", "labels": ["anger"]}
`, true, [][]string{{"joy", "love"}, {}, {"joy"}, {"anger", "love"}, {"anger"}}},
		"lists of Python": {"a.csv", "text;label\nfirst text here;['joy', 'love']\nsecond text here;[3]\n", true, [][]string{{"joy", "love"}, {"3"}}},
		"marks":           {"a.csv", "id,comment_text,toxic,threat\na1,first text here,1,0\na2,second text here,0,0\na3,third text here,1,1\n", true, [][]string{{"toxic"}, {}, {"toxic", "threat"}}},
		"one label each":  {"a.csv", "text,label\nfirst text here,late\nsecond text here,\"lost, or stolen\"\nthird text here,late\n", false, [][]string{{"late"}, {"lost, or stolen"}, {"late"}}},
		"a slash in one label": {"a.csv", "text,label\nfirst text here,Sci/Tech\nsecond text here,World\nthird text here,Sci/Tech\nfourth text here,World\n", false,
			[][]string{{"Sci/Tech"}, {"World"}, {"Sci/Tech"}, {"World"}}},
		"one column of 0 and 1": {"a.csv", "text,spam\nfirst text here,1\nsecond text here,0\nthird text here,1\nfourth text here,0\n", false, [][]string{{"1"}, {"0"}, {"1"}, {"0"}}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), c.file)
			if err := os.WriteFile(path, []byte(c.text), 0o644); err != nil {
				t.Fatal(err)
			}
			f, err := format.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			kind := format.CSV
			if strings.HasSuffix(c.file, ".jsonl") {
				kind = format.JSONL
			}
			layout, err := kind.Inspect(t.Context(), f, format.Overrides{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			roles := format.Guess(layout)
			if got := layout.Several(roles); got != c.several {
				t.Fatalf("several is %v with the roles %+v and the rows %q", got, roles, layout.Sample)
			}
			roles = layout.Unmarked(roles)
			roles.Several = true
			read, err := roles.Reader(layout)
			if err != nil {
				t.Fatal(err)
			}
			var got []dataset.Example
			for record, err := range kind.Read(t.Context(), f, layout, nil) {
				if err != nil {
					t.Fatal(err)
				}
				e, _, problem := read(record)
				if problem != nil {
					t.Fatal(problem)
				}
				got = append(got, e)
			}
			if len(got) != len(c.want) {
				t.Fatalf("%d rows", len(got))
			}
			for i, e := range got {
				if !slices.Equal(e.Labels, c.want[i]) || (e.Labels == nil) != (c.want[i] == nil) {
					t.Errorf("row %d has the labels %#v, want %#v", i+1, e.Labels, c.want[i])
				}
			}
		})
	}
}
