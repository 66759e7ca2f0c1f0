package tokenizer_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"attune/engine/tokenizer"
)

func TestEncodeVariedCutsWordsInOtherWays(t *testing.T) {
	w, err := tokenizer.NewWordPiece(strings.Fields("[PAD] [UNK] [CLS] [SEP] [MASK] un unhappy ##h ##ha ##happy ##p ##pp ##y ##ppy"), tokenizer.WordPieceOptions{})
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 1))
	const text = "unhappy unhappy"
	if got := w.EncodeVaried(text, 0, random); !slices.Equal(got, w.Encode(text)) {
		t.Errorf("at rate 0: %v", got)
	}
	ways := map[string]bool{}
	for range 200 {
		var pieces []string
		at := 0
		for _, token := range w.EncodeVaried(text, 0.5, random) {
			if token.Start < at || token.End <= token.Start {
				t.Fatalf("%v after %d", token, at)
			}
			at = token.End
			pieces = append(pieces, strings.TrimPrefix(w.Piece(token.ID), "##"))
		}
		if joined := strings.Join(pieces, ""); joined != "unhappyunhappy" {
			t.Fatalf("the pieces make %q", joined)
		}
		ways[strings.Join(pieces, " ")] = true
	}
	if len(ways) < 5 {
		t.Errorf("only %d ways: %v", len(ways), ways)
	}
}
