package baseline

import (
	"slices"
	"strings"
	"testing"
)

// grams gives those of a text in memory of their own.
func grams(text string) [2][]uint32 {
	r := reader{longest: longestStretch}
	return r.grams(text)
}

func TestGrams(t *testing.T) {
	cases := []struct {
		name, text       string
		words, stretches int
	}{
		{"nothing", "", 0, 0},
		{"only signs", "?!", 0, 6},
		// a, b, their pair; of " a " and " b ": " a", " a ", "a " each
		{"two words", "a b", 3, 6},
		{"spaces do not count", "\t a \n b ", 3, 6},
		// card, s, card s; " card's ": 7, 6, 5, 4 of its 8 runes
		{"a sign inside", "card's", 3, 22},
		{"runes, not bytes", "中国", 1, 6},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := grams(c.text)
			if len(got[0]) != c.words || len(got[1]) != c.stretches {
				t.Errorf("%d words and %d stretches, want %d and %d", len(got[0]), len(got[1]), c.words, c.stretches)
			}
		})
	}
}

func TestGramsTellTextsApart(t *testing.T) {
	texts := []string{"ab", "ba", "a b", "b a", "abc", "b c", "c b"}
	for i, a := range texts {
		if !slices.Equal(grams(a)[0], grams(strings.ToUpper(a))[0]) {
			t.Errorf("%q and its capitals have other words", a)
		}
		for _, b := range texts[:i] {
			if slices.Equal(grams(a)[0], grams(b)[0]) || slices.Equal(grams(a)[1], grams(b)[1]) {
				t.Errorf("%q and %q have the same n-grams", a, b)
			}
		}
	}
}

// TestBucketsSpread: of 100,000 different words in 4,194,304 buckets, chance
// lets 1,180 or so share one.
func TestBucketsSpread(t *testing.T) {
	seen, shared := map[uint32]bool{}, 0
	for a := range 100_000 {
		b := grams(string([]rune{rune('a' + a%26), rune('a' + a/26%26), rune('a' + a/676%26), rune('a' + a/17576)}))[0][0]
		if seen[b] {
			shared++
		}
		seen[b] = true
	}
	if shared > 1500 {
		t.Errorf("%d of 100000 words share a bucket", shared)
	}
}
