package projects_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"attune/engine/dataset"
	"attune/projects"
	"attune/projects/store"
)

func TestImport(t *testing.T) {
	no := false
	for name, test := range map[string]struct {
		files    map[string]string
		options  projects.ImportOptions
		rows     int
		labels   map[string]int
		splits   map[dataset.Split]int
		problems int
	}{
		"labels are trimmed": {
			files:  map[string]string{"a.csv": "text,label\nwhere is my parcel, late \nit never came,late\nthank you all,happy\n"},
			rows:   3,
			labels: map[string]int{"late": 2, "happy": 1},
			splits: map[dataset.Split]int{"": 3},
		},
		"no label is unlabelled, no text is a problem": {
			files:    map[string]string{"a.csv": "text,label\nwhere is my parcel,late\nit never came,\n  ,late\nthank you all,happy\n"},
			rows:     3,
			labels:   map[string]int{"late": 1, "happy": 1},
			splits:   map[dataset.Split]int{"": 2, dataset.Unlabelled: 1},
			problems: 1,
		},
		"a split column in many words": {
			files: map[string]string{"a.csv": "text,label,split\none two three,a,training\nfour five six,b,dev\nseven eight nine,a,Valid\nten eleven,b,TEST\ntwelve,a,testing\nthirteen,b,val\n"},
			rows:  6, labels: map[string]int{"a": 3, "b": 3},
			splits: map[dataset.Split]int{dataset.Train: 1, dataset.Validation: 3, dataset.Test: 2},
		},
		"files named as splits": {
			files: map[string]string{
				"tickets-train.csv": "text,label\none two three,a\nfour five,b\n",
				"tickets_dev.csv":   "text,label\nsix seven,a\n",
				"Test.csv":          "text,label\neight nine,b\n",
			},
			rows: 4, labels: map[string]int{"a": 2, "b": 2},
			splits: map[dataset.Split]int{dataset.Train: 2, dataset.Validation: 1, dataset.Test: 1},
		},
		"one file's name says nothing": {
			files: map[string]string{"test.csv": "text,label\none two three,a\nfour five,b\n"},
			rows:  2, labels: map[string]int{"a": 1, "b": 1}, splits: map[dataset.Split]int{"": 2},
		},
		"as test": {
			files:   map[string]string{"x.csv": "text,label\none two three,a\nfour five,b\n"},
			options: projects.ImportOptions{As: dataset.Test},
			rows:    2, labels: map[string]int{"a": 1, "b": 1}, splits: map[dataset.Split]int{dataset.Test: 2},
		},
		"columns as wished": {
			files:   map[string]string{"x.csv": "kind,remark,note\nx,hello there,a\ny,good bye,b\n"},
			options: projects.ImportOptions{Roles: projects.Roles{Text: "note", Label: "remark"}},
			rows:    2, labels: map[string]int{"hello there": 1, "good bye": 1}, splits: map[dataset.Split]int{"": 2},
		},
		"no label wished": {
			files:   map[string]string{"x.csv": "text,label\none two three,a\nfour five,b\n"},
			options: projects.ImportOptions{Roles: projects.Roles{Label: projects.NoColumn}},
			rows:    2, labels: map[string]int{}, splits: map[dataset.Split]int{dataset.Unlabelled: 2},
		},
		"encoding, delimiter and header as wished": {
			files:   map[string]string{"x.txt": "sch\xf6n hier|gut\nh\xe4sslich dort|schlecht\n"},
			options: projects.ImportOptions{Encoding: "windows-1252", Delimiter: "|", Header: &no, Roles: projects.Roles{Text: "column 1", Label: "column 2"}},
			rows:    2, labels: map[string]int{"gut": 1, "schlecht": 1}, splits: map[dataset.Split]int{"": 2},
		},
		"UTF-16 from Windows": {
			files: map[string]string{"x.csv": utf16le("text;label\nGrüße aus Köln;froh\nleider kaputt;traurig\n")},
			rows:  2, labels: map[string]int{"froh": 1, "traurig": 1}, splits: map[dataset.Split]int{"": 2},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := create(t)
			var files []string
			for _, name := range slices.Sorted(maps.Keys(test.files)) {
				files = append(files, file(t, name, test.files[name]))
			}
			got := imports(t, p, test.options, files...)
			if got.Imported != test.rows || got.ProblemCount != test.problems || len(got.Problems) != test.problems {
				t.Errorf("imported %d with %d problems %v", got.Imported, got.ProblemCount, got.Problems)
			}
			if !maps.Equal(got.Labels, test.labels) || !maps.Equal(got.Splits, test.splits) {
				t.Errorf("labels %v, splits %v", got.Labels, got.Splits)
			}
			o := overview(t, p)
			stored := map[string]int{}
			for _, l := range o.Labels {
				stored[l.Label] = l.Rows
			}
			if o.Rows != test.rows || !maps.Equal(o.Splits, test.splits) || !maps.Equal(stored, test.labels) || len(o.Sources) != len(files) {
				t.Errorf("the project has %+v", o)
			}
		})
	}
}

func utf16le(text string) string {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return string(out)
}

func TestImportKeepsRowNumbers(t *testing.T) {
	p := create(t)
	done := imports(t, p, projects.ImportOptions{}, file(t, "a.csv", "text,label\nfirst row here,a\n,b\n\"third\nrow\",b\nfourth row here,a,surplus\n"))
	if done.Rows != 4 || len(done.Problems) != 2 || done.Problems[0].Row != 2 || done.Problems[1].Row != 4 || done.Problems[0].File != "a.csv" {
		t.Errorf("got %+v", done)
	}
	rows, err := p.Rows(t.Context(), projects.Query{}, 1, 10)
	if err != nil || len(rows) != 2 || rows[0].SourceRow != 3 || rows[0].Text != "third\nrow" || rows[0].File != "a.csv" {
		t.Errorf("got %+v, %v", rows, err)
	}
}

// TestBadInput checks that each accident is a sentence with a way out, in the
// preview as in the import, and that what was there before is still there.
func TestBadInput(t *testing.T) {
	dir := t.TempDir()
	different := "text,label\n"
	for i := range 11_000 {
		different += fmt.Sprintf("some words about row %d,L%d\n", i, i)
	}
	for name, test := range map[string]struct {
		path    string
		options projects.ImportOptions
		says    string
	}{
		"empty file":            {path: file(t, "empty.csv", ""), says: "empty"},
		"only blank lines":      {path: file(t, "blank.csv", "\n\n  \n"), says: "blank.csv"},
		"only a header":         {path: file(t, "header.csv", "text,label\n"), says: "only a header"},
		"no such file":          {path: filepath.Join(dir, "gone.csv"), says: "no such file"},
		"a folder":              {path: dir, says: "folder"},
		"a picture":             {path: file(t, "photo.csv", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00"), says: "photo.csv"},
		"only empty texts":      {path: file(t, "none.csv", "text,label\n,a\n  ,b\n"), options: projects.ImportOptions{Roles: projects.Roles{Text: "text"}}, says: "none of the 2 rows"},
		"a column not there":    {path: file(t, "a.csv", "text,label\nhello you,a\n"), options: projects.ImportOptions{Roles: projects.Roles{Text: "body"}}, says: `"body"`},
		"no label but all else": {path: file(t, "b.csv", different), options: projects.ImportOptions{Roles: projects.Roles{Text: "text", Label: "label"}}, says: "too many to be labels"},
	} {
		t.Run(name, func(t *testing.T) {
			p := create(t)
			imports(t, p, projects.ImportOptions{}, file(t, "good.csv", "text,label\nhello you,a\ngood bye,b\n"))
			before := overview(t, p)
			_, err := p.Import(t.Context(), []string{test.path}, test.options, nil)
			var hint interface{ Hint() string }
			if err == nil || !strings.Contains(err.Error(), test.says) || !errors.As(err, &hint) || hint.Hint() == "" {
				t.Fatalf("error %v", err)
			}
			if o := overview(t, p); fmt.Sprint(o) != fmt.Sprint(before) {
				t.Errorf("it is now %+v", o)
			}
			if preview, err := p.Preview(t.Context(), test.path, test.options, nil); err == nil && len(preview.Warnings) == 0 && preview.Problems == 0 {
				t.Errorf("the preview finds nothing wrong: %+v", preview)
			}
		})
	}
}

func TestWarnings(t *testing.T) {
	for name, test := range map[string]struct{ text, says string }{
		"one class only":         {"text,label\nhello you,a\ngood bye,a\n", `the label "a"`},
		"all labels different":   {"text,label\nhello you,l1\ngood bye,l2\nsee you,l3\nso long,l4\n", "4 different labels"},
		"a label with one row":   {"text,label\nhello you,a\ngood bye,a\nsee you,b\nso long,a\nhi,a\n", "1 label has only one row"},
		"labels all empty":       {"text,label\nhello you all,\ngood bye you,\n", "unlabelled"},
		"nothing to learn there": {"remark\nhello you all\ngood bye you\nsee you soon\n", "unlabelled"},
	} {
		t.Run(name, func(t *testing.T) {
			p := create(t)
			path := file(t, "a.csv", test.text)
			preview, err := p.Preview(t.Context(), path, projects.ImportOptions{}, nil)
			if err != nil || len(preview.Warnings) != 1 || !strings.Contains(preview.Warnings[0], test.says) {
				t.Errorf("preview warns %q, %v", preview.Warnings, err)
			}
			if done := imports(t, p, projects.ImportOptions{}, path); !slices.Equal(done.Warnings, preview.Warnings) {
				t.Errorf("the import warns %q", done.Warnings)
			}
		})
	}
	t.Run("one column twice", func(t *testing.T) {
		o := projects.ImportOptions{Roles: projects.Roles{Text: "label", Label: "label"}}
		preview, err := create(t).Preview(t.Context(), file(t, "a.csv", "text,label\nhello you,a\ngood bye,b\nhello me,a\nbye bye,b\n"), o, nil)
		if err != nil || len(preview.Warnings) != 1 || !strings.Contains(preview.Warnings[0], `"label" is both the text and the label`) {
			t.Errorf("preview warns %q, %v", preview.Warnings, err)
		}
	})
	t.Run("nothing to warn of", func(t *testing.T) {
		preview, err := create(t).Preview(t.Context(), file(t, "a.csv", "text,label\nhello you,a\ngood bye,b\nhello me,a\nbye bye,b\n"), projects.ImportOptions{}, nil)
		if err != nil || len(preview.Warnings) > 0 || preview.Rows != 4 || len(preview.Labels) != 2 {
			t.Errorf("got %+v, %v", preview, err)
		}
	})
}

// TestCancelledImport stops an import at several places by its progress.
func TestCancelledImport(t *testing.T) {
	text := "text,label\n" + strings.Repeat("where is the parcel that I ordered,late\nI love it,happy\n", 100_000)
	path := file(t, "large.csv", text)
	for name, at := range map[string]string{"while looking": "Looking", "while reading": "Reading"} {
		t.Run(name, func(t *testing.T) {
			p := create(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			_, err := p.Import(ctx, []string{path}, projects.ImportOptions{}, func(now projects.Progress) {
				if strings.HasPrefix(now.Verb, at) && now.Done > 0 {
					cancel()
				}
			})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("error %v", err)
			}
			if o := overview(t, p); o.Rows != 0 || len(o.Sources) != 0 || o.CanUndo != "" {
				t.Errorf("left behind: %+v", o)
			}
			info, err := os.Stat(filepath.Join(p.Path(), "project.sqlite"))
			if err != nil || info.Size() > 1<<20 {
				t.Errorf("the file has %d bytes, %v", info.Size(), err)
			}
		})
	}
}

func TestProgressReachesTheEnd(t *testing.T) {
	path := file(t, "a.csv", "text,label\n"+strings.Repeat("hello you,a\ngood bye,b\n", 50_000))
	var seen []projects.Progress
	_, err := create(t).Import(t.Context(), []string{path, path}, projects.ImportOptions{}, func(now projects.Progress) { seen = append(seen, now) })
	if err != nil || len(seen) == 0 {
		t.Fatalf("%d reports, %v", len(seen), err)
	}
	last := seen[len(seen)-1]
	if last.Done != last.Total || last.Total == 0 || last.Left != 0 {
		t.Errorf("ended at %+v", last)
	}
	if !slices.IsSortedFunc(seen, func(a, b projects.Progress) int { return int(a.Done - b.Done) }) {
		t.Errorf("went back: %+v", seen)
	}
}

func TestOneImportAtATime(t *testing.T) {
	p := create(t)
	other, err := projects.Open(p.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	path := file(t, "a.csv", "text,label\nhello you,a\ngood bye,b\n")
	refused := false
	imported, err := p.Import(t.Context(), []string{path}, projects.ImportOptions{}, func(projects.Progress) {
		_, err := other.Import(t.Context(), []string{path}, projects.ImportOptions{}, nil)
		refused = refused || errors.Is(err, store.ErrBusy) && strings.Contains(err.Error(), "import of a.csv")
		if err == nil {
			t.Error("a second import went on at the same time")
		}
	})
	if err != nil || imported.Imported != 2 || !refused {
		t.Errorf("imported %+v, %v; the other was refused: %v", imported, err, refused)
	}
	if o := overview(t, other); o.Rows != 2 {
		t.Errorf("the other window sees %d rows", o.Rows)
	}
	if _, err := other.Import(t.Context(), []string{path}, projects.ImportOptions{}, nil); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestRealDataSets(t *testing.T) {
	for name, test := range map[string]struct {
		files        []string
		rows, labels int
	}{
		"sms_spam":  {[]string{"sms_spam/sms.tsv"}, 5574, 2},
		"ag_news":   {[]string{"ag_news/ag_news_7600.csv"}, 7600, 4},
		"banking77": {[]string{"banking77/train.csv", "banking77/test.csv"}, 13083, 77},
	} {
		t.Run(name, func(t *testing.T) {
			p := create(t)
			var files []string
			for _, f := range test.files {
				files = append(files, shared(t, f))
			}
			done := imports(t, p, projects.ImportOptions{}, files...)
			if done.Imported != test.rows || done.ProblemCount != 0 || len(done.Labels) != test.labels || len(done.Warnings) > 0 {
				t.Errorf("got %+v", done)
			}
		})
	}
}
