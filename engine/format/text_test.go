package format_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"attune/engine/format"
	"attune/engine/format/formattest"
)

func TestText(t *testing.T) {
	line := strings.Repeat("a line of a file that is longer than what is sampled of it, ", 4) + "is it not"
	for name, test := range map[string]struct {
		text, wanted, by string
		rows             []string
	}{
		"lines":                 {"one line\nanother, with a comma\n\n  \nthe third\r\n", "", "line", []string{"one line", "another, with a comma", "the third"}},
		"paragraphs":            {"one line\nand its next\n\n\nthe second\nof two\r\nor three\n", "", "paragraph", []string{"one line\nand its next", "the second\nof two\nor three"}},
		"blank lines between":   {"one\n\ntwo\n\nthree\n", "", "line", []string{"one", "two", "three"}},
		"many lines":            {strings.Repeat(line+"\n", 3000), "", "line", slices.Repeat([]string{line}, 3000)},
		"a blank line once":     {strings.Repeat("a line\n", 150) + "\n" + strings.Repeat("a line\n", 150), "", "line", slices.Repeat([]string{"a line"}, 300)},
		"lines as wished":       {"one line\nand its next\n\nthe second\nof two\n", "Line", "line", []string{"one line", "and its next", "the second", "of two"}},
		"paragraphs as wished":  {"one\ntwo\n", "paragraph", "paragraph", []string{"one\ntwo"}},
		"a mark":                {"\ufeffone\ntwo", "", "line", []string{"one", "two"}},
		"lines of an old Mac":   {"one line\ranother line\r", "", "line", []string{"one line", "another line"}},
		"not UTF-8 in one line": {"é é é\ncaf\xe9\n", "", "line", []string{"é é é", "caf\ufffd ! not utf-8"}},
		"windows-1252":          {"caf\xe9\nr\xf4le\n", "", "line", []string{"café", "rôle"}},
		"UTF-16":                {string(utf16Bytes("é\nü\n")), "", "line", []string{"é", "ü"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := memoryFile("a.txt", []byte(test.text))
			l := sameTable(t, format.Text, f, format.Overrides{Delimiter: test.wanted}, "text", test.rows...)
			if l.Delimiter != test.by {
				t.Errorf("it is divided by %q, want %q", l.Delimiter, test.by)
			}
			formattest.Check(t, format.Text, f)
		})
	}
	refuses(t, format.Text, memoryFile("a.txt", nil), format.Overrides{}, "it is empty")
	refuses(t, format.Text, memoryFile("a.txt", []byte("a")), format.Overrides{Delimiter: ";"}, "by line or by paragraph")
	refuses(t, format.Text, memoryFile("a.txt", []byte("\x89PNG\r\n\x1a\n\x00")), format.Overrides{}, "a PNG image")
}

// TestTextOrTable looks which .txt files of data sets are tables.
func TestTextOrTable(t *testing.T) {
	formats := []format.Format{format.Text, format.CSV}
	for path, want := range map[string]string{
		"medquad/medquad_answers.txt":            "Plain text",
		"goemotions/labels.txt":                  "Plain text",
		"germeval2018/germeval2018.training.txt": "CSV",
		"thucnews10_zh/dev.txt":                  "CSV",
		"sms_spam/sms.tsv":                       "CSV",
		"banking77/test.csv":                     "CSV",
		"frictionless/issue-647.csv.txt":         "CSV",
		"csv_spectrum/csvs/comma_in_quotes.csv":  "CSV",
		"wikitext2/valid.txt":                    "Plain text",
		"tinystories_sample/tinyshakespeare.txt": "Plain text",
		"tinystories_sample/tinystories.txt":     "Plain text",
	} {
		t.Run(path, func(t *testing.T) {
			f, err := format.Open(filepath.Join(sharedFolder(t, ""), path))
			if err != nil {
				t.Fatal(err)
			}
			got, err := format.Find(formats, f)
			if err != nil || got.Name != want {
				t.Errorf("got %q, %v, want %q", got.Name, err, want)
			}
			if want == "Plain text" {
				formattest.Check(t, format.Text, f)
			}
		})
	}
}

func FuzzText(f *testing.F) {
	fuzz(f, format.Text, "a\nb\n\nc", "\xff\xfea\x00", "\ufeff\r\r\n\n", "a\n b\n\n\nc\rd")
}
