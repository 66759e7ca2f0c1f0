package guessing

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"attune/engine/tokenizer"
)

// The words of a text are found whatever mark a tokenizer has for where they begin.
func TestWordsByEveryMark(t *testing.T) {
	root := os.Getenv("ATTUNE_SHARED")
	if root == "" {
		t.Skip("ATTUNE_SHARED names no folder: real vocabularies are not tested")
	}
	const text = "unquestionably the kowalczyk-nowak parcel, untraceable."
	want := []string{"unquestionably", "the", "kowalczyk", "-", "nowak", "parcel", ",", "untraceable", "."}
	for _, name := range []string{"tok_bert_base_uncased", "tok_gpt2", "tok_roberta", "tok_xlnet_base_cased", "tok_albert_v1"} {
		t.Run(name, func(t *testing.T) {
			pieces, err := tokenizer.Read(os.DirFS(filepath.Join(root, "models", name)))
			if err != nil {
				t.Fatal(err)
			}
			encoded := pieces.Encode(text)
			ids := make([]int, len(encoded))
			for i, p := range encoded {
				ids[i] = p.ID
			}
			found, n := newWords(pieces).in(ids)
			var got []string
			for _, w := range found {
				got = append(got, strings.TrimSpace(text[encoded[w.from].Start:encoded[w.to-1].End]))
			}
			if n != len(ids) || !slices.Equal(got, want) {
				t.Errorf("%d of %d pieces, words %q", n, len(ids), got)
			}
		})
	}
}

// What has many pieces without a space is no word that could be guessed as a whole.
func TestSentencesWithoutSpaces(t *testing.T) {
	w := words{begins: make([]bool, 5), signs: make([]bool, 5), guessed: slices.Repeat([]bool{true}, 5)}
	found, n := w.in(slices.Repeat([]int{3}, 20))
	if n != 20 || len(found) != 3 || found[0].len() != longestWord {
		t.Errorf("%v", found)
	}
}
