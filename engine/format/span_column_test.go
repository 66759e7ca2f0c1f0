package format_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/unicode/norm"

	"attune/engine/dataset"
	"attune/engine/format"
)

func TestColumnOfSpans(t *testing.T) {
	const ann = "Ann saw Rome. | PER:Ann | LOC:Rome"
	for _, test := range []struct {
		name, file, text string
		x                format.Format
		want, problems   []string
	}{
		{"objects", "a.csv", "text,entities\nAnn saw Rome.,\"[{\"\"start\"\": 0, \"\"end\"\": 3, \"\"label\"\": \"\"PER\"\"}, {\"\"start\"\": 8, \"\"end\"\": 12, \"\"label\"\": \"\"LOC\"\"}]\"\nNo,[]\nWhat,\n", format.CSV, []string{ann, "No | none", "What"}, nil},
		{"lists", "a.tsv", "text\tspans\nAnn saw Rome.\t[[0, 3, \"PER\"], [8, 12, \"LOC\"]]\nNo\t[]\n", format.CSV, []string{ann, "No | none"}, nil},
		{"of Python", "a.csv", "text,x\nAnn saw Rome.,\"[(0, 3, 'PER'), (8, 12, 'LOC')]\"\nNo,[]\n\"It\u2019s O'Hara\",\"[{'start': 5, 'end': 11, 'label': \"\"O'H\"\"}]\"\n", format.CSV, []string{ann, "No | none", "It\u2019s O'Hara | O'H:O'Hara"}, nil},
		{"with a label", "a.csv", "text,spans,label\nAnn saw Rome.,\"[[0, 3, \"\"PER\"\"], [8, 12, \"\"LOC\"\"]]\",travel\nNo,[],\nWhat,,\n", format.CSV, []string{ann + " | travel", "No | none", "What (unlabelled)"}, nil},
		{"other names", "a.jsonl", `{"sentence": "Ann saw Rome.", "marks": [{"begin": 0, "end": 3, "type": "PER"}, {"offset": 8, "length": 4, "category": "LOC"}]}` + "\n" + `{"sentence": "No", "marks": []}` + "\n" + `{"sentence": "What", "marks": null}`, format.JSONL, []string{ann, "No | none", "What"}, nil},
		{"characters", "a.csv", "text,spans\nZoé saw Łódź.,\"[[0, 3, \"\"PER\"\"], [8, 12, \"\"LOC\"\"]]\"\n\"😀 Ann\",\"[[2, 5, \"\"PER\"\"]]\"\n", format.CSV, []string{"Zoé saw Łódź. | PER:Zoé | LOC:Łódź", "😀 Ann | PER:Ann"}, nil},
		{"bytes", "a.csv", "text,spans\nZoé saw Łódź.,\"[[0, 4, \"\"PER\"\"], [9, 16, \"\"LOC\"\"]]\"\nŁódź and Łask,\"[[0, 7, \"\"LOC\"\"], [12, 17, \"\"LOC\"\"]]\"\n", format.CSV, []string{"Zoé saw Łódź. | PER:Zoé | LOC:Łódź", "Łódź and Łask | LOC:Łódź | LOC:Łask"}, []string{"1 the places of its spans count bytes", "2 the places of its spans count bytes"}},
		{"not to be read", "a.csv", "text,spans\nAnn saw Rome.,\"[[0, 3, \"\"PER\"\"]]\"\nOslo,\"[[0, \"\"LOC\"\"]]\"\nBern,\"[[40, 44, \"\"LOC\"\"]]\"\n", format.CSV, []string{"Ann saw Rome. | PER:Ann", "Oslo", "Bern"}, []string{"2 its spans cannot be read: a span has 2 parts", "3 1 span is not in the text"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, problems := examplesBy(t, test.x, memoryFile(test.file, []byte(test.text)), format.Roles{Spans: map[string]string{"not to be read": "spans"}[test.name]})
			if strings.Join(got, "\n") != strings.Join(test.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
			if !slices.EqualFunc(problems, test.problems, strings.HasPrefix) {
				t.Errorf("the problems are %q, want %q", problems, test.problems)
			}
		})
	}
}

// counts says how many units of a tool a text has.
var counts = []struct {
	name   string
	text   func(string) string // what the tool's file holds for a text
	length func(string) int
}{
	{"characters", same, func(s string) int { return len([]rune(s)) }},
	{"UTF-16", same, func(s string) int { return len(utf16.Encode([]rune(s))) }},
	{"bytes", same, func(s string) int { return len(s) }},
	{"accents apart", norm.NFC.String, func(s string) int { return len([]rune(norm.NFD.String(s))) }},
	{"accents as one", norm.NFD.String, func(s string) int { return len([]rune(norm.NFC.String(s))) }},
	{"line ends as one", func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }, func(s string) int { return len([]rune(strings.ReplaceAll(s, "\r\n", "\n"))) }},
	{"line ends as two", same, func(s string) int { return len([]rune(strings.ReplaceAll(s, "\n", "\r\n"))) }},
}

func same(s string) string { return s }

// TestCountedAnew counts the places in published data as tools do that count in
// another way, and finds them again.
func TestCountedAnew(t *testing.T) {
	for _, from := range []struct {
		path string
		x    format.Format
	}{
		{"wnut17/wnut17train.conll", format.CoNLL}, {"ncbi_disease/devel.tsv", format.CoNLL},
		{"xquad/xquad.vi.json", format.SQuAD}, {"xquad/xquad.hi.json", format.SQuAD}, {"xquad/xquad.zh.json", format.SQuAD},
	} {
		t.Run(from.path, func(t *testing.T) {
			f, err := format.Open(filepath.Join(sharedFolder(t, ""), from.path))
			if err != nil {
				t.Fatal(err)
			}
			all := joinedThrees(readExamples(t, from.x, f))[:300]
			for _, count := range counts {
				t.Run(count.name, func(t *testing.T) { countAnew(t, all, count.text, count.length) })
			}
		})
	}
}

// joinedThrees joins three texts each, by line ends, behind a sign that takes two units
// of UTF-16.
func joinedThrees(all []dataset.Example) (joined []dataset.Example) {
	for part := range slices.Chunk(all, 3) {
		e := dataset.Example{Text: "😀"}
		for _, x := range part {
			e.Text += "\n"
			for _, s := range x.Spans {
				s.Start, s.End = s.Start+len(e.Text), s.End+len(e.Text)
				e.Spans = append(e.Spans, s)
			}
			e.Text += x.Text
		}
		joined = append(joined, e)
	}
	return joined
}

func countAnew(t *testing.T, all []dataset.Example, textOf func(string) string, length func(string) int) {
	var file strings.Builder
	var want []string
	spans, differ := 0, 0
	for _, e := range all {
		text := textOf(e.Text)
		marks := make([][3]any, len(e.Spans))
		parts := []string{text}
		moved := false
		for i, s := range e.Spans {
			start, end := textOf(e.Text[:s.Start]), textOf(e.Text[:s.End])
			if !strings.HasPrefix(text, end) { // a letter and the accent that begins the span
				start, end = text, text
			}
			marks[i] = [3]any{length(start), length(end), s.Label}
			parts = append(parts, s.Label+":"+text[len(start):len(end)])
			moved = moved || length(start) != len([]rune(start)) || length(end) != len([]rune(end))
		}
		spans += len(marks)
		if moved {
			differ++
		}
		line, err := json.Marshal(map[string]any{"text": text, "label": marks})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&file, "%s\n", line)
		if len(marks) == 0 {
			parts = append(parts, "none")
		}
		want = append(want, strings.Join(parts, " | "))
	}
	got, problems := examples(t, format.Doccano, memoryFile("a.jsonl", []byte(file.String())))
	wrong := 0
	for i := range want {
		if got[i] != want[i] {
			wrong++
		}
	}
	t.Logf("of %d texts with %d spans %d are counted in another way, %d are listed, %d are wrong", len(all), spans, differ, len(problems), wrong)
	if wrong > 0 || len(problems) != differ {
		t.Error("not all of them were found")
	}
}

func readExamples(t *testing.T, x format.Format, f format.File) (all []dataset.Example) {
	t.Helper()
	l := layoutOf(t, x, f)
	convert, err := format.Guess(l).Reader(l)
	if err != nil {
		t.Fatal(err)
	}
	for rec, err := range x.Read(t.Context(), f, l, nil) {
		if err != nil {
			t.Fatal(err)
		}
		e, _, _ := convert(rec)
		all = append(all, e)
	}
	return all
}
