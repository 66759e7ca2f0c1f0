package format_test

import (
	"path/filepath"
	"testing"

	"attune/engine/format"
)

// TestDataSets looks at the layout and the guessed roles of public data sets.
func TestDataSets(t *testing.T) {
	for _, want := range []struct {
		path      string
		rows      int
		delimiter string
		header    bool
		roles     format.Roles
	}{
		{"sms_spam/sms.tsv", 5574, "\t", false, format.Roles{Label: "column 1", Text: "column 2"}},
		{"ag_news/ag_news_7600.csv", 7600, ",", true, format.Roles{Label: "label", Text: "description"}},
		{"ag_news/raw_test.csv", 7600, ",", false, format.Roles{Label: "column 1", Text: "column 3"}},
		{"banking77/train.csv", 10003, ",", true, format.Roles{Label: "category", Text: "text"}},
		{"banking77/test.csv", 3080, ",", true, format.Roles{Label: "category", Text: "text"}},
		{"sst2/train.csv", 6920, ",", true, format.Roles{Label: "label", Text: "text"}},
		{"sst2/dev.csv", 872, ",", true, format.Roles{Label: "label", Text: "text"}},
		{"sst2/test.csv", 1821, ",", true, format.Roles{Label: "label", Text: "text"}},
		{"germeval2018/germeval2018.training.txt", 5009, "\t", false, format.Roles{Label: "column 2", Text: "column 1"}},
		{"germeval2018/germeval2018.test.txt", 3532, "\t", false, format.Roles{Label: "column 2", Text: "column 1"}},
		{"goemotions/train.tsv", 43410, "\t", false, format.Roles{Label: "column 2", Text: "column 1"}},
		{"goemotions/dev.tsv", 5426, "\t", false, format.Roles{Label: "column 2", Text: "column 1"}},
		{"goemotions/test.tsv", 5427, "\t", false, format.Roles{Label: "column 2", Text: "column 1"}},
		{"goemotions/labels.txt", 28, "", false, format.Roles{Text: "column 1"}},
		{"thucnews10_zh/dev.txt", 10000, "\t", false, format.Roles{Label: "column 2", Text: "column 1"}},
		{"thucnews10_zh/test.txt", 10000, "\t", false, format.Roles{Label: "column 2", Text: "column 1"}},
	} {
		t.Run(want.path, func(t *testing.T) {
			f, l, err := inspect(t, filepath.Join(sharedFolder(t, ""), want.path))
			if err != nil {
				t.Fatal(err)
			}
			if l.Rows != want.rows || l.Delimiter != want.delimiter || l.Header != want.header || l.Encoding != "utf-8" {
				t.Errorf("got %d rows, delimiter %q, header %v, encoding %s", l.Rows, l.Delimiter, l.Header, l.Encoding)
			}
			if got := format.Guess(l); got != want.roles {
				t.Errorf("guessed %+v, want %+v", got, want.roles)
			}
			all := records(t, f, l)
			if len(all) != want.rows {
				t.Errorf("read %d rows, want %d", len(all), want.rows)
			}
			for _, rec := range all {
				if rec.Problem != nil {
					t.Errorf("row %d: %s", rec.Row, rec.Problem.Reason)
				}
			}
		})
	}
}

func TestGuessPair(t *testing.T) {
	rows := [][]string{
		{"1", "Tom wants to get married again.", "Tom veut se remarier.", "CC-BY"}, {"2", "I think that's fair.", "Je pense que c'est juste.", "CC-BY"},
	}
	for _, c := range []struct {
		name         string
		columns      []int
		text, target string
	}{
		{"two texts", []int{1, 2}, "b", "c"},
		{"the other way round", []int{2, 1}, "c", "b"},
		{"among others", []int{0, 1, 2, 3}, "b", "c"},
		{"one text", []int{0, 1}, "b", ""},
		{"none", []int{0}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := format.Layout{Rows: len(rows), Sample: make([][]string, len(rows))}
			for _, i := range c.columns {
				l.Columns, l.Distinct = append(l.Columns, "abcd"[i:i+1]), append(l.Distinct, 2)
				for j, row := range rows {
					l.Sample[j] = append(l.Sample[j], row[i])
				}
			}
			if text, target := format.GuessPair(l); text != c.text || target != c.target {
				t.Errorf("got %q and %q, want %q and %q", text, target, c.text, c.target)
			}
		})
	}
}
