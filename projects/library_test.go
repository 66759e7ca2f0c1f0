package projects_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"attune/engine/dataset"
	"attune/projects"
)

func library(t testing.TB) *projects.Library {
	t.Helper()
	l, err := projects.OpenLibrary(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func recent(t testing.TB, l *projects.Library) []projects.Summary {
	t.Helper()
	all, err := l.Recent()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestLibrary(t *testing.T) {
	l, dir := library(t), t.TempDir()
	if all := recent(t, l); len(all) != 0 {
		t.Errorf("a new library has %v", all)
	}
	for _, name := range []string{"First", "Second.attune", "Third/"} {
		p, err := l.Create(filepath.Join(dir, name), "classification")
		if err != nil {
			t.Fatal(err)
		}
		if name == "First" {
			imports(t, p, projects.ImportOptions{}, file(t, "a.csv", tickets(30)))
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
	}
	p, err := l.Open(filepath.Join(dir, "First.attune"))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := os.RemoveAll(filepath.Join(dir, "Second.attune")); err != nil {
		t.Fatal(err)
	}
	all := recent(t, l)
	if len(all) != 3 || all[0].Name != "First" || all[1].Name != "Third" || all[2].Name != "Second" {
		t.Fatalf("recent projects are %+v", all)
	}
	if s := all[0]; s.Rows != 30 || s.Labels != 3 || s.Runs != 0 || s.Task != "classification" || s.Missing || s.Path != p.Path() {
		t.Errorf("first is %+v", s)
	}
	if all[1].Missing || !all[2].Missing {
		t.Errorf("missing are %+v", all)
	}
	if err := l.Forget(all[2].Path); err != nil || len(recent(t, l)) != 2 {
		t.Errorf("after forgetting, %v, there are %+v", err, recent(t, l))
	}
}

// TestTwoWindowsRemember lets two libraries of one folder write at once.
func TestTwoWindowsRemember(t *testing.T) {
	config, dir := t.TempDir(), t.TempDir()
	var windows sync.WaitGroup
	for w := range 2 {
		windows.Go(func() {
			l, err := projects.OpenLibrary(config)
			for i := range 5 {
				if err != nil {
					break
				}
				var p *projects.Project
				if p, err = l.Create(filepath.Join(dir, fmt.Sprint(w, "-", i)), "classification"); err == nil {
					err = p.Close()
				}
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	windows.Wait()
	l, err := projects.OpenLibrary(config)
	if err != nil || len(recent(t, l)) != 10 {
		t.Errorf("%d projects are remembered, %v", len(recent(t, l)), err)
	}
}

func TestDamagedLibrary(t *testing.T) {
	config := t.TempDir()
	if err := os.WriteFile(filepath.Join(config, "library.json"), []byte("{half"), 0o666); err != nil {
		t.Fatal(err)
	}
	l, err := projects.OpenLibrary(config)
	if err != nil || len(recent(t, l)) != 0 {
		t.Fatalf("%v", err)
	}
	p, err := l.Create(filepath.Join(t.TempDir(), "New"), "classification")
	if err != nil || len(recent(t, l)) != 1 {
		t.Fatalf("%v", err)
	}
	p.Close()
}

func TestSample(t *testing.T) {
	l, dir := library(t), t.TempDir()
	var before projects.Overview
	for i := range 2 {
		p, err := l.Sample(dir)
		if err != nil {
			t.Fatal(err)
		}
		o := overview(t, p)
		if o.Rows < 500 || len(o.Labels) != 6 || o.Splits[dataset.Train] == 0 || o.Splits[dataset.Validation] == 0 || o.Splits[dataset.Test] == 0 {
			t.Errorf("the sample has %+v", o)
		}
		if i == 1 && fmt.Sprint(o) != fmt.Sprint(before) {
			t.Errorf("opened again it has %+v, not %+v", o, before)
		}
		before = o
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if all := recent(t, l); len(all) != 1 || all[0].Name != "Support tickets" {
		t.Errorf("recent projects are %+v", all)
	}
}

func TestUnknownTask(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "Tickets")
	_, err := projects.Create(dir, "clairvoyance")
	hint, ok := err.(interface{ Hint() string })
	if !ok || !strings.Contains(hint.Hint(), "classification") {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(dir + ".attune"); err == nil {
		t.Error("a project was made all the same")
	}
}
