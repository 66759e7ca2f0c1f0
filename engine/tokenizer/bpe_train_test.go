package tokenizer_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"attune/engine/tokenizer"
)

func TestTrainBytePairs(t *testing.T) {
	texts := []string{"low low low lower", "newest newest", "é low"}
	p, err := tokenizer.TrainBytePairs(context.Background(), slices.Values(texts), 264)
	if err != nil {
		t.Fatal(err)
	}
	if p.Size() != 264 {
		t.Errorf("%d pieces, want 264", p.Size())
	}
	// "lo" and "ow" stand together five times, " l" four, "we" three; of equal counts
	// the pair whose pieces came first is learnt first.
	if got, want := spell(p, "low lower", p.Encode("low lower")), "low@low Ġlow@ low e@e r@r"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	slices.Reverse(texts)
	again, err := tokenizer.TrainBytePairs(context.Background(), slices.Values(texts), 264)
	if err != nil {
		t.Fatal(err)
	}
	files, _ := p.Files()
	others, _ := again.Files()
	if !reflect.DeepEqual(files, others) {
		t.Error("another order of the texts gave another vocabulary")
	}
	for _, without := range []string{"tokenizer.json", "vocab.json"} {
		kept := folder()
		for name, content := range files {
			if name != without {
				kept[name] = folder(name, string(content))[name]
			}
		}
		read, err := tokenizer.ReadGPT2(kept)
		if err != nil {
			t.Fatal(err)
		}
		const text = "lowest<|endoftext|> newer é\n"
		if got, want := spell(read, text, read.Encode(text)), spell(p, text, p.Encode(text)); got != want {
			t.Errorf("without %s: got %s, want %s", without, got, want)
		}
		ids, _ := read.Join(read.Encode(text), nil)
		if got := read.Decode(ids); got != strings.ReplaceAll(text, "<|endoftext|>", "") {
			t.Errorf("without %s: decoded %q", without, got)
		}
	}
}

func TestTrainBytePairsFails(t *testing.T) {
	cases := []struct {
		name  string
		texts []string
		size  int
		want  string
	}{
		{"no room", []string{"a"}, 257, "no room"},
		{"no words", []string{""}, 300, "no word"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := tokenizer.TrainBytePairs(context.Background(), slices.Values(c.texts), c.size)
			var known *tokenizer.Error
			if !errors.As(err, &known) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an Error with %q", err, c.want)
			}
		})
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := tokenizer.TrainBytePairs(cancelled, slices.Values([]string{"a b"}), 300); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
}
