package baseline

import (
	"math"
	"slices"
	"strings"
	"testing"

	"attune/engine/dataset"
)

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
		// card, s, card s; " card's ": 7, 6, 5 of its 8 runes
		{"a sign inside", "card's", 3, 18},
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

// TestWeights is worked by hand from scikit-learn's definition: idf is
// ln((1+n)/(1+df)) + 1.
func TestWeights(t *testing.T) {
	v, err := newVocabulary(t.Context(), []dataset.Example{{Text: "1 2"}, {Text: "2 1"}, {Text: "2"}}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	one, two := math.Log(4./3)+1, 1.0
	pair := math.Log(4./2) + 1
	// 1 once, 2 twice, "1 2" once, "2 2" unknown
	want := []float64{one, (1 + math.Log(2)) * two, pair}
	length := 0.0
	for _, w := range want {
		length += w * w
	}
	got := v.appendText(vector{}, "1 2 2")
	squares := 0.0
	for _, value := range got.values {
		squares += float64(value) * float64(value)
	}
	for _, w := range want {
		w /= math.Sqrt(length)
		if !slices.ContainsFunc(got.values, func(g float32) bool { return math.Abs(float64(g)-w) < 1e-6 }) {
			t.Errorf("no weight is %v: %v", w, got.values)
		}
	}
	if math.Abs(squares-2) > 1e-5 {
		t.Errorf("the two parts have a squared length of %v together, want 2", squares)
	}
}

func TestTheCommonestNGramsAreKept(t *testing.T) {
	v, err := newVocabulary(t.Context(), []dataset.Example{{Text: "a"}, {Text: "a"}, {Text: "b"}}, 4)
	if err != nil {
		t.Fatal(err)
	}
	// "a" as a word and in three stretches
	if len(v.column) != 4 || len(v.appendText(vector{}, "a").values) != 4 || len(v.appendText(vector{}, "b").values) != 0 {
		t.Errorf("of a, twice as common, and b, not a is kept: %v", v.column)
	}
}
