package format_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"attune/engine/format"
	"attune/engine/format/formattest"
)

func TestOpen(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "données 文.csv")
	if err := os.WriteFile(path, []byte("text,label\na,b\nc,d\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := format.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if f.Name != "données 文.csv" || f.Size != 19 {
		t.Errorf("got %q of %d bytes", f.Name, f.Size)
	}
	formattest.Check(t, format.CSV, f)
}

func TestOpenRefuses(t *testing.T) {
	folder := t.TempDir()
	locked := filepath.Join(folder, "locked.csv")
	if err := os.WriteFile(locked, []byte("a,b\n"), 0); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, path, says string
		cause            error
	}{
		{"missing", filepath.Join(folder, "none.csv"), "there is no such file", fs.ErrNotExist},
		{"empty folder", t.TempDir(), "none that can be read", nil},
		{"locked", locked, "you may not read it", fs.ErrPermission},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.path == locked && os.Getuid() == 0 {
				t.Skip("the superuser may read every file")
			}
			_, err := format.Open(test.path)
			var e *format.Error
			if !errors.As(err, &e) || !strings.Contains(err.Error(), test.says) || e.Hint() == "" {
				t.Errorf("got %v, want an error that says %q and a way out", err, test.says)
			}
			if test.cause != nil && !errors.Is(err, test.cause) {
				t.Errorf("got %v, want the cause %v", err, test.cause)
			}
		})
	}
}

// TestVanishedFile takes a file away between two passes.
func TestVanishedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.csv")
	if err := os.WriteFile(path, []byte("text,label\na,b\nc,d\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, l, err := inspect(t, path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	for _, err = range format.CSV.Read(t.Context(), f, l, nil) {
	}
	if want := "a.csv should be there, but there is no such file"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %q", err, want)
	}
}

// TestBrokenDrive fails in the middle of a file; what came before is read.
func TestBrokenDrive(t *testing.T) {
	f := memoryFile("a.csv", []byte("text,label\n"+strings.Repeat("a,b\n", 200_000)))
	l, err := format.CSV.Inspect(t.Context(), f, format.Overrides{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("input/output error")
	whole := f.Open
	f.Open = func() (io.ReadCloser, error) {
		r, err := whole()
		return failing{io.LimitReader(r, 600_001), broken}, err
	}
	rows := 0
	for _, err = range format.CSV.Read(t.Context(), f, l, nil) {
		if err == nil {
			rows++
		}
	}
	var e *format.Error
	if !errors.As(err, &e) || !errors.Is(err, broken) || rows != (600_001-11)/4 {
		t.Errorf("got %d rows and %v", rows, err)
	}
}

type failing struct {
	io.Reader
	err error
}

func (f failing) Read(b []byte) (int, error) {
	n, err := f.Reader.Read(b)
	if err == io.EOF {
		err = f.err
	}
	return n, err
}

func (f failing) Close() error { return nil }

// TestCancelInside ends the context inside one row that is larger than a chunk.
func TestCancelInside(t *testing.T) {
	f := memoryFile("a.csv", []byte("text,label\n\""+strings.Repeat("words ", 1<<20)+"\",b\n"))
	ctx, end := context.WithCancel(t.Context())
	read := int64(0)
	_, err := format.CSV.Inspect(ctx, f, format.Overrides{}, func(bytes int64) {
		read = bytes
		if bytes > f.Size*3/4 {
			end()
		}
	})
	if !errors.Is(err, context.Canceled) || read == f.Size {
		t.Errorf("got %v after %d of %d bytes", err, read, f.Size)
	}
}

func TestFind(t *testing.T) {
	lines := format.Format{
		Name: "JSON lines", Extensions: []string{".jsonl"},
		Matches: func(head []byte) bool { return bytes.HasPrefix(head, []byte("{")) },
	}
	formats := []format.Format{format.CSV, lines}
	for _, test := range []struct{ name, file, text, want string }{
		{"by extension", "a.csv", "a,b\n", "CSV"},
		{"in capitals", "A.TSV", "a\tb\n", "CSV"},
		{"by content", "a.export", "{\"a\": 1}\n", "JSON lines"},
		{"by content, not by extension", "a.csv", "{\"a\": 1}\n", "JSON lines"},
		{"text of no extension", "a", "a,b\n", "CSV"},
		{"a table that begins like another", "a.jsonl", "a,b\n", "CSV"},
		{"nothing it could be", "a.csv", "PK\x03\x04\x00", "CSV"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := format.Find(formats, memoryFile(test.file, []byte(test.text)))
			if err != nil || got.Name != test.want {
				t.Errorf("got %q, %v, want %q", got.Name, err, test.want)
			}
		})
	}
	_, err := format.Find(formats, memoryFile("a.xls", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")))
	if hint, ok := err.(interface{ Hint() string }); !ok || !strings.Contains(hint.Hint(), ".xlsx") {
		t.Errorf("got %v, want an error whose way out is .xlsx", err)
	}
	_, err = format.Find(formats, memoryFile("a.pdf", []byte("%PDF-1.7 \x00")))
	var e *format.Error
	if !errors.As(err, &e) || !strings.Contains(err.Error(), "PDF") || !strings.Contains(e.Hint(), "CSV") {
		t.Errorf("got %v, want an error that tells the PDF and the formats", err)
	}
}
