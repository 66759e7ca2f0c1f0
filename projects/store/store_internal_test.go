package store

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func created(t *testing.T) *Store {
	t.Helper()
	s, err := Create(t.Context(), filepath.Join(t.TempDir(), "Tickets.attune"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// TestMigrations opens a file of each older version, the first being an empty
// one, as a crash leaves it that comes before anything was written.
func TestMigrations(t *testing.T) {
	steps, err := migrations()
	if err != nil || len(steps) == 0 {
		t.Fatalf("%d migrations, %v", len(steps), err)
	}
	want := schema(t, created(t))
	for version := range steps {
		dir := filepath.Join(t.TempDir(), "Old.attune")
		path := filepath.Join(dir, database)
		if err := errors.Join(os.Mkdir(dir, 0o777), os.WriteFile(path, nil, 0o666)); err != nil {
			t.Fatal(err)
		}
		db, err := open(path, writerPragmas, 1)
		if err != nil {
			t.Fatal(err)
		}
		old := &Store{writer: db}
		for range version {
			if _, err := old.migrateOnce(t.Context(), steps[:version]); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		s, err := Open(t.Context(), dir)
		if err != nil {
			t.Fatalf("version %d: %v", version, err)
		}
		defer s.Close()
		if got := schema(t, s); got != want {
			t.Errorf("version %d becomes\n%s\nwant\n%s", version, got, want)
		}
		if now, err := userVersion(t.Context(), s.reader); now != len(steps) || err != nil {
			t.Errorf("version %d becomes %d, %v", version, now, err)
		}
	}
}

func schema(t *testing.T, s *Store) (all string) {
	t.Helper()
	err := s.reader.QueryRowContext(t.Context(), `select group_concat(sql, char(10)) from
		(select sql from sqlite_schema where sql is not null order by name)`).Scan(&all)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestNewerInTheLog refuses a file whose newer version is known only from its
// write-ahead log.
func TestNewerInTheLog(t *testing.T) {
	s := created(t)
	if _, err := s.writer.Exec("pragma user_version = 99"); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), s.dir); !errors.Is(err, ErrNewer) {
		t.Errorf("error %v", err)
	}
}

func TestPragmas(t *testing.T) {
	s := created(t)
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "foreign_keys": "1", "synchronous": "2", "application_id": "1098151022",
	} {
		var got string
		if err := s.writer.QueryRow("pragma " + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %s, %v", pragma, got, err)
		}
	}
	if _, err := s.reader.Exec("delete from settings"); err == nil {
		t.Error("the reader can write")
	}
}

// TestFullDisk lets SQLite run out of pages in the middle of an import, and
// then gives it room again.
func TestFullDisk(t *testing.T) {
	s := created(t)
	fill := func(n int) error {
		return s.Edit(t.Context(), func(e *Edit) error {
			if err := e.Source("x.csv", nil); err != nil {
				return err
			}
			for i := range n {
				x := NewExample{Row: i}
				x.Text = strings.Repeat("words ", 100)
				if err := e.Add(x); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := fill(10); err != nil {
		t.Fatal(err)
	}
	limit := func(pages string) {
		t.Helper()
		if _, err := s.writer.Exec("pragma max_page_count = " + pages); err != nil {
			t.Fatal(err)
		}
	}
	limit("60")
	err := fill(1000)
	var e *Error
	if !errors.Is(err, ErrFull) || !errors.As(err, &e) || e.Hint() == "" || !strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("error %v", err)
	}
	limit("1000000")
	if rows, err := s.IDs(t.Context(), Query{}); len(rows) != 10 || err != nil {
		t.Errorf("%d rows are left, %v", len(rows), err)
	}
	if err := fill(1000); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

// TestFullDiskForFiles is the same for weights.
func TestFullDiskForFiles(t *testing.T) {
	s := created(t)
	if err := s.WriteFile("checkpoint", func(w io.Writer) error { _, err := io.WriteString(w, "old"); return err }); err != nil {
		t.Fatal(err)
	}
	err := s.WriteFile("checkpoint", func(w io.Writer) error {
		io.WriteString(w, "half of the new")
		return &os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}
	})
	if !errors.Is(err, ErrFull) {
		t.Errorf("error %v", err)
	}
	if text, err := os.ReadFile(s.Path("checkpoint")); string(text) != "old" || err != nil {
		t.Errorf("the file holds %q, %v", text, err)
	}
}

// TestRecoverFiles opens projects as crashes at all moments leave them.
func TestRecoverFiles(t *testing.T) {
	for name, test := range map[string]struct {
		before, after []string // files, each holding its own first part
	}{
		"while a folder is written":   {[]string{"runs/3/w", "runs/.3.new-A/w"}, []string{"runs/3/w"}},
		"before the first is in":      {[]string{"runs/.3.new-A/w"}, []string{}},
		"between the two renames":     {[]string{"runs/.3.old-A/w", "runs/.3.new-A/w"}, []string{"runs/3/w"}},
		"before the old is cleared":   {[]string{"runs/3/w", "runs/.3.old-A/w"}, []string{"runs/3/w"}},
		"while a file is written":     {[]string{"runs/checkpoint", "runs/.checkpoint.new-A"}, []string{"runs/checkpoint"}},
		"other hidden files are kept": {[]string{"runs/.gitignore", ".x/y"}, []string{".x/y", "runs/.gitignore"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := created(t)
			for _, file := range test.before {
				path := s.Path(file)
				if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte("x"), 0o666)); err != nil {
					t.Fatal(err)
				}
			}
			again, err := Open(t.Context(), s.dir)
			if err != nil {
				t.Fatal(err)
			}
			defer again.Close()
			found := []string{}
			filepath.WalkDir(s.dir, func(path string, d os.DirEntry, err error) error {
				rel, _ := filepath.Rel(s.dir, path)
				if err == nil && !d.IsDir() && !strings.HasPrefix(rel, "project.sqlite") && !strings.HasSuffix(rel, ".lock") {
					found = append(found, filepath.ToSlash(rel))
				}
				return err
			})
			if strings.Join(found, " ") != strings.Join(test.after, " ") {
				t.Errorf("found %q, want %q", found, test.after)
			}
		})
	}
}

// TestRecoveryWaitsForWriters opens a project while another window writes.
func TestRecoveryWaitsForWriters(t *testing.T) {
	s := created(t)
	err := s.WriteFolder("runs/1", func(dir string) error {
		if err := os.WriteFile(filepath.Join(dir, "weights"), []byte("x"), 0o666); err != nil {
			return err
		}
		other, err := Open(t.Context(), s.dir)
		if err != nil {
			return err
		}
		return other.Close()
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.Path("runs/1/weights")); err != nil {
		t.Error(err)
	}
}

// TestBeforeCleaning opens a file of version 1, which knew no cleaning, with rows and
// a history in it.
func TestBeforeCleaning(t *testing.T) {
	steps, err := migrations()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "Old.attune")
	path := filepath.Join(dir, database)
	if err := errors.Join(os.Mkdir(dir, 0o777), os.WriteFile(path, nil, 0o666)); err != nil {
		t.Fatal(err)
	}
	db, err := open(path, writerPragmas, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (&Store{writer: db}).migrateOnce(t.Context(), steps[:1]); err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(`
		insert into events values (1, 'import of a.csv', 1, 'abc', 0), (2, 'deletion of 1 row', 1, 'def', 0);
		insert into sources values (1, 1, 'a.csv', '[]', 1, 3);
		insert into label_sets values (1, '["ham"]');
		insert into examples values (1, 1, 1, 2, '', 'train', 1, 0), (2, 1, 2, 1, '', 'train', 1, 1), (3, 1, 3, 1, '', 'train', 1, 0);
		insert into contents values (1, 'one  two', '', '', '', ''), (2, 'gone', '', '', '', ''), (3, 'three', '', '', '', '');
		insert into changes values (2, 'hidden', 2, 0, 1)`)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	texts := func() (all string) {
		t.Helper()
		for x, err := range s.Examples(t.Context(), "train") {
			if err != nil {
				t.Fatal(err)
			}
			all += x.Text + "|"
		}
		return all
	}
	if got := texts(); got != "one  two|three|" {
		t.Errorf("the texts are %q", got)
	}
	err = s.Edit(t.Context(), func(e *Edit) error {
		for o, err := range e.Originals() {
			if err != nil {
				return err
			}
			if _, err := e.Show(o, Shown{Text: strings.ReplaceAll(o.Text, "  ", " "), Labels: o.Labels, Words: o.Now.Words, Dropped: o.Text == "three"}); err != nil {
				return err
			}
		}
		return e.SetRecipe("one space")
	})
	if got := texts(); err != nil || got != "one two|" {
		t.Errorf("cleaned, the texts are %q, %v", got, err)
	}
	if recipe, err := s.Recipe(t.Context()); recipe != "one space" || err != nil {
		t.Errorf("the recipe is %q, %v", recipe, err)
	}
	if _, err := s.Undo(t.Context()); err != nil || texts() != "one  two|three|" {
		t.Errorf("undone, the texts are %q, %v", texts(), err)
	}
	if recipe, err := s.Recipe(t.Context()); recipe != "" || err != nil {
		t.Errorf("undone, the recipe is %q, %v", recipe, err)
	}
	if _, err := s.Undo(t.Context()); err != nil || texts() != "one  two|gone|three|" {
		t.Errorf("undone to the import, the texts are %q, %v", texts(), err)
	}
}
