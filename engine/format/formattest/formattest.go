// Package formattest checks what every file format must do, whatever the file:
// the tests of each format call Check with files of their own. It knows no
// format.
package formattest

import (
	"context"
	"errors"
	"io"
	"slices"
	"testing"

	"attune/engine/format"
)

// Check reads a good file in every way that an import may, and fails the test
// where the format breaks its word: Inspect counts the rows that Read gives,
// both tell their progress up to the file's size, read the same again, stop
// when their context ends, and name a file that is cut short or missing.
func Check(t *testing.T, x format.Format, f format.File) {
	t.Helper()
	l, err := x.Inspect(t.Context(), f, format.Overrides{}, nil)
	if err != nil {
		t.Fatalf("Inspect: %v", err)
	}
	t.Run("layout", func(t *testing.T) { checkLayout(t, x, l) })
	t.Run("records", func(t *testing.T) { checkRecords(t, x, f, l) })
	t.Run("progress", func(t *testing.T) { checkProgress(t, x, f, l) })
	t.Run("cancel", func(t *testing.T) { checkCancel(t, x, f, l) })
	t.Run("cut short", func(t *testing.T) { checkCut(t, x, f, l) })
	t.Run("missing", func(t *testing.T) { checkMissing(t, x, f, l) })
}

func checkLayout(t *testing.T, x format.Format, l format.Layout) {
	if l.Format != x.Name {
		t.Errorf("the layout is of %q, want %q", l.Format, x.Name)
	}
	names := map[string]bool{}
	for _, c := range l.Columns {
		if c == "" || names[c] {
			t.Errorf("the name %q of a column is empty or there twice", c)
		}
		names[c] = true
	}
	if len(l.Distinct) != len(l.Columns) {
		t.Errorf("%d counts of different values for %d columns", len(l.Distinct), len(l.Columns))
	}
	if want := min(l.Rows, format.SampleRows); len(l.Sample) != want {
		t.Errorf("a sample of %d rows, want %d", len(l.Sample), want)
	}
	for i, row := range l.Sample {
		if len(row) != len(l.Columns) {
			t.Errorf("row %d of the sample has %d values for %d columns", i+1, len(row), len(l.Columns))
		}
	}
}

func checkRecords(t *testing.T, x format.Format, f format.File, l format.Layout) {
	first, err := collect(t.Context(), x, f, l)
	if err != nil {
		t.Fatal(err)
	}
	if len(first) != l.Rows {
		t.Errorf("Inspect counts %d rows, Read gives %d", l.Rows, len(first))
	}
	for i, rec := range first {
		if rec.Row != i+1 {
			t.Fatalf("record %d says it is row %d", i+1, rec.Row)
		}
		if len(rec.Values) < len(l.Columns) {
			t.Errorf("row %d has %d values for %d columns", rec.Row, len(rec.Values), len(l.Columns))
		}
		if p := rec.Problem; p != nil && (p.Row != rec.Row || p.Reason == "" || p.Fix == "") {
			t.Errorf("row %d has the incomplete problem %+v", rec.Row, *p)
		}
	}
	second, err := collect(t.Context(), x, f, l)
	if err != nil {
		t.Fatal(err)
	}
	same := func(a, b format.Record) bool { return slices.Equal(a.Values, b.Values) }
	if !slices.EqualFunc(first, second, same) {
		t.Error("a second reading gives other records")
	}
}

func checkProgress(t *testing.T, x format.Format, f format.File, l format.Layout) {
	var told []int64
	tell := func(bytes int64) { told = append(told, bytes) }
	check := func(name string) {
		if !slices.IsSorted(told) || len(told) == 0 || told[len(told)-1] != f.Size {
			t.Errorf("the progress of %s does not grow to %d: it ends with %v", name, f.Size, told[max(0, len(told)-5):])
		}
		told = nil
	}
	if _, err := x.Inspect(t.Context(), f, format.Overrides{}, tell); err != nil {
		t.Fatal(err)
	}
	check("Inspect")
	for _, err := range x.Read(t.Context(), f, l, tell) {
		if err != nil {
			t.Fatal(err)
		}
	}
	check("Read")
}

func checkCancel(t *testing.T, x format.Format, f format.File, l format.Layout) {
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := x.Inspect(ended, f, format.Overrides{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("Inspect gives %v when its context has ended", err)
	}
	if recs, err := collect(ended, x, f, l); !errors.Is(err, context.Canceled) || len(recs) > 0 {
		t.Errorf("Read gives %d records and %v when its context has ended", len(recs), err)
	}
	during, end := context.WithCancel(t.Context())
	defer end()
	n := 0
	for _, err := range x.Read(during, f, l, nil) {
		if err != nil {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("Read gives %v when its context ends", err)
			}
			break
		}
		n++
		end()
	}
	if n > 1 {
		t.Errorf("Read gives %d more records after its context ended", n-1)
	}
	for range x.Read(t.Context(), f, l, nil) {
		break // a reader that goes on after this panics
	}
}

// checkCut reads a file that ends in its middle, as one does that another
// program writes anew.
func checkCut(t *testing.T, x format.Format, f format.File, l format.Layout) {
	whole := f.Open
	f.Open = func() (io.ReadCloser, error) {
		r, err := whole()
		if err != nil {
			return nil, err
		}
		return half{io.LimitReader(r, f.Size/2), r}, nil
	}
	checkFails(t, x, f, l, io.ErrUnexpectedEOF)
}

type half struct {
	io.Reader
	io.Closer
}

var errGone = errors.New("the drive is gone")

func checkMissing(t *testing.T, x format.Format, f format.File, l format.Layout) {
	f.Open = func() (io.ReadCloser, error) { return nil, errGone }
	checkFails(t, x, f, l, errGone)
}

// checkFails wants an *Error that names the file, its cause and a way out.
func checkFails(t *testing.T, x format.Format, f format.File, l format.Layout, cause error) {
	_, inspected := x.Inspect(t.Context(), f, format.Overrides{}, nil)
	_, read := collect(t.Context(), x, f, l)
	for name, err := range map[string]error{"Inspect": inspected, "Read": read} {
		var e *format.Error
		if !errors.As(err, &e) || !errors.Is(err, cause) {
			t.Errorf("%s gives %v, want a *format.Error of %v", name, err, cause)
		} else if e.File != f.Name || e.Hint() == "" {
			t.Errorf("%s gives an error without the file's name or a hint: %+v", name, e)
		}
	}
}

// collect reads a file to its end, or to an error.
func collect(ctx context.Context, x format.Format, f format.File, l format.Layout) ([]format.Record, error) {
	var all []format.Record
	for rec, err := range x.Read(ctx, f, l, nil) {
		if err != nil {
			return all, err
		}
		all = append(all, rec)
	}
	return all, nil
}
