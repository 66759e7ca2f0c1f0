package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestTold(t *testing.T) {
	s := newSecrets()
	s.add("What a film ! I have rarely laughed so little in all my life .")
	s.add("my card is lost")
	s.add("The ataxia - telangiectasia gene , which was found by positional cloning , codes for a large protein of the family of kinases")
	cases := map[string]bool{
		"My card is lost!": true, // the whole text
		"Yesterday my card is lost and nobody helps.":                                              false,
		"She said: “What a film!”":                                                                 false, // everybody says so
		"He left. I have RARELY laughed, so little in all my life! And slept.":                     true,
		"I have rarely laughed so little in all my days.":                                          false,
		"It says the ataxia-telangiectasia gene, which was found by positional cloning, codes ...": false, // twelve words of it
		"So gene, which was found by positional cloning, codes for a large protein of mice":        true,
		"": false,
	}
	for text, want := range cases {
		if s.told(text) != want {
			t.Errorf("%q: %t, want %t", text, !want, want)
		}
	}
}

func TestReadTexts(t *testing.T) {
	cases := []struct {
		name, content string
		want          []string
	}{
		{"a.csv", "text,label\n\"one, two\",good\nthree four,bad\n", []string{"one, two", "three four"}},
		{"b.tsv", "I am sorry\t25\teecwqtt\nfine\t1,2\tx\n", []string{"I am sorry", "fine"}},
		{"c.conll", "The\tO\nPort\tB-place\nof\tI-place\n\t\nNext\tO\n", []string{"The Port of", "Next"}},
		{"d.tsv", "A\tO\n\nB\tB-Disease\nC\tI-Disease\n\n", []string{"A", "B C"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), c.name)
			if err := os.WriteFile(path, []byte(c.content), 0o644); err != nil {
				t.Fatal(err)
			}
			got, err := readTexts(path)
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
		})
	}
}

func TestTypographic(t *testing.T) {
	for give, want := range map[string]string{
		`"I don't know...", she said ("it's 'his'").`: `“I don’t know…”, she said (“it’s ‘his’”).`,
		`plain`: `plain`,
	} {
		if got := typographic(give); got != want {
			t.Errorf("%q became %q, want %q", give, got, want)
		}
	}
}
