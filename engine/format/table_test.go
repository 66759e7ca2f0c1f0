package format_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"

	"attune/engine/format"
)

// sameTable reads a file whole and compares it: rows are written as their values
// joined by "|", and end with "!" and words of the reason where there is a
// problem.
func sameTable(t *testing.T, x format.Format, f format.File, o format.Overrides, columns string, rows ...string) format.Layout {
	t.Helper()
	l, err := x.Inspect(t.Context(), f, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(l.Columns, "|"); got != columns {
		t.Errorf("the columns are %q, want %q", got, columns)
	}
	var got []string
	for rec, err := range x.Read(t.Context(), f, l, nil) {
		if err != nil {
			t.Fatal(err)
		}
		row := strings.Join(rec.Values, "|")
		if p := rec.Problem; p != nil {
			row += " ! " + p.Reason
		}
		got = append(got, row)
	}
	same := func(got, want string) bool {
		values, reason, flawed := strings.Cut(want, " ! ")
		return got == want || flawed && strings.HasPrefix(got, values+" ! ") && strings.Contains(got, reason)
	}
	if !slices.EqualFunc(got, rows, same) {
		t.Errorf("got the rows\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(rows, "\n"))
	}
	if len(got) != l.Rows {
		t.Errorf("Inspect counts %d rows, Read gives %d", l.Rows, len(got))
	}
	return l
}

// refuses wants an *Error that says something, and a way out.
func refuses(t *testing.T, x format.Format, f format.File, o format.Overrides, says string) {
	t.Helper()
	_, err := x.Inspect(t.Context(), f, o, nil)
	var e *format.Error
	if !errors.As(err, &e) || !strings.Contains(err.Error(), says) || e.Hint() == "" {
		t.Errorf("got %v, want an error that says %q and a way out", err, says)
	}
}

// fuzz reads whatever comes as a file of the format: it may be refused with an
// *Error, or its rows are as many as were counted.
func fuzz(f *testing.F, x format.Format, seeds ...string) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file := memoryFile("a"+x.Extensions[0], data)
		x.Matches(data)
		l, err := x.Inspect(t.Context(), file, format.Overrides{}, nil)
		var e *format.Error
		if err != nil && !errors.As(err, &e) {
			t.Fatalf("the error %v is no *Error", err)
		}
		if err != nil {
			return
		}
		r := format.Guess(l)
		read, err := r.Reader(l)
		if err != nil {
			t.Fatalf("no column of %q is the text: %v", l.Columns, err)
		}
		n := 0
		for rec, err := range x.Read(t.Context(), file, l, nil) {
			if err != nil {
				t.Fatalf("inspected, but not read: %v", err)
			}
			if n++; rec.Row != n || len(rec.Values) < len(l.Columns) {
				t.Fatalf("record %d is row %d with %d values for %d columns", n, rec.Row, len(rec.Values), len(l.Columns))
			}
			example, _, _ := read(rec)
			for _, s := range example.Spans {
				if s.Start < 0 || s.Start >= s.End || s.End > len(example.Text) || !utf8.ValidString(example.Text[s.Start:s.End]) {
					t.Fatalf("row %d has the span %+v in %q", n, s, example.Text)
				}
			}
		}
		if n != l.Rows {
			t.Fatalf("inspected %d rows, read %d", l.Rows, n)
		}
	})
}

// utf16Bytes is a text as Windows writes it, with a mark of the byte order.
func utf16Bytes(text string) []byte {
	data, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(text))
	if err != nil {
		panic(err)
	}
	return data
}
