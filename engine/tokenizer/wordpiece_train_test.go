package tokenizer_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"attune/engine/tokenizer"
)

const specials = "[PAD] [UNK] [CLS] [SEP] [MASK] "

func TestTrainWordPiece(t *testing.T) {
	cases := []struct {
		name  string
		texts []string
		size  int
		o     tokenizer.WordPieceOptions
		want  string
	}{
		// ab stands 3 times, then abc (##c after ab) twice; d and ##d come once.
		{"the commonest pair first", []string{"ab abc", "abc d"}, 100, uncased,
			specials + "a ##a b ##b c ##c d ab abc"},
		// Each pair stands 4 times: the one whose pieces came first is merged.
		{"ties go by order", []string{"ab ab cd cd ab ab cd cd"}, 14, uncased,
			specials + "a ##a b ##b ab c ##c d ##d"},
		// ##a ##a stands 4 times; then a ##aa ##a is merged from the left.
		{"a pair that overlaps itself", []string{"aaaa aaaa"}, 100, uncased,
			specials + "a ##a ##aa aaa aaaa"},
		{"a pair seen once is not merged", []string{"ab"}, 100, uncased,
			specials + "a ##a b ##b"},
		{"normalised and split as texts are", []string{"É!É 中国"}, 100, uncased,
			specials + "e ! 中 国"},
		{"capitals kept", []string{"Ab Ab"}, 100, cased,
			specials + "A ##A b ##b Ab"},
		// Of six, three go to characters, one to aa, two to characters again.
		{"characters take half at first, then what is left", []string{"aa aa b c d e f g h"}, 5 + 6, uncased,
			specials + "a ##a b aa c d"},
		{"other names", []string{"ab ab"}, 100, tokenizer.WordPieceOptions{Continuation: "@@", Specials: tokenizer.Specials{Unknown: "<unk>"}},
			"[PAD] <unk> [CLS] [SEP] [MASK] a @@a b @@b ab"},
		{"a word too long is left out", []string{strings.Repeat("x", 101), "ab ab"}, 100, uncased,
			specials + "a ##a b ##b ab"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := tokenizer.TrainWordPiece(t.Context(), slices.Values(c.texts), c.size, c.o)
			if err != nil {
				t.Fatal(err)
			}
			if joined := strings.Join(got, " "); joined != c.want {
				t.Errorf("got  %s\nwant %s", joined, c.want)
			}
		})
	}
}

func TestTrainWordPieceFails(t *testing.T) {
	cases := []struct {
		name  string
		texts []string
		size  int
		want  string
	}{
		{"no room", []string{"a"}, 6, "no room"},
		{"a negative size", []string{"a"}, -1, "no room"},
		{"no texts", nil, 100, "no word"},
		{"only spaces", []string{" ", "\n"}, 100, "no word"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := tokenizer.TrainWordPiece(t.Context(), slices.Values(c.texts), c.size, uncased)
			var known *tokenizer.Error
			if !errors.As(err, &known) || !strings.Contains(err.Error(), c.want) || known.Hint() == "" {
				t.Errorf("got %v, want an Error with %q and a hint", err, c.want)
			}
		})
	}
}

func TestTrainWordPieceStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	endless := func(yield func(string) bool) {
		for i := 0; yield("text without end"); i++ {
			if i == 10 {
				cancel()
			}
			if i > 1000 {
				t.Error("learning goes on after it was cancelled")
				return
			}
		}
	}
	if _, err := tokenizer.TrainWordPiece(ctx, endless, 100, uncased); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
}

// TestTrainedOnNews learns from real texts and asks that the order of the texts
// changes nothing, all words are known and pieces are long.
func TestTrainedOnNews(t *testing.T) {
	data, err := os.ReadFile(shared(t, "data", "ag_news", "ag_news_7600.csv"))
	if err != nil {
		t.Fatal(err)
	}
	texts := strings.Split(string(data), "\n")
	began := time.Now()
	vocabulary, err := tokenizer.TrainWordPiece(t.Context(), slices.Values(texts), 8000, uncased)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d pieces in %v", len(vocabulary), time.Since(began).Round(time.Millisecond))
	slices.Reverse(texts)
	again, err := tokenizer.TrainWordPiece(t.Context(), slices.Values(texts), 8000, uncased)
	if err != nil || !slices.Equal(vocabulary, again) {
		t.Errorf("the same texts in another order give another vocabulary (%v)", err)
	}
	w := newWordPiece(t, vocabulary, uncased)
	unknown, _ := w.ID("[UNK]")
	tokens := 0
	for _, text := range texts {
		for _, token := range w.Encode(text) {
			tokens++
			if token.ID == unknown {
				t.Fatalf("%q is unknown", text[token.Start:token.End])
			}
		}
	}
	if len(vocabulary) != 8000 || len(data) < 4*tokens {
		t.Errorf("%d pieces, %.2f bytes a token; want 8000 and 4 or more", len(vocabulary), float64(len(data))/float64(tokens))
	}
}

// FuzzTrainWordPiece: whatever is learnt is a vocabulary without doubles, keeps
// to its size and cuts the very text that it was learnt from.
func FuzzTrainWordPiece(f *testing.F) {
	f.Add("low lower newest widest low low", 40)
	f.Add("aaaa aaa aa a \x00\xff é́ 中国", 9)
	f.Fuzz(func(t *testing.T, text string, size int) {
		vocabulary, err := tokenizer.TrainWordPiece(t.Context(), slices.Values([]string{text, text}), size, uncased)
		if err != nil {
			return
		}
		sorted := slices.Sorted(slices.Values(vocabulary))
		if len(vocabulary) > size || len(slices.Compact(sorted)) != len(vocabulary) {
			t.Errorf("%d pieces for a size of %d, or doubles: %q", len(vocabulary), size, vocabulary)
		}
		checkOffsets(t, newWordPiece(t, vocabulary, uncased), text)
	})
}
