package format_test

import (
	"path/filepath"
	"strings"
	"testing"

	"attune/engine/format"
	"attune/engine/format/formattest"
)

func TestMoses(t *testing.T) {
	for name, test := range map[string]struct {
		en, fr string
		rows   []string
	}{
		"as long":      {"Hello\nGood bye, \"you\"\n", "Bonjour\nAdieu\ttoi\n", []string{"Hello|Bonjour", "Good bye, \"you\"|Adieu\ttoi"}},
		"a blank line": {"Hello\n\nYes\n", "Bonjour\n\nOui", []string{"Hello|Bonjour", "|", "Yes|Oui"}},
		"Western":      {"Good day\nYes\n", "Tr\xe8s bien, \xe7a va\nD\xe9j\xe0 \xe9t\xe9\n", []string{"Good day|Très bien, ça va", "Yes|Déjà été"}},
		"both Western": {"A caf\xe9\nYes\n", "Tr\xe8s bien, \xe7a va\nD\xe9j\xe0 \xe9t\xe9\n", []string{"A café|Très bien, ça va", "Yes|Déjà été"}},
		"one Western":  {"A café “here”\nYes\n", "Tr\xe8s bien, \xe7a va\nD\xe9j\xe0 \xe9t\xe9\n", []string{"A café “here”|Très bien, ça va", "Yes|Déjà été"}},
		"one UTF-16":   {"Yes\n", "\xff\xfeO\x00u\x00i\x00\n\x00", []string{"Yes|Oui"}},
		"too short":    {"Hello\n", "Bonjour\nOui\n", []string{"Hello|Bonjour", "|Oui ! no such line"}},
		"too long":     {"Hello\nYes\nNo\n", "Bonjour\n", []string{"Hello|Bonjour", "Yes| ! no such line", "No| ! no such line"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := folderOf(t, "a.train.en", test.en, "a.train.fr", test.fr)
			paths := format.Pairs([]string{filepath.Join(dir, "x.csv"), filepath.Join(dir, "a.train.en"), filepath.Join(dir, "a.train.fr"), filepath.Join(dir, "y.en")})
			if len(paths) != 3 || filepath.Base(paths[1]) != "a.train.en+fr" {
				t.Fatalf("the pairs are %q", paths)
			}
			f, err := format.Open(paths[1])
			if err != nil {
				t.Fatal(err)
			}
			if x, err := format.Find([]format.Format{format.Moses, format.Folder}, f); err != nil || x.Name != "Moses" {
				t.Errorf("it is taken for %q, %v", x.Name, err)
			}
			l := sameTable(t, format.Moses, f, format.Overrides{}, "en|fr", test.rows...)
			if l.Roles != (format.Roles{Text: "en", Target: "fr"}) {
				t.Errorf("the roles are %+v", l.Roles)
			}
			formattest.Check(t, format.Moses, f)
		})
	}
	pair, err := format.Open(filepath.Join(folderOf(t, "a.en", "“Hello”\n", "a.ru", "\xc4\xe0\n"), "a.en+ru"))
	if err != nil {
		t.Fatal(err)
	}
	sameTable(t, format.Moses, pair, format.Overrides{Encoding: "UTF8+cp1251"}, "en|ru", "“Hello”|Да")
	dir := folderOf(t, "a.en", "Hello\n")
	if _, err := format.Open(filepath.Join(dir, "a.en+fr")); err == nil || !strings.Contains(err.Error(), "a.fr should be there") {
		t.Errorf("without its second file: %v", err)
	}
	if got := format.Pairs([]string{"a.csv", "a.tsv", "b.txt", "b.en", "c.en", "d.fr"}); len(got) != 6 {
		t.Errorf("pairs where none are: %q", got)
	}
}
