package projects_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"attune/engine/dataset"
	"attune/projects"
)

// packed writes an archive of files, given as names and texts in turn.
func packed(t *testing.T, files ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// workbook writes a workbook with two sheets of tickets.
func workbook(t *testing.T) string {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	for name, rows := range map[string][][]any{
		"Sheet1": {{"ticket", "topic"}, {"where is my parcel", "delivery"}, {"thank you all", "praise"}},
		"May":    {{"ticket", "topic"}, {"it never came", "delivery"}, {"so kind of you", "praise"}, {"I was billed twice", "billing"}},
	} {
		if _, err := book.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			cell, _ := excelize.CoordinatesToCellName(1, i+1)
			if err := book.SetSheetRow(name, cell, &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestImportFormats(t *testing.T) {
	const table = "text,label\nwhere is it,late\nthank you all,happy\n"
	for name, test := range map[string]struct {
		file, data, inside string
		options            projects.ImportOptions
		format             string
		rows               int
		labels             map[string]int
		splits             map[dataset.Split]int
	}{
		"a workbook":          {file: "a.xlsx", data: workbook(t), format: "Excel", rows: 2, labels: map[string]int{"delivery": 1, "praise": 1}},
		"its other sheet":     {file: "a.xlsx", data: workbook(t), options: projects.ImportOptions{Sheet: "may"}, format: "Excel", rows: 3, labels: map[string]int{"delivery": 1, "praise": 1, "billing": 1}},
		"JSON":                {file: "a.json", data: `{"rows": [{"text": "where is it", "meta": {"topic": "late"}}, {"text": "thank you", "meta": {"topic": "late"}}, {"text": "oh no", "meta": {"topic": "sad"}}]}`, options: projects.ImportOptions{Roles: projects.Roles{Label: "meta.topic"}}, format: "JSON", rows: 3, labels: map[string]int{"late": 2, "sad": 1}},
		"JSON Lines":          {file: "a.jsonl", data: "{\"text\": \"where is it\", \"label\": \"late\"}\n{\"text\": \"oh no\", \"label\": \"sad\"}\n", format: "JSON Lines", rows: 2, labels: map[string]int{"late": 1, "sad": 1}},
		"a table in a zip":    {file: "a.zip", data: packed(t, "in/a.csv", table), format: "CSV", rows: 2, labels: map[string]int{"late": 1, "happy": 1}},
		"texts in a zip":      {file: "a.zip", data: packed(t, "pos/1.txt", "thank you", "neg/1.txt", "oh no"), format: "Folder of texts", rows: 2, labels: map[string]int{"pos": 1, "neg": 1}},
		"texts with splits":   {file: "a.zip", data: packed(t, "train/pos/1.txt", "thank you", "train/neg/1.txt", "oh no", "test/pos/1.txt", "well"), format: "Folder of texts", rows: 3, labels: map[string]int{"pos": 2, "neg": 1}, splits: map[dataset.Split]int{dataset.Train: 2, dataset.Test: 1}},
		"splits in a zip":     {file: "a.zip", data: packed(t, "train.csv", table, "dev.csv", table), format: "CSV", rows: 4, labels: map[string]int{"late": 2, "happy": 2}, splits: map[dataset.Split]int{dataset.Train: 2, dataset.Validation: 2}},
		"splits in folders":   {file: "a.zip", data: packed(t, "train/0000.csv", table, "train/0001.csv", table, "test/0000.csv", table), format: "CSV", rows: 6, labels: map[string]int{"late": 3, "happy": 3}, splits: map[dataset.Split]int{dataset.Train: 4, dataset.Test: 2}},
		"shards of the hub":   {file: "a.zip", data: packed(t, "data/train-00000-of-00002.csv", table, "data/train-00001-of-00002.csv", table, "data/validation-00000-of-00001.csv", table), format: "CSV", rows: 6, labels: map[string]int{"late": 3, "happy": 3}, splits: map[dataset.Split]int{dataset.Train: 4, dataset.Validation: 2}},
		"a member of a zip":   {file: "a.zip", data: packed(t, "train.csv", table, "dev.csv", table), inside: "dev.csv", format: "CSV", rows: 2, labels: map[string]int{"late": 1, "happy": 1}},
		"taken for another":   {file: "a.txt", data: "{\"text\": \"x y\"}\n{\"text\": \"y z\"}\n", options: projects.ImportOptions{Format: "csv"}, format: "CSV", rows: 2, labels: map[string]int{}, splits: map[dataset.Split]int{dataset.Unlabelled: 2}},
		"named by its ending": {file: "a.txt", data: "{\"text\": \"x y\"}\n{\"text\": \"y z\"}\n", options: projects.ImportOptions{Format: "ndjson"}, format: "JSON Lines", rows: 2, labels: map[string]int{}, splits: map[dataset.Split]int{dataset.Unlabelled: 2}},
	} {
		t.Run(name, func(t *testing.T) {
			p := create(t)
			done := imports(t, p, test.options, filepath.Join(file(t, test.file, test.data), test.inside))
			splits := test.splits
			if splits == nil {
				splits = map[dataset.Split]int{"": test.rows}
			}
			if done.Format != test.format || done.Imported != test.rows || !maps.Equal(done.Labels, test.labels) || !maps.Equal(done.Splits, splits) || done.ProblemCount > 0 {
				t.Errorf("got %+v", done)
			}
		})
	}
}

// TestImportFolder imports folders as they are dropped.
func TestImportFolder(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"late/1.txt": "where is it", "late/2.txt": "still not here", "happy/1.txt": "thank you"} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p := create(t)
	done := imports(t, p, projects.ImportOptions{}, dir)
	if done.Imported != 3 || done.Labels["late"] != 2 || done.Labels["happy"] != 1 {
		t.Errorf("got %+v", done)
	}
	rows, err := p.Rows(t.Context(), projects.Query{}, 0, 1)
	if err != nil || rows[0].Text != "thank you" || rows[0].File != filepath.Base(dir) {
		t.Errorf("got %+v, %v", rows, err)
	}
}

func TestChoose(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"train.csv", "b.csv", "val.tsv"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("text,label\na b,x\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	chosen, err := projects.Choose([]string{dir}, projects.ImportOptions{Encoding: "utf-8"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range chosen {
		got = append(got, filepath.Base(c.File)+" "+string(c.Named)+" "+c.Options.Encoding)
	}
	if want := []string{"b.csv  utf-8", "train.csv train utf-8", "val.tsv validation utf-8"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPreviewOffers(t *testing.T) {
	p := create(t)
	preview, err := p.Preview(t.Context(), file(t, "a.xlsx", workbook(t)), projects.ImportOptions{Sheet: "May"}, nil)
	if err != nil || preview.Sheet != "May" || len(preview.Sheets) != 2 || preview.Encodings != nil || preview.Delimiters != nil || preview.Rows != 3 || preview.Named {
		t.Errorf("of a workbook: %+v, %v", preview, err)
	}
	preview, err = p.Preview(t.Context(), file(t, "a.jsonl", "{\"text\": \"a b\"}\n{\"text\": \"c d\"}"), projects.ImportOptions{}, nil)
	if err != nil || preview.Sheets != nil || preview.Encodings == nil || preview.Delimiters != nil || !preview.Named || !slices.Contains(preview.Formats, "JSON") {
		t.Errorf("of JSON Lines: %+v, %v", preview, err)
	}
	_, err = p.Preview(t.Context(), file(t, "a.csv", "a,b\n"), projects.ImportOptions{Format: "sonnets"}, nil)
	var e *projects.Error
	if !errors.As(err, &e) || !strings.Contains(e.Hint(), "CSV") {
		t.Errorf("of no format: %v", err)
	}
}

// TestOneProblemARow counts a broken row, which has no text either, once.
func TestOneProblemARow(t *testing.T) {
	done := imports(t, create(t), projects.ImportOptions{}, file(t, "a.jsonl", "{\"text\": \"a b\", \"label\": \"x\"}\n{\"text\n{\"text\": \"c d\", \"label\": \"y\"}\n{\"text\": \"\", \"label\": \"y\"}\n"))
	if done.ProblemCount != 2 || done.Problems[0].Row != 2 || !strings.Contains(done.Problems[0].Reason, "JSON") || done.Problems[1].Row != 4 || done.Rows != 4 {
		t.Errorf("got %+v", done)
	}
}

// TestEveryFile looks at files that break importers: each is shown, or refused
// with a sentence and a way out.
func TestEveryFile(t *testing.T) {
	p := create(t)
	shown := 0
	for _, folder := range []string{"frictionless", "calamine_xlsx"} {
		paths, err := filepath.Glob(filepath.Join(shared(t, folder), "*"))
		if err != nil || len(paths) < 100 {
			t.Fatalf("found %d files, %v", len(paths), err)
		}
		for _, path := range paths {
			chosen, err := projects.Choose([]string{path}, projects.ImportOptions{})
			for _, c := range chosen {
				var preview projects.Preview
				if preview, err = p.Preview(t.Context(), c.File, c.Options, nil); err == nil {
					shown++
					t.Logf("%s: %s, %d rows of %q", filepath.Base(c.File), preview.Format, preview.Rows, preview.Columns[:min(5, len(preview.Columns))])
				}
			}
			if hinted, ok := err.(interface{ Hint() string }); err != nil && (!ok || hinted.Hint() == "") {
				t.Errorf("%s is refused without a way out: %v", filepath.Base(path), err)
			} else if err != nil {
				t.Logf("refused: %v", err)
			}
		}
	}
	if shown < 195 {
		t.Errorf("%d files are shown, want at least 195", shown)
	}
}
