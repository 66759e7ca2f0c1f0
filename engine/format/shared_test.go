package format_test

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"attune/engine/format"
	"attune/engine/format/formattest"
)

// sharedFolder is a folder of the shared data, or skips the test.
func sharedFolder(t *testing.T, name string) string {
	t.Helper()
	root := os.Getenv("ATTUNE_SHARED")
	if root == "" {
		t.Skip("ATTUNE_SHARED names no folder: set it to the folder of the shared data to run this test")
	}
	return filepath.Join(root, "data", name)
}

// inspect opens and inspects a file of the disk.
func inspect(t *testing.T, path string) (format.File, format.Layout, error) {
	t.Helper()
	f, err := format.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	l, err := format.CSV.Inspect(context.Background(), f, format.Overrides{}, nil)
	return f, l, err
}

// records reads all records of an inspected file.
func records(t *testing.T, f format.File, l format.Layout) []format.Record {
	t.Helper()
	var all []format.Record
	for rec, err := range format.CSV.Read(context.Background(), f, l, nil) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, rec)
	}
	return all
}

func TestCSVSpectrum(t *testing.T) {
	folder := sharedFolder(t, "csv_spectrum")
	paths, _ := filepath.Glob(filepath.Join(folder, "csvs", "*.csv"))
	if len(paths) < 11 {
		t.Fatalf("found %d files, want at least 11", len(paths))
	}
	for _, path := range paths {
		name := filepath.Base(path)
		t.Run(name, func(t *testing.T) {
			f, l, err := inspect(t, path)
			if err != nil {
				t.Fatal(err)
			}
			got := []map[string]string{}
			for _, rec := range records(t, f, l) {
				if rec.Problem != nil {
					t.Errorf("row %d: %s", rec.Row, rec.Problem.Reason)
				}
				row := map[string]string{}
				for i, v := range rec.Values {
					row[l.Columns[i]] = v
				}
				got = append(got, row)
			}
			var want []map[string]string
			data, err := os.ReadFile(filepath.Join(folder, "json", name[:len(name)-len(".csv")]+".json"))
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(data, &want); err != nil {
				t.Fatal(err)
			}
			if !slices.EqualFunc(got, want, maps.Equal) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

// pollockEncodings are the names that Attune has for what the survey calls its encodings.
var pollockEncodings = map[string]string{"ascii": "utf-8", "utf-8": "utf-8", "latin1": "windows-1252", "CP949": "euc-kr"}

// pollockMistakes are files of which the survey's annotation is not true as they are stored.
var pollockMistakes = map[string]struct{ delimiter, encoding string }{
	"Copy_of_2016-17_Q3_Final_V2.csv":             {",", "utf-8"}, // guessed to be CP949; its bytes are valid UTF-8
	"Sustainability_-_Water_consumption_P_56.csv": {",", "utf-8"}, // guessed to be latin1, at 0.73; the pound sign is C2 A3
	"vissim_data_conf2473_i7_v1987.csv":           {";", "utf-8"}, // there are semicolons between its values
	"locations-1998.csv":                          {"", ""},       // it has no bytes, so no encoding is found
}

// TestPollockSurvey reads real files of open-government portals: none may fail, and
// delimiter, encoding and header are all right on nearly all.
func TestPollockSurvey(t *testing.T) {
	folder := sharedFolder(t, "pollock_survey")
	paths, _ := filepath.Glob(filepath.Join(folder, "csv", "*"))
	if len(paths) != 88 {
		t.Fatalf("found %d files, want 88", len(paths))
	}
	delimiters, encodings, headers, all := 0, 0, 0, 0
	count := func(right bool, n *int) bool {
		if right {
			*n++
		}
		return right
	}
	for _, path := range paths {
		name := filepath.Base(path)
		var want struct {
			Delimiter, Encoding string
			Header              string `json:"header_lines"`
		}
		data, err := os.ReadFile(filepath.Join(folder, "parameters", name+"_parameters.json"))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &want); err != nil {
			t.Fatal(err)
		}
		want.Encoding = pollockEncodings[want.Encoding]
		if is, wrong := pollockMistakes[name]; wrong {
			want.Delimiter, want.Encoding = is.delimiter, is.encoding
		}
		f, l, err := inspect(t, path)
		if err != nil {
			if f.Size > 0 {
				t.Errorf("%s: %v", name, err)
			}
		} else if n := len(records(t, f, l)); n != l.Rows {
			t.Errorf("%s: inspected %d rows, read %d", name, l.Rows, n)
		}
		delimiter := count(l.Delimiter == want.Delimiter, &delimiters)
		encoding := count(l.Encoding == want.Encoding, &encodings)
		header := count(l.Header == (want.Header != "0"), &headers)
		if !count(delimiter && encoding && header, &all) {
			t.Logf("%s: delimiter %q, want %q; encoding %s, want %s; header %v, want %s lines: %q", name, l.Delimiter, want.Delimiter, l.Encoding, want.Encoding, l.Header, want.Header, l.Columns)
		}
	}
	t.Logf("of %d files the delimiter is right on %d, the encoding on %d, the header on %d, all three on %d", len(paths), delimiters, encodings, headers, all)
	if all < 84 {
		t.Errorf("all three are right on %d files, want at least 84", all)
	}
}

// TestFrictionless reads the awkward files of a validator's own tests: ragged,
// of many encodings and headers, with comments, without rows.
func TestFrictionless(t *testing.T) {
	paths, _ := filepath.Glob(filepath.Join(sharedFolder(t, "frictionless"), "*.csv"))
	if len(paths) < 80 {
		t.Fatalf("found %d files, want at least 80", len(paths))
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			f, err := format.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			if f.Size == 0 {
				t.Skip("the file is empty on purpose")
			}
			formattest.Check(t, format.CSV, f)
		})
	}
}

func TestFrictionlessProblems(t *testing.T) {
	folder := sharedFolder(t, "frictionless")
	for _, test := range []struct {
		file     string
		columns  []string
		problems []int // rows
	}{
		{"countries.csv", []string{"id", "neighbor_id", "name", "population"}, []int{2, 5}},
		{"capital-invalid.csv", []string{"id", "name", "name 2"}, []int{9, 10}},
		{"defective-rows.csv", []string{"id", "name", "age"}, []int{1, 2}},
		{"invalid.csv", []string{"id", "name", "column 3", "name 2"}, []int{1, 2, 3}},
		{"structure-errors.csv", []string{"id", "name", "age"}, []int{4}},
		{"without-headers-extra.csv", []string{"column 1", "column 2"}, []int{3}},
		{"duplicate-headers.csv", []string{"id", "name", "id 2", "age", "id 3"}, nil},
		{"skip-rows-before-headers.csv", []string{"id", "name"}, nil},
		{"escaping.csv", []string{"ID", "Test"}, nil},
		{"latin1.csv", []string{"id", "name"}, nil},
	} {
		t.Run(test.file, func(t *testing.T) {
			f, l, err := inspect(t, filepath.Join(folder, test.file))
			if err != nil {
				t.Fatal(err)
			}
			var problems []int
			for _, rec := range records(t, f, l) {
				if rec.Problem != nil {
					problems = append(problems, rec.Row)
				}
			}
			if !slices.Equal(l.Columns, test.columns) || !slices.Equal(problems, test.problems) {
				t.Errorf("got the columns %q and problems in rows %v, want %q and %v", l.Columns, problems, test.columns, test.problems)
			}
		})
	}
}
