package store_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"testing"

	"attune/engine/dataset"
	"attune/projects/store"
)

// TestUndoReachesTheImport does one edit of each kind, then goes back and forth
// through all of them and compares everything that can be seen at each stop.
func TestUndoReachesTheImport(t *testing.T) {
	s := create(t)
	edits := []struct {
		title string
		do    func(*store.Edit) error
	}{
		{"relabelling", func(e *store.Edit) error { _, err := e.Relabel([]int64{1, 2, 3}, []string{"login"}); return err }},
		{"unlabelling", func(e *store.Edit) error { _, err := e.Relabel([]int64{4, 5}, nil); return err }},
		{"labelling again", func(e *store.Edit) error { _, err := e.Relabel([]int64{4, 5}, []string{"new"}); return err }},
		{"deletion", func(e *store.Edit) error { _, err := e.Delete([]int64{2, 7, 999}); return err }},
		{"renaming", func(e *store.Edit) error { _, err := e.RenameLabel("invoice", "bill"); return err }},
		{"merging", func(e *store.Edit) error { _, err := e.RenameLabel("bill", "login"); return err }},
		{"split", func(e *store.Edit) error {
			from, err := e.Assigned("customer")
			if err != nil {
				return err
			}
			to := make([]dataset.Split, len(from))
			for i := range to {
				to[i] = dataset.Splits[i%3]
			}
			_, err = e.Assign(from, to)
			return err
		}},
		{"second import", func(e *store.Edit) error {
			if err := e.Source("more.csv", nil); err != nil {
				return err
			}
			return e.Add(example(50))
		}},
		{"deletion across imports", func(e *store.Edit) error { _, err := e.Delete([]int64{1, 31}); return err }},
	}
	type stop struct{ rows, hash, title string }
	stops := []stop{{rows(t, s), hash(t, s), ""}}
	add(t, s, 30)
	stops = append(stops, stop{rows(t, s), hash(t, s), "import of 30 rows"})
	for _, e := range edits {
		edit(t, s, e.title, e.do)
		stops = append(stops, stop{rows(t, s), hash(t, s), e.title})
	}
	seen := map[string]string{}
	for i, at := range stops {
		if before, ok := seen[at.hash]; ok {
			t.Errorf("after %q the hash is that after %q", at.title, before)
		}
		seen[at.hash] = at.title
		if i > 0 && at.rows == stops[i-1].rows {
			t.Errorf("%q changed nothing", at.title)
		}
	}
	check := func(doing, title string, err error, i int) {
		t.Helper()
		if err != nil || title == "" {
			t.Fatalf("%s gave %q, %v", doing, title, err)
		}
		if got := rows(t, s); got != stops[i].rows {
			t.Errorf("after %s of %q the rows are\n%s\nwant\n%s", doing, title, got, stops[i].rows)
		}
		if hash(t, s) != stops[i].hash {
			t.Errorf("after %s of %q the hash differs", doing, title)
		}
	}
	for range 2 {
		for i := len(stops) - 1; i > 0; i-- {
			if can, err := s.CanUndo(t.Context()); can != stops[i].title || err != nil {
				t.Errorf("can undo %q, %v, want %q", can, err, stops[i].title)
			}
			title, err := s.Undo(t.Context())
			check("undo", title, err, i-1)
		}
		if title, err := s.Undo(t.Context()); title != "" || err != nil {
			t.Errorf("undid %q, %v at the beginning", title, err)
		}
		for i := 1; i < len(stops); i++ {
			if can, err := s.CanRedo(t.Context()); can != stops[i].title || err != nil {
				t.Errorf("can redo %q, %v, want %q", can, err, stops[i].title)
			}
			title, err := s.Redo(t.Context())
			check("redo", title, err, i)
		}
		if title, err := s.Redo(t.Context()); title != "" || err != nil {
			t.Errorf("redid %q, %v at the end", title, err)
		}
	}
}

func TestUnlabelledJoinsTraining(t *testing.T) {
	s := create(t)
	edit(t, s, "import", func(e *store.Edit) error {
		if err := e.Source("x.csv", nil); err != nil {
			return err
		}
		for i, split := range []dataset.Split{dataset.Train, dataset.Unlabelled, dataset.Unlabelled} {
			x := store.NewExample{Row: i + 1, Split: split}
			if i == 0 {
				x.Labels = []string{"a"}
			}
			if i == 2 {
				x.Given = dataset.Test
			}
			if err := e.Add(x); err != nil {
				return err
			}
		}
		return nil
	})
	edit(t, s, "labelling", func(e *store.Edit) error { _, err := e.Relabel([]int64{2, 3}, []string{"b"}); return err })
	page, err := s.Rows(t.Context(), []int64{2, 3})
	if err != nil || page[0].Split != dataset.Train || page[1].Split != dataset.Test {
		t.Errorf("got %+v, %v", page, err)
	}
}

func TestNewEditForgetsTheUndone(t *testing.T) {
	s := create(t)
	add(t, s, 10)
	add(t, s, 20)
	if _, err := s.Undo(t.Context()); err != nil {
		t.Fatal(err)
	}
	edit(t, s, "deletion", func(e *store.Edit) error { _, err := e.Delete([]int64{1}); return err })
	if can, err := s.CanRedo(t.Context()); can != "" || err != nil {
		t.Errorf("can still redo %q, %v", can, err)
	}
	if n := len(ids(t, s, store.Query{})); n != 9 {
		t.Errorf("%d rows are left", n)
	}
	if sources, err := s.Sources(t.Context()); len(sources) != 1 || err != nil {
		t.Errorf("sources %v, %v", sources, err)
	}
}

func TestEditThatChangesNothing(t *testing.T) {
	s := create(t)
	add(t, s, 10)
	before := hash(t, s)
	edit(t, s, "nothing", func(e *store.Edit) error { _, err := e.Relabel([]int64{1}, []string{"delivery"}); return err })
	if can, _ := s.CanUndo(t.Context()); can != "import of 10 rows" || hash(t, s) != before {
		t.Errorf("can undo %q", can)
	}
}

// TestSameFilesSameHash checks that the hash comes from the data alone.
func TestSameFilesSameHash(t *testing.T) {
	a, b, c := create(t), create(t), create(t)
	add(t, a, 10)
	add(t, b, 10)
	add(t, c, 11)
	if hash(t, a) != hash(t, b) || hash(t, a) == hash(t, c) {
		t.Errorf("hashes %s, %s, %s", hash(t, a), hash(t, b), hash(t, c))
	}
}

// TestFailedEditLeavesNothing cancels and fails large imports half-way, after
// SQLite has spilt pages to the disk.
func TestFailedEditLeavesNothing(t *testing.T) {
	broken := errors.New("the file is gone")
	for name, end := range map[string]func(cancel func()) error{
		"cancelled": func(cancel func()) error { cancel(); return nil },
		"failed":    func(func()) error { return broken },
	} {
		t.Run(name, func(t *testing.T) {
			s := create(t)
			add(t, s, 10)
			before, digest, size := rows(t, s), hash(t, s), disk(t, s)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			err := s.Edit(ctx, func(e *store.Edit) error {
				if err := e.Source("large.csv", nil); err != nil {
					return err
				}
				for i := range 30_000 {
					x := example(i)
					x.Text = fmt.Sprintf("%01000d", i)
					if err := e.Add(x); err != nil {
						return err
					}
				}
				if disk(t, s) < size+10<<20 {
					t.Error("nothing was written yet: the test is too small")
				}
				if err := end(cancel); err != nil {
					return err
				}
				return e.Add(example(0))
			})
			if !errors.Is(err, broken) && !errors.Is(err, context.Canceled) {
				t.Errorf("error %v", err)
			}
			if rows(t, s) != before || hash(t, s) != digest {
				t.Error("something is left behind")
			}
			if now := disk(t, s); now > size+1<<20 {
				t.Errorf("the files grew from %d to %d bytes", size, now)
			}
		})
	}
}

// disk is how many bytes the project's files have.
func disk(t *testing.T, s *store.Store) (n int64) {
	t.Helper()
	for _, name := range []string{"project.sqlite", "project.sqlite-wal"} {
		f, err := os.Open(s.Path(name))
		if err != nil {
			continue
		}
		end, err := f.Seek(0, io.SeekEnd)
		if err != nil {
			t.Fatal(err)
		}
		n += end
		f.Close()
	}
	return n
}
