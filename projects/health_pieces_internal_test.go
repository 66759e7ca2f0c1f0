package projects

import (
	"os"
	"path/filepath"
	"testing"
)

func TestPiecesOfWords(t *testing.T) {
	shared := os.Getenv("ATTUNE_SHARED")
	if shared == "" {
		t.Skip("ATTUNE_SHARED names no folder: set it to the folder of the shared data to run this test")
	}
	cased, err := readTokenizer(filepath.Join(shared, "models", "tok_bert_base_cased"))
	if err != nil {
		t.Fatal(err)
	}
	read := piecesOf(cased)
	for word, known := range map[string]bool{"house": true, "图": false} {
		if pieces, unknown := read(word); pieces != 1 || unknown == known {
			t.Errorf("%s is read in %d pieces, unknown: %v", word, pieces, unknown)
		}
	}
	if pieces, unknown := read("Kuscheljustiz"); pieces < 4 || unknown {
		t.Errorf("a German word is read in %d pieces, unknown: %v", pieces, unknown)
	}
	if _, err := readTokenizer(t.TempDir()); err == nil {
		t.Error("an empty folder reads words")
	}
}
