package store_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"attune/projects/store"
)

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

func weights(s string) func(string) error {
	return func(dir string) error {
		return errors.Join(
			os.WriteFile(filepath.Join(dir, "model.safetensors"), []byte(s), 0o666),
			os.Mkdir(filepath.Join(dir, "tokenizer"), 0o777),
			os.WriteFile(filepath.Join(dir, "tokenizer", "vocab.txt"), []byte(s), 0o666))
	}
}

func TestWriteFilesAndFolders(t *testing.T) {
	s := create(t)
	broken := errors.New("the loss is not a number")
	for _, step := range []struct {
		doing string
		do    func() error
		fails bool
		file  string
		want  string
	}{
		{"a file", func() error { return s.WriteFile("runs/1.checkpoint", text("one")) }, false, "runs/1.checkpoint", "one"},
		{"a file again", func() error { return s.WriteFile("runs/1.checkpoint", text("two")) }, false, "runs/1.checkpoint", "two"},
		{"a file in vain", func() error {
			return s.WriteFile("runs/1.checkpoint", func(w io.Writer) error { io.WriteString(w, "thr"); return broken })
		}, true, "runs/1.checkpoint", "two"},
		{"a folder", func() error { return s.WriteFolder("runs/1", weights("one")) }, false, "runs/1/tokenizer/vocab.txt", "one"},
		{"a folder again", func() error { return s.WriteFolder("runs/1", weights("two")) }, false, "runs/1/model.safetensors", "two"},
		{"a folder in vain", func() error {
			return s.WriteFolder("runs/1", func(dir string) error { return errors.Join(weights("three")(dir), broken) })
		}, true, "runs/1/model.safetensors", "two"},
	} {
		if err := step.do(); (err != nil) != step.fails || step.fails && !errors.Is(err, broken) {
			t.Errorf("writing %s gave %v", step.doing, err)
		}
		if got, err := os.ReadFile(s.Path(step.file)); string(got) != step.want || err != nil {
			t.Errorf("after writing %s it holds %q, %v", step.doing, got, err)
		}
		entries, err := os.ReadDir(s.Path("runs"))
		for _, e := range entries {
			if e.Name()[0] == '.' {
				t.Errorf("after writing %s there is %s, %v", step.doing, e.Name(), err)
			}
		}
	}
}

func TestUpdateTakesTurns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config", "list")
	var writers sync.WaitGroup
	for range 8 {
		writers.Go(func() {
			err := store.Update(path, func(old []byte) ([]byte, error) { return fmt.Append(old, "x"), nil })
			if err != nil {
				t.Error(err)
			}
		})
	}
	writers.Wait()
	if got, err := os.ReadFile(path); string(got) != "xxxxxxxx" || err != nil {
		t.Errorf("it holds %q, %v", got, err)
	}
	broken := errors.New("no")
	if err := store.Update(path, func([]byte) ([]byte, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	if got, _ := os.ReadFile(path); string(got) != "xxxxxxxx" {
		t.Errorf("it holds %q", got)
	}
}

// A scratch file survives that another window opens the project, and not its closing.
func TestScratch(t *testing.T) {
	s := create(t)
	f, err := s.Scratch()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(f, "rows"); err != nil {
		t.Fatal(err)
	}
	other, err := store.Open(t.Context(), s.Dir())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	for _, step := range []struct {
		when string
		do   func() error
		left int
	}{{"while it is used", func() error { return nil }, 1}, {"when it is closed", f.Close, 0}} {
		if err := step.do(); err != nil {
			t.Error(err)
		}
		if found, err := filepath.Glob(s.Path(".scratch*")); err != nil || len(found) != step.left {
			t.Errorf("%s: %v, %v", step.when, found, err)
		}
	}
}

func TestRoom(t *testing.T) {
	s := create(t)
	if err := s.Room(1); err != nil {
		t.Error(err)
	}
	if err := s.Room(1 << 60); !errors.Is(err, store.ErrFull) {
		t.Errorf("a disk of an exabyte: %v", err)
	}
}
