package format

import (
	"bytes"
	"context"
	"io"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"
)

// TagTable is delimited text with a word a row, or a letter, and its tag as CoNLL has
// it, such as the corpus of names on Kaggle and what doccano once exported. A column
// tells which rows are a sentence, which becomes one.
var TagTable = Format{
	Name:       "Table of tags",
	Extensions: []string{".csv", ".tsv", ".tab"},
	Matches:    matchesTagTable,
	Inspect:    inspectTagTable,
	Read:       readTagTable,
}

// tagTable is such a table, as its beginning shows it.
type tagTable struct {
	Layout                  // of the table
	word, tag, sentence int // columns
	letters             bool
}

// tagColumn is what the beginning of a table shows of a column.
type tagColumn struct {
	tags, entities, numbers, letters int // values that are such
	changes                          int // values that differ from the one before, but for ""
	last                             string
	different                        map[string]bool
}

func matchesTagTable(head []byte) bool {
	text := headText(head)
	begins := func(mark string) bool { return bytes.Contains(text, []byte(mark)) }
	if describe(text) != plainText || !slices.ContainsFunc([]string{"B-", "I-", "U-", "S-"}, begins) {
		return false
	}
	_, err := tagsAt(context.Background(), File{Name: "the file"}, head, Overrides{})
	return err == nil
}

// tagsIn finds the columns of a file.
func tagsIn(ctx context.Context, f File, o Overrides) (tagTable, error) {
	p, err := f.begin(ctx, nil)
	if err != nil {
		return tagTable{}, err
	}
	defer p.Close()
	head, err := io.ReadAll(io.LimitReader(p, headBytes))
	if err != nil {
		return tagTable{}, err
	}
	return tagsAt(ctx, f, head, o)
}

// tagsAt finds the columns by the beginning of a file. It fails with an *Error if there
// are none for words, tags and sentences.
func tagsAt(ctx context.Context, f File, head []byte, o Overrides) (tagTable, error) {
	start := File{Name: f.Name, Size: int64(len(head)), Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(head)), nil }}
	l, err := inspectCSV(ctx, start, o, nil)
	if err != nil {
		return tagTable{}, err
	}
	columns := make([]tagColumn, len(l.Columns))
	for rec, err := range readCSV(ctx, start, l, nil) {
		if err != nil {
			return tagTable{}, err
		}
		for i := range columns {
			columns[i].add(rec.Values[i])
		}
	}
	t := tagTable{Layout: l, word: -1, tag: -1, sentence: -1}
	for i, c := range columns {
		if c.entities > 0 && 10*c.tags >= 9*l.Rows {
			t.tag = i
		}
	}
	if t.tag >= 0 {
		t.sentence = t.findSentence(columns)
		t.word = t.findWord(columns)
	}
	if t.sentence < 0 || t.word < 0 {
		return tagTable{}, &Error{
			File: f.Name,
			Want: "be a table with a word a row, its tag and the number of its sentence",
			Got:  "it begins without a column for one of these",
			Way:  "write tags such as B-PER and O, or import it as CSV",
		}
	}
	t.letters = columns[t.word].letters == l.Rows
	return t, nil
}

func (c *tagColumn) add(value string) {
	if utf8.RuneCountInString(value) == 1 {
		c.letters++
	}
	if value = strings.TrimSpace(value); value == "O" {
		c.tags++
	} else if place, _ := cutTag(value); place != 0 {
		c.tags++
		c.entities++
	}
	if isNumber(value) {
		c.numbers++
	}
	if value != "" && value != c.last {
		if c.last != "" {
			c.changes++
		}
		c.last = value
	}
	if c.different == nil {
		c.different = map[string]bool{}
	}
	c.different[value] = true
}

// findSentence is the column that changes, but not often: one that is named so, or the
// one that changes least. It is -1 for none.
func (t tagTable) findSentence(columns []tagColumn) int {
	found := -1
	for i, c := range columns {
		switch {
		case i == t.tag || c.changes == 0 || 2*c.changes > t.Rows:
		case strings.HasPrefix(strings.ToLower(t.Columns[i]), "sent"):
			return i
		case found < 0 || c.changes < columns[found].changes:
			found = i
		}
	}
	return found
}

// findWord is the column of words: one that is named so, or the one with most different
// values that are not all numbers. It is -1 for none.
func (t tagTable) findWord(columns []tagColumn) int {
	named := []string{"word", "words", "token", "tokens", "char", "character", "letter"}
	found := -1
	for i, c := range columns {
		switch {
		case i == t.tag || i == t.sentence:
		case slices.Contains(named, strings.ToLower(t.Columns[i])):
			return i
		case c.numbers < t.Rows && (found < 0 || len(c.different) > len(columns[found].different)):
			found = i
		}
	}
	return found
}

func inspectTagTable(ctx context.Context, f File, o Overrides, progress func(bytes int64)) (Layout, error) {
	passes := portions(f.Size, 3, progress)
	l := Layout{Format: "Table of tags", Header: true, Named: true}
	var err error
	if l.Encoding, err = f.encoding(ctx, o.Encoding, passes[0]); err != nil {
		return Layout{}, err
	}
	t, err := tagsIn(ctx, f, Overrides{Encoding: l.Encoding, Delimiter: o.Delimiter})
	if err != nil {
		return Layout{}, err
	}
	l.Delimiter = t.Delimiter
	if err := l.nameNotes(f, tagNotes(ctx, f, l, passes[1]), byByte, true); err != nil {
		return Layout{}, err
	}
	return l, l.count(readTagTable(ctx, f, l, passes[2]))
}

func readTagTable(ctx context.Context, f File, l Layout, progress func(bytes int64)) iter.Seq2[Record, error] {
	return noteRecords(ctx, tagNotes(ctx, f, l, progress), l, byByte)
}

// tagNotes gives the sentences.
func tagNotes(ctx context.Context, f File, l Layout, progress func(bytes int64)) iter.Seq2[noted, error] {
	return func(yield func(noted, error) bool) {
		t, err := tagsIn(ctx, f, Overrides{Encoding: l.Encoding, Delimiter: l.Delimiter})
		if err != nil {
			yield(noted{}, err)
			return
		}
		s, number := sentence{letters: t.letters}, ""
		var flaw Problem // of the first row that has one
		give := func() bool {
			if s.text.Len() == 0 {
				return true
			}
			n := s.note()
			n.problem, n.fix = flaw.Reason, flaw.Fix
			s, flaw = sentence{letters: t.letters}, Problem{}
			return yield(noted{note: n}, nil)
		}
		for rec, err := range readCSV(ctx, f, t.Layout, progress) {
			if err != nil {
				yield(noted{}, err)
				return
			}
			at := strings.TrimSpace(rec.Values[t.sentence])
			if at != "" && at != number || s.text.Len() > maxRowBytes {
				if !give() {
					return
				}
				number = at
			}
			if rec.Problem != nil && flaw.Reason == "" {
				flaw = *rec.Problem
			}
			if word := rec.Values[t.word]; word != "" {
				s.add(word, strings.TrimSpace(rec.Values[t.tag]), "")
			}
		}
		give()
	}
}
