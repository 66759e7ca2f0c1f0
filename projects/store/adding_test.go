package store_test

import (
	"fmt"
	"strings"
	"testing"

	"attune/engine/dataset"
	"attune/projects/store"
)

// TestAddedRowsAreSeen adds more rows than are inserted together, some of them long, and
// looks at them in between.
func TestAddedRowsAreSeen(t *testing.T) {
	s := create(t)
	const n, long = 200, 40
	want := map[int64]string{}
	edit(t, s, "import", func(e *store.Edit) error {
		if err := e.Source("a.csv", []string{"customer"}); err != nil {
			return err
		}
		for i := range n {
			x := example(i)
			if i%long == 0 {
				x.Text += strings.Repeat(" sehr", 100_000)
			}
			if err := e.Add(x); err != nil {
				return err
			}
			want[e.Added()] = x.Text
			if i%50 != 7 {
				continue
			}
			if changed, err := e.Relabel([]int64{e.Added()}, []string{"other"}); err != nil || changed != 1 {
				return fmt.Errorf("the row added last is relabelled in %d rows: %w", changed, err)
			}
			if all, err := e.Assigned("customer"); err != nil || len(all) != i+1 || all[i].Group != x.Others[0] {
				return fmt.Errorf("of %d rows %d are seen: %w", i+1, len(all), err)
			}
			rows := 0
			for _, err := range e.Originals() {
				if rows++; err != nil {
					return err
				}
			}
			if rows != i+1 {
				return fmt.Errorf("of %d rows %d are read", i+1, rows)
			}
		}
		return nil
	})
	for _, r := range exampleRows(t, s, n) {
		if r.Text != want[r.ID] {
			t.Errorf("row %d has %d bytes, want %d", r.ID, len(r.Text), len(want[r.ID]))
		}
		if other := int(r.ID-1)%50 == 7; other != (r.Labels[0] == "other") {
			t.Errorf("row %d has the labels %q", r.ID, r.Labels)
		}
		if test := int(r.ID)%5 == 0; test != (r.Split == dataset.Test) {
			t.Errorf("row %d is for %q", r.ID, r.Split)
		}
	}
}

// exampleRows gives the first n rows.
func exampleRows(t *testing.T, s *store.Store, n int) []store.Row {
	t.Helper()
	all := make([]int64, n)
	for i := range all {
		all[i] = int64(i + 1)
	}
	rows, err := s.Rows(t.Context(), all)
	if err != nil || len(rows) != n {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	return rows
}
