package format_test

import (
	"path/filepath"
	"strings"
	"testing"

	"attune/engine/format"
	"attune/engine/format/formattest"
)

func TestJSON(t *testing.T) {
	for name, test := range map[string]struct {
		text, columns string
		rows          []string
		sheet         string
	}{
		"objects in an array":   {`[{"text": "a b", "label": "x"}, {"label": "y", "text": "c"}]`, "text|label", []string{"a b|x", "c|y"}, ""},
		"late columns":          {`[{"a": 1}, {"b": "two", "a": 3.10}]`, "a|b", []string{"1|", "3.10|two"}, ""},
		"under a key":           {`{"version": "1", "data": [{"a": "x"}, {"a": "y"}], "note": [1]}`, "a", []string{"x", "y"}, "data"},
		"under two keys":        {`{"result": {"items": [{"a": "x"}]}}`, "a", []string{"x"}, "result.items"},
		"the longest":           {`{"errors": [{"a": 1}], "rows": [{"a": 2}, {"a": 3}]}`, "a", []string{"2", "3"}, "rows"},
		"nested":                {`[{"a": {"b": 1, "c": {"d": "x"}}, "e": ["p", "q", 3], "f": [{"g": 1}, {"g": 2}]}]`, "a.b|a.c.d|e|f", []string{`1|x|p; q; 3|[{"g":1},{"g":2}]`}, ""},
		"plain values":          {`[{"a": true, "b": null, "c": 12345678901234567890, "d": -1.5e3, "e": NaN, "f": []}]`, "a|b|c|d|e|f", []string{"true||12345678901234567890|-1.5e3||[]"}, ""},
		"escapes":               {`[{"a": "q\"\\\/\n\u00e9\ud83d\ude00"}]`, "a", []string{"q\"\\/\né😀"}, ""},
		"texts alone":           {`["one text", "another"]`, "text", []string{"one text", "another"}, ""},
		"lists with a header":   {`[["id", "name"], [1, "english"], [2, "中国人"]]`, "id|name", []string{"1|english", "2|中国人"}, ""},
		"lists without":         {`[["good words here", "1"], ["bad words there", "2"], ["more good words", "1"]]`, "column 1|column 2", []string{"good words here|1", "bad words there|2", "more good words|1"}, ""},
		"an empty list first":   {`[[], ["a", "b"], ["1", "2"]]`, "a|b", []string{"|", "1|2"}, ""},
		"a list too long":       {`[["a", "b"], ["1", "2"], ["3", "4", "5"]]`, "a|b", []string{"1|2", "3|4|5 ! 3 values"}, ""},
		"one object":            {`{"text": "a", "label": "b"}`, "text|label", []string{"a|b"}, ""},
		"one after the other":   {"{\n\"a\": 1\n}\n{\n\"a\": 2\n}", "a", []string{"1", "2"}, ""},
		"a broken row":          {`[{"a": "x"}, {"a": y}, {"a": "z"}]`, "a", []string{"x", " ! a value is missing before \"y", "z"}, ""},
		"a half broken row":     {`[{"a": "x", "b": "y" "c": 1}, {"a": "z", "b": "w"}]`, "a|b", []string{"x|y ! a comma is missing", "z|w"}, ""},
		"a comma too much":      {`[{"a": "x",}, {"a": "y"},]`, "a", []string{"x", "y"}, ""},
		"a comma too few":       {`[{"a": "x"} {"a": "y"}]`, "a", []string{"x", "y"}, ""},
		"cut off":               {`[{"a": "x"}, {"a": "y"`, "a", []string{"x", "y ! the file ends inside it"}, ""},
		"single quotes":         {`[{"a": "x"}, {'a': 'y'}]`, "a", []string{"x", " ! double quotes"}, ""},
		"names with blanks":     {`[{" my  text ": "x", "": "y"}]`, "my text|column", []string{"x|y"}, ""},
		"a mark before":         {"\ufeff" + `[{"a": "é"}]`, "a", []string{"é"}, ""},
		"not UTF-8":             {"[{\"a\": \"caf\xe9\"}]", "a", []string{"café"}, ""},
		"not UTF-8 in one row":  {"[{\"a\": \"é é é\"}, {\"a\": \"caf\xe9\"}]", "a", []string{"é é é", "caf\ufffd ! not utf-8"}, ""},
		"UTF-16 as Windows has": {string(utf16Bytes(`[{"a": "é"}]`)), "a", []string{"é"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := memoryFile("a.json", []byte(test.text))
			l := sameTable(t, format.JSON, f, format.Overrides{}, test.columns, test.rows...)
			if l.Sheet != test.sheet {
				t.Errorf("it is read from %q, want %q", l.Sheet, test.sheet)
			}
			if !format.JSON.Matches([]byte(test.text)) {
				t.Error("it does not look like JSON")
			}
			formattest.Check(t, format.JSON, f)
		})
	}
}

func TestJSONSheets(t *testing.T) {
	f := memoryFile("a.json", []byte(`{"train": [{"a": "x"}, {"a": "y"}], "test": [{"a": "z"}]}`))
	l := sameTable(t, format.JSON, f, format.Overrides{Sheet: "test"}, "a", "z")
	if strings.Join(l.Sheets, " ") != "train test" {
		t.Errorf("it offers %q", l.Sheets)
	}
	refuses(t, format.JSON, f, format.Overrides{Sheet: "dev"}, `a list "dev"`)
}

func TestJSONRefuses(t *testing.T) {
	columns := `{"text": {`
	for i := range 3000 {
		columns += `"` + strings.Repeat("1", i%7) + string(rune('a'+i%26)) + strings.Repeat("0", i/100) + strings.Repeat("2", i%100) + `": "x",`
	}
	for name, test := range map[string]struct{ text, says string }{
		"nothing":             {"", "it is empty"},
		"no object":           {"{}", "no object"},
		"an empty list":       {"[]", "no object"},
		"columns, not rows":   {columns + `"z": "x"}}`, "1000 different names"},
		"single quotes alone": {"{\n    'name': 'name',\n}\n", "no object"},
	} {
		t.Run(name, func(t *testing.T) {
			refuses(t, format.JSON, memoryFile("a.json", []byte(test.text)), format.Overrides{}, test.says)
		})
	}
}

func TestJSONL(t *testing.T) {
	for name, test := range map[string]struct {
		text, columns string
		rows          []string
	}{
		"objects":        {"{\"text\": \"a\", \"label\": \"x\"}\n{\"text\": \"b\"}\n", "text|label", []string{"a|x", "b|"}},
		"blank lines":    {"\n{\"a\": 1}\r\n\r\n{\"a\": 2}", "a", []string{"1", "2"}},
		"a broken line":  {"{\"a\": 1}\n{\"a\": \n{\"a\": 3}\nhello\n{\"a\": 4}\n", "a", []string{"1", " ! at its end", "3", " ! before \"hello\"", "4"}},
		"lists":          {"[\"id\", \"name\"]\n[1, \"x\"]\n[2, \"y\"]\n", "id|name", []string{"1|x", "2|y"}},
		"two on a line":  {"{\"a\": 1}\n{\"a\": 2} {\"a\": 3}\n{\"a\": 4}", "a", []string{"1", "2 ! behind its end", "4"}},
		"translations":   {"{\"translation\": {\"en\": \"a\", \"fr\": \"b\"}}\n{\"translation\": {\"en\": \"c\", \"fr\": \"d\"}}", "translation.en|translation.fr", []string{"a|b", "c|d"}},
		"UTF-16, a mark": {string(utf16Bytes("{\"a\": \"é\"}\n{\"a\": \"ü\"}\n")), "a", []string{"é", "ü"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := memoryFile("a.jsonl", []byte(test.text))
			sameTable(t, format.JSONL, f, format.Overrides{}, test.columns, test.rows...)
			if !format.JSONL.Matches([]byte(test.text)) {
				t.Error("it does not look like JSON Lines")
			}
			formattest.Check(t, format.JSONL, f)
		})
	}
}

func TestJSONOrLines(t *testing.T) {
	long := `{"text": "` + strings.Repeat("long ", 20_000) + `"}`
	formats := []format.Format{format.JSON, format.JSONL, format.CSV}
	for name, test := range map[string]struct{ file, text, want string }{
		"lines called json":        {"a.json", "{\"a\": 1}\n{\"a\": 2}\n", "JSON Lines"},
		"a list called jsonl":      {"a.jsonl", "[{\"a\": 1},\n {\"a\": 2}]", "JSON"},
		"one object":               {"a.json", "{\"a\": 1}", "JSON"},
		"one object on a line":     {"a.jsonl", "{\"a\": 1}\n", "JSON Lines"},
		"a broken line among them": {"a.txt", "{\"a\": 1}\n{\"a: 1}\n{\"a\": 2}\n", "JSON Lines"},
		"one object a line":        {"a.json", "[\n{\"a\": 1},\n{\"a\": 2}\n]\n", "JSON"},
		"over many lines":          {"a.jsonl", "{\n  \"a\": [\n    {\"b\": 1}\n  ]\n}\n", "JSON"},
		"long lines":               {"a.jsonl", long + "\n" + long, "JSON Lines"},
		"a long line":              {"a.json", long, "JSON"},
		"a table":                  {"a.json", "a,b\n1,2\n", "CSV"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := format.Find(formats, memoryFile(test.file, []byte(test.text)))
			if err != nil || got.Name != test.want {
				t.Errorf("got %q, %v, want %q", got.Name, err, test.want)
			}
		})
	}
}

// TestRealJSON reads files of a validator's tests, and data sets.
func TestRealJSON(t *testing.T) {
	for _, test := range []struct {
		path, columns string
		rows          int
		x             format.Format
	}{
		{"frictionless/table.json", "id|name", 2, format.JSON},
		{"frictionless/table.keyed.json", "id|name", 2, format.JSON},
		{"frictionless/table.jsonl", "id|name", 2, format.JSONL},
		{"frictionless/transform.json", "id|name|population", 3, format.JSON},
		{"medquad/medquad.jsonl", "source|focus|qtype|question|answer", 4000, format.JSONL},
	} {
		t.Run(test.path, func(t *testing.T) {
			f, err := format.Open(filepath.Join(sharedFolder(t, ""), test.path))
			if err != nil {
				t.Fatal(err)
			}
			l, err := test.x.Inspect(t.Context(), f, format.Overrides{}, nil)
			if err != nil || strings.Join(l.Columns, "|") != test.columns || l.Rows != test.rows {
				t.Errorf("got %d rows of %q, %v", l.Rows, l.Columns, err)
			}
			formattest.Check(t, test.x, f)
		})
	}
}

func FuzzJSON(f *testing.F) {
	fuzz(f, format.JSON, `[{"a": {"b": [1, "x"]}}, ["c"], 3]`, `{"a": [{"b": 1}], "c": "d"}`, `[{"a": "\ud83d\ude00"`, `[,]}{"`, "\xff\xfe[\x00", `{"a":{"a":{}}}[[`)
}

func FuzzJSONL(f *testing.F) {
	fuzz(f, format.JSONL, "{\"a\": 1}\n{\"a\": [2]}", "[1]\n{\"a\n", "\"a\"\n\n\n{", "{\"a\":\"\\u12\"}\n[[],{}]")
}
