package pretrain_test

import (
	"slices"
	"strings"
	"testing"

	"attune/engine/batch"
	"attune/engine/guessing"
	"attune/engine/pretrain"
	"attune/engine/tokenizer"
)

var words = strings.Fields("[PAD] [UNK] [CLS] [SEP] [MASK] my card is lost . the parcel has not come ! i want a refund please money back where ? door late")

func pieces(t testing.TB) tokenizer.Tokenizer {
	t.Helper()
	p, err := tokenizer.NewWordPiece(words, tokenizer.WordPieceOptions{Lowercase: true})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// corpus tokenises documents of paragraphs.
func corpus(t testing.TB, documents ...[]string) *pretrain.Corpus {
	t.Helper()
	p := pieces(t)
	var content []byte
	for _, d := range documents {
		for _, paragraph := range d {
			content = pretrain.Append(content, paragraph, p.Encode(paragraph))
		}
		content = pretrain.Append(content, "", nil)
	}
	c, err := pretrain.NewCorpus(content, p)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// text spells an item out.
func text(t testing.TB, item batch.Item) string {
	t.Helper()
	var all []string
	for i, id := range item.IDs {
		if i > 0 && item.Segments[i] != item.Segments[i-1] {
			all = append(all, "|")
		}
		all = append(all, pieces(t).Piece(id))
	}
	return strings.Join(all, " ")
}

func texts(t testing.TB, c *pretrain.Corpus, o pretrain.Cut, pass int) []string {
	t.Helper()
	var all []string
	for _, s := range c.Sequences(o, 1, pass) {
		all = append(all, text(t, c.Item(s, o.Together)))
	}
	return all
}

func TestSequences(t *testing.T) {
	cases := []struct {
		name  string
		give  [][]string
		short int
		want  []string
	}{
		{"documents apart", [][]string{{"my card is lost"}, {"the parcel has not come !"}}, 20,
			[]string{"[CLS] my card is lost [SEP]", "[CLS] the parcel has not come ! [SEP]"}},
		{"paragraphs are a pair", [][]string{{"my card is lost .", "i want a refund"}}, 20,
			[]string{"[CLS] my card is lost . [SEP] | i want a refund [SEP]"}},
		{"of several paragraphs the middle parts", [][]string{{"my card", "is lost", "please", "i want money"}}, 20,
			[]string{"[CLS] my card is lost [SEP] | please i want money [SEP]"}},
		{"from sentence to sentence", [][]string{{"my card is lost . i want a refund please"}}, 11,
			[]string{"[CLS] my card is lost . [SEP]", "[CLS] i want a refund please [SEP]"}},
		{"in the middle when the sentence is long", [][]string{{"my card . i want a refund please money back"}}, 11,
			[]string{"[CLS] my card . i want a refund please [SEP]"}}, // the two left are too few
		{"what is too short", [][]string{{"my card"}, {"my card is lost"}}, 20, []string{"[CLS] my card is lost [SEP]"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := texts(t, corpus(t, c.give...), pretrain.Cut{Short: c.short, Long: c.short}, 0)
			slices.Sort(got)
			slices.Sort(c.want)
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// A piece is marked with the capital of the word that it is of, special ones with nothing.
func TestCapitalsAreMarked(t *testing.T) {
	const none, small, capital = batch.Unmarked, guessing.Small, guessing.Capital
	p, err := tokenizer.NewWordPiece(append(slices.Clone(words), "##less"), tokenizer.WordPieceOptions{Lowercase: true})
	if err != nil {
		t.Fatal(err)
	}
	var content []byte
	for _, paragraph := range []string{"My card Is lost .", "i WANT cardLess Doorless My.money", ""} {
		content = pretrain.Append(content, paragraph, p.Encode(paragraph))
	}
	c, err := pretrain.NewCorpus(content, p)
	if err != nil {
		t.Fatal(err)
	}
	item := c.Item(c.Sequences(pretrain.Cut{Short: 32, Long: 32}, 1, 0)[0], false)
	want := []int{
		none, capital, small, capital, small, small, none,
		small, capital, small, small, capital, capital, capital, small, small, none,
	}
	if !slices.Equal(item.Marks, want) {
		t.Errorf("marked %v, want %v", item.Marks, want)
	}
}

func TestEveryPassHasAnOrderOfItsOwn(t *testing.T) {
	var documents [][]string
	for _, w := range words[5:] {
		documents = append(documents, []string{w + " my card is lost"})
	}
	c := corpus(t, documents...)
	o := pretrain.Cut{Short: 16, Long: 32, LongShare: 0.2}
	first, again, second := texts(t, c, o, 0), texts(t, c, o, 0), texts(t, c, o, 1)
	if !slices.Equal(first, again) {
		t.Error("the same pass in another order")
	}
	if slices.Equal(first, second) {
		t.Error("two passes in the same order")
	}
	if len(first) != len(documents) {
		t.Errorf("%d sequences of %d documents", len(first), len(documents))
	}
	slices.Sort(first)
	slices.Sort(second)
	if !slices.Equal(first, second) {
		t.Error("two passes over other texts")
	}
}

func TestLongSequences(t *testing.T) {
	c := corpus(t, []string{strings.Repeat("my card is lost ", 50)})
	for share, most := range map[float64]int{0: 16, 1: 64} {
		longest := 0
		for _, s := range c.Sequences(pretrain.Cut{Short: 16, Long: 64, LongShare: share}, 1, 0) {
			longest = max(longest, len(c.Item(s, false).IDs))
		}
		if longest > most || longest < most-1 { // a place is kept for a pair
			t.Errorf("with a long share of %g the longest has %d pieces, at most %d may be", share, longest, most)
		}
	}
}

func TestACorpusOfAnotherVocabulary(t *testing.T) {
	content := pretrain.Append(nil, "", []tokenizer.Token{{ID: 5000}})
	if _, err := pretrain.NewCorpus(content, pieces(t)); err == nil {
		t.Error("piece 5000 passed")
	}
}
