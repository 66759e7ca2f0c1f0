package format_test

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"attune/engine/format"
	"attune/engine/format/formattest"
)

// folderOf writes files, given as names and texts in turn.
func folderOf(t testing.TB, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		path := filepath.Join(dir, filepath.FromSlash(files[i]))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(files[i+1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func gzipOf(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// texts are folders of texts, with what is read of them.
var texts = map[string]struct {
	files   []string
	columns string
	rows    []string
}{
	"labels": {[]string{"pos/1.txt", "I love it\n", "pos/2.txt", "So good", "neg/1.txt", "Not at all\r\nnever"},
		"text|label|file", []string{"Not at all\r\nnever|neg|neg/1.txt", "I love it|pos|pos/1.txt", "So good|pos|pos/2.txt"}},
	"splits and labels": {[]string{"train/pos/1.txt", "I love it", "train/neg/1.txt", "No", "test/pos/1.txt", "Yes"},
		"text|label|split|file", []string{"Yes|pos|test|test/pos/1.txt", "No|neg|train|train/neg/1.txt", "I love it|pos|train|train/pos/1.txt"}},
	"no labels":   {[]string{"one.txt", "first text", "two.txt", "second text"}, "text|file", []string{"first text|one.txt", "second text|two.txt"}},
	"no endings":  {[]string{"alt.atheism/49960", "a", "sci.space/60001", "b"}, "text|label|file", []string{"a|alt.atheism|alt.atheism/49960", "b|sci.space|sci.space/60001"}},
	"other files": {[]string{"a/1.txt", "x", "b/2.txt", "y", ".DS_Store", "z", "b/photo.jpg", "\xff\xd8\xff", "README.txt", "about"}, "text|label|file", []string{"x|a|a/1.txt", "y|b|b/2.txt"}},
	"encodings": {[]string{"a/1.txt", "caf\xe9 \xfcber", "b/2.txt", "\ufeffÜber", "b/3.txt", string(utf16Bytes("Größe")), "b/4.txt", "\x00\x01\x02"},
		"text|label|file", []string{"café über|a|a/1.txt", "Über|b|b/2.txt", "Größe|b|b/3.txt", "|b|b/4.txt ! no text"}},
	"empty texts": {[]string{"a/1.txt", "", "b/2.txt", "y"}, "text|label|file", []string{"|a|a/1.txt", "y|b|b/2.txt"}},
	"long names and letters": {[]string{"ärger/" + strings.Repeat("long ", 30) + ".txt", "x", "freude/2.txt", strings.Repeat("y", 1000)},
		"text|label|file", []string{strings.Repeat("y", 1000) + "|freude|freude/2.txt", "x|ärger|ärger/" + strings.Repeat("long ", 30) + ".txt"}},
}

func TestFolder(t *testing.T) {
	for name, test := range texts {
		t.Run(name, func(t *testing.T) {
			dir := folderOf(t, test.files...)
			f, err := format.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			sameTable(t, format.Folder, f, format.Overrides{}, test.columns, test.rows...)
			formattest.Check(t, format.Folder, f)
		})
		t.Run(name+", zipped", func(t *testing.T) {
			path := filepath.Join(folderOf(t, "texts.zip", string(zipOf(t, test.files...))), "texts.zip")
			f, err := format.Open(path)
			if err != nil || f.Name != "texts" {
				t.Fatalf("got %q, %v", f.Name, err)
			}
			if x, err := format.Find([]format.Format{format.CSV, format.Folder}, f); err != nil || x.Name != format.Folder.Name {
				t.Fatalf("it is taken for %q, %v", x.Name, err)
			}
			sameTable(t, format.Folder, f, format.Overrides{}, test.columns, test.rows...)
			formattest.Check(t, format.Folder, f)
		})
	}
}

// TestTape reads an archive that another program may have written.
func TestTape(t *testing.T) {
	f, err := format.Open(folderOf(t, "a/1.txt", "x", "b/2.txt", "y"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var tape bytes.Buffer
	if _, err := tape.ReadFrom(r); err != nil || int64(tape.Len()) != f.Size {
		t.Fatalf("%d bytes, %v, want %d", tape.Len(), err, f.Size)
	}
	for name, data := range map[string]string{"texts.tar": tape.String(), "texts.tar.gz": gzipOf(t, tape.String()), "texts.tgz": gzipOf(t, tape.String())} {
		t.Run(name, func(t *testing.T) {
			f, err := format.Open(filepath.Join(folderOf(t, name, data), name))
			if err != nil || f.Name != "texts.tar" {
				t.Fatalf("got %q, %v", f.Name, err)
			}
			sameTable(t, format.Folder, f, format.Overrides{}, "text|label|file", "x|a|a/1.txt", "y|b|b/2.txt")
			formattest.Check(t, format.Folder, f)
		})
	}
}

func TestPacked(t *testing.T) {
	const table = "text,label\nwhere is it,late\nthank you,happy\n"
	for name, test := range map[string]struct{ file, data, path, want string }{
		"gzip":                   {"a.csv.gz", gzipOf(t, table), "a.csv.gz", "a.csv"},
		"two gzips in one":       {"a.csv.gz", gzipOf(t, table[:20]) + gzipOf(t, table[20:]), "a.csv.gz", "a.csv"},
		"zip of one":             {"a.zip", string(zipOf(t, "in/a.csv", table, "README.txt", "about")), "a.zip", "a.csv"},
		"a member of a zip":      {"a.zip", string(zipOf(t, "in/a.csv", table, "b.csv", "x")), "a.zip/in/a.csv", "a.csv"},
		"a gzip in a zip":        {"a.zip", string(zipOf(t, "a.csv.gz", gzipOf(t, table))), "a.zip", "a.csv"},
		"a folder of one":        {"in/a.csv", table, "in", "a.csv"},
		"a text alone in a zip":  {"a.zip", string(zipOf(t, "a.txt", table)), "a.zip", "a.txt"},
		"a zip of another name":  {"a.csv", string(zipOf(t, "b.csv", table)), "a.csv", "b.csv"},
		"a gzip of another name": {"a.csv", gzipOf(t, table), "a.csv", "a"},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := format.Open(filepath.Join(folderOf(t, test.file, test.data), filepath.FromSlash(test.path)))
			if err != nil || f.Name != test.want {
				t.Fatalf("got %q, %v, want %q", f.Name, err, test.want)
			}
			sameTable(t, format.CSV, f, format.Overrides{}, "text|label", "where is it|late", "thank you|happy")
			formattest.Check(t, format.CSV, f)
		})
	}
}

func TestTables(t *testing.T) {
	for name, test := range map[string]struct{ files, want []string }{
		"splits":               {[]string{"train.csv", "a", "test.csv", "b", "README.md", "c"}, []string{"test.csv", "train.csv"}},
		"saved by datasets":    {[]string{"train/data-00000-of-00001.arrow", "a", "train/state.json", "{}", "train/dataset_info.json", "{}", "train/cache-1f.arrow", "b", "test/data-00000-of-00001.arrow", "c", "dataset_dict.json", "{}"}, []string{"test/data-00000-of-00001.arrow", "train/data-00000-of-00001.arrow"}},
		"of Hugging Face":      {[]string{"data/train-00000-of-00002.parquet", "a", "data/train-00001-of-00002.parquet", "b", "dataset_info.json", "{}", "x.csv", "y"}, []string{"data/train-00000-of-00002.parquet", "data/train-00001-of-00002.parquet"}},
		"splits as texts":      {[]string{"train.txt", "a", "dev.txt", "b"}, []string{"dev.txt", "train.txt"}},
		"folders of texts":     {[]string{"a/1.txt", "x", "b/1.txt", "y"}, []string{""}},
		"texts of one folder":  {[]string{"1.txt", "x", "2.txt", "y"}, []string{""}},
		"more beside the data": {[]string{"data.csv", "a", "notes.txt", "b"}, []string{"data.csv"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := folderOf(t, test.files...)
			zipped := filepath.Join(folderOf(t, "a.zip", string(zipOf(t, test.files...))), "a.zip")
			for _, path := range []string{dir, zipped} {
				got, err := format.Tables(path)
				var names []string
				for _, name := range got {
					rel, _ := filepath.Rel(path, name)
					names = append(names, strings.TrimPrefix(filepath.ToSlash(rel), "."))
				}
				want := strings.Join(test.want, " ")
				if path == zipped && len(test.want) == 1 {
					want = "" // the archive stands for its only table
				}
				if err != nil || strings.Join(names, " ") != want {
					t.Errorf("got %q, %v, want %q", names, err, want)
				}
				for _, name := range got {
					if _, err := format.Open(name); err != nil {
						t.Errorf("%s: %v", name, err)
					}
				}
			}
		})
	}
}

func TestArchivesRefuse(t *testing.T) {
	dir := folderOf(t, "two.zip", string(zipOf(t, "a.csv", "x", "b.csv", "y")), "none.zip", string(zipOf(t, "a.jpg", "x")),
		"cut.zip", string(zipOf(t, "a.csv", "x"))[:40], "cut.csv.gz", gzipOf(t, "text,label\na,b\n")[:15], "empty/.hidden", "")
	for path, says := range map[string]string{
		"two.zip": "holds 2", "none.zip": "none that can be read", "cut.zip": "it is damaged", "empty": "none that can be read", "two.zip/c.csv": "no such file", "none": "no such file",
	} {
		t.Run(path, func(t *testing.T) {
			_, err := format.Open(filepath.Join(dir, filepath.FromSlash(path)))
			if err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("got %v, want an error that says %q", err, says)
			}
		})
	}
	f, err := format.Open(filepath.Join(dir, "cut.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	refuses(t, format.CSV, f, format.Overrides{}, "unexpected EOF")
}

// TestRealArchives reads what other programs packed.
func TestRealArchives(t *testing.T) {
	folder := sharedFolder(t, "frictionless")
	for name, want := range map[string]string{"table.csv.gz": "id name", "table.csv.zip": "id name", "doublequote.csv.zip": "", "chunk1.csv.zip": "", "without-rows.csv.zip": ""} {
		t.Run(name, func(t *testing.T) {
			f, err := format.Open(filepath.Join(folder, name))
			if err != nil {
				t.Fatal(err)
			}
			l, err := format.CSV.Inspect(t.Context(), f, format.Overrides{}, nil)
			if err != nil || want != "" && strings.Join(l.Columns, " ") != want {
				t.Errorf("got %q, %v", l.Columns, err)
			}
			if l.Rows > 0 {
				formattest.Check(t, format.CSV, f)
			}
		})
	}
	if all, err := format.Tables(filepath.Join(folder, "table-multiple-files.zip")); err != nil || len(all) != 2 {
		t.Errorf("got %q, %v", all, err)
	}
}

func FuzzFolder(f *testing.F) {
	file, err := format.Open(folderOf(f, "a/1.txt", "x", "b/2.txt", "y"))
	if err != nil {
		f.Fatal(err)
	}
	r, err := file.Open()
	if err != nil {
		f.Fatal(err)
	}
	defer r.Close()
	var tape bytes.Buffer
	if _, err := tape.ReadFrom(r); err != nil {
		f.Fatal(err)
	}
	fuzz(f, format.Folder, tape.String())
}
