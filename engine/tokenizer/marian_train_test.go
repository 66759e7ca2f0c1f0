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

func TestTrainMarian(t *testing.T) {
	texts := []string{"low low  low lower", "newest newest", "été low </s>"}
	m, err := tokenizer.TrainMarian(context.Background(), slices.Values(texts), 24)
	if err != nil {
		t.Fatal(err)
	}
	if m.Size() > 24 || m.Piece(0) != "</s>" || m.Piece(1) != "<unk>" || m.Piece(m.Size()-1) != "<pad>" {
		t.Errorf("%d pieces, from %s to %s", m.Size(), m.Piece(1), m.Piece(m.Size()-1))
	}
	// "lo" and "ow" stand together five times, and so on: "low" is whole at last.
	if got, want := spell(m, "low lower", m.Encode("low lower")), "▁low@low ▁low@low e@e r@r"; !strings.HasPrefix(got, "▁low@low ▁low") {
		t.Errorf("got %s, want %s", got, want)
	}
	slices.Reverse(texts)
	again, err := tokenizer.TrainMarian(context.Background(), slices.Values(texts), 24)
	if err != nil {
		t.Fatal(err)
	}
	files, _ := m.Files()
	others, _ := again.Files()
	if !reflect.DeepEqual(files, others) {
		t.Error("another order of the texts gave another vocabulary")
	}
	kept := folder()
	for name, content := range files {
		kept[name] = folder(name, string(content))[name]
	}
	read, err := tokenizer.ReadMarian(kept)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"lowest newer été", "  low ! ", "Ω</s>", ""} {
		for side, pair := range map[string][2]tokenizer.Tokenizer{"source": {m, read}, "target": {m.Target(), read.(*tokenizer.Marian).Target()}} {
			if got, want := spell(pair[1], text, pair[1].Encode(text)), spell(pair[0], text, pair[0].Encode(text)); got != want {
				t.Errorf("%s of %q: got %s, want %s", side, text, got, want)
			}
		}
	}
	ids, _ := read.Join(read.Encode("été lower"), nil)
	if got := read.Decode(ids); got != "été lower" || ids[len(ids)-1] != 0 {
		t.Errorf("decoded %q of %v", got, ids)
	}
}

func TestTrainMarianFails(t *testing.T) {
	cases := []struct {
		name  string
		texts []string
		size  int
		want  string
	}{
		{"no room", []string{"a"}, 4, "no room"},
		{"no words", []string{" "}, 300, "no word"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := tokenizer.TrainMarian(context.Background(), slices.Values(c.texts), c.size)
			var known *tokenizer.Error
			if !errors.As(err, &known) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an Error with %q", err, c.want)
			}
		})
	}
}
