package main

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
)

// testSets are the files, below a folder of published data sets, whose texts the
// model must never have read: it is measured on them. Of SST every split is, and of
// AG News every row, since they are split anew.
var testSets = []string{
	"sst2/train.csv", "sst2/dev.csv", "sst2/test.csv", "banking77/test.csv", "ag_news/ag_news_7600.csv",
	"wnut17/emerging.test.annotated", "ncbi_disease/test.tsv", "goemotions/test.tsv",
}

// A text is found again by its sentences of so many words at least (shorter ones
// are said by everybody), by any run of so many words, or as a whole.
const (
	sentenceWords = 6
	runWords      = 13 // Brown et al. 2020, appendix C
)

// secrets are the texts that may not be in a corpus, as hashes of their words, all
// in lower case, without punctuation.
type secrets struct {
	seed                   maphash.Seed
	whole, sentences, runs map[uint64]struct{}
}

func newSecrets() *secrets {
	return &secrets{seed: maphash.MakeSeed(), whole: map[uint64]struct{}{}, sentences: map[uint64]struct{}{}, runs: map[uint64]struct{}{}}
}

// add takes in a text.
func (s *secrets) add(text string) {
	s.parts(text, func(set map[uint64]struct{}, hash uint64) bool {
		set[hash] = struct{}{}
		return true
	})
}

// told says whether a paragraph holds one of the texts, or a part of one that
// betrays it.
func (s *secrets) told(paragraph string) bool {
	found := false
	s.parts(paragraph, func(set map[uint64]struct{}, hash uint64) bool {
		_, found = set[hash]
		return !found
	})
	return found
}

// parts hashes what a text is found by, until visit has seen enough.
func (s *secrets) parts(text string, visit func(set map[uint64]struct{}, hash uint64) bool) {
	var words, sentence []uint64
	more := true
	close := func() {
		if len(sentence) >= sentenceWords && more {
			more = visit(s.sentences, join(sentence))
		}
		sentence = sentence[:0]
	}
	start := -1
	word := func(end int) {
		if start < 0 {
			return
		}
		hash := maphash.String(s.seed, strings.ToLower(text[start:end]))
		start = -1
		words, sentence = append(words, hash), append(sentence, hash)
		if len(words) >= runWords && more {
			more = visit(s.runs, join(words[len(words)-runWords:]))
		}
	}
	for i, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			if start < 0 {
				start = i
			}
			continue
		}
		word(i)
		if r == '.' || r == '!' || r == '?' {
			close()
		}
		if !more {
			return
		}
	}
	word(len(text))
	close()
	if more && len(words) > 0 {
		visit(s.whole, join(words))
	}
}

// join hashes a row of words.
func join(words []uint64) uint64 {
	hash := uint64(len(words))
	for _, w := range words {
		hash = (hash ^ w) * 0x9e3779b97f4a7c15
		hash ^= hash >> 29
	}
	return hash
}

// readSecrets takes in the test sets of a folder and gives the number of texts by
// file.
func readSecrets(folder string) (*secrets, map[string]int, error) {
	s, counts := newSecrets(), map[string]int{}
	for _, name := range testSets {
		texts, err := readTexts(filepath.Join(folder, name))
		if err != nil {
			return nil, nil, err
		}
		for _, text := range texts {
			s.add(text)
		}
		counts[name] = len(texts)
	}
	return s, counts, nil
}

// readTexts gives the texts of a data set: the cells of a CSV file, the first
// column of a TSV file, or the sentences of a file with a word and its tag a line.
func readTexts(path string) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	read := readLines
	if strings.HasSuffix(path, ".csv") {
		read = readCells
	}
	all, err := read(f)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return all, nil
}

func readCells(r io.Reader) ([]string, error) {
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return nil, err
	}
	cells := slices.Concat(rows[min(1, len(rows)):]...)
	return slices.DeleteFunc(cells, func(cell string) bool { return !strings.Contains(cell, " ") }), nil // those are labels
}

func readLines(r io.Reader) (all []string, err error) {
	var sentence []string
	flush := func() {
		if len(sentence) > 0 {
			all = append(all, strings.Join(sentence, " "))
		}
		sentence = nil
	}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		cells := strings.Split(lines.Text(), "\t")
		switch {
		case strings.TrimSpace(cells[0]) == "":
			flush()
		case len(cells) == 2 && tagged(cells[1]):
			sentence = append(sentence, cells[0])
		default:
			all = append(all, cells[0])
		}
	}
	flush()
	return all, lines.Err()
}

// tagged says whether a cell is the tag of a word.
func tagged(cell string) bool {
	return cell == "O" || strings.HasPrefix(cell, "B-") || strings.HasPrefix(cell, "I-")
}
