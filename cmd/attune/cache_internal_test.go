package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestTheFolderOfCachesIsMade(t *testing.T) {
	home := t.TempDir()
	caches := filepath.Join(home, ".cache")
	at := func() (string, error) { return caches, nil }
	for range 2 { // a second start finds it
		if err := makeCache(at); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(filepath.Join(caches, "fyne", id)); err != nil {
		t.Error(err)
	}
	caches = filepath.Join(home, "file")
	if err := os.WriteFile(caches, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if makeCache(at) == nil {
		t.Error("a file is taken for the folder")
	}
}
