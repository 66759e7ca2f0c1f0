// Package tasktest gives tests a tiny model to put tasks on.
package tasktest

import (
	"math/rand/v2"
	"strings"
	"testing"

	"attune/engine/model"
	"attune/engine/model/bart"
	"attune/engine/model/bert"
	"attune/engine/model/gpt2"
	"attune/engine/model/xlnet"
	"attune/engine/tokenizer"
	"attune/engine/weights"
)

// Words are the pieces that the tiny model knows.
var Words = strings.Fields("[PAD] [UNK] [CLS] [SEP] [MASK] my card is lost the parcel has not come i want a refund please money back where door late")

// Base gives a fresh encoder of two small blocks that reads up to 64 pieces, the
// same at every call.
func Base(t testing.TB) *model.Base {
	return base(t, func(pieces int, s *weights.Source) (model.Backbone, error) {
		return bert.New(bert.Config{
			Vocabulary: pieces, Width: 32, Blocks: 2, Heads: 2, Inner: 64, Activation: "gelu",
			Positions: 64, Segments: 2, Epsilon: 1e-12,
		}, s)
	})
}

// Decoder is Base for a decoder.
func Decoder(t testing.TB) *model.Base {
	return base(t, func(pieces int, s *weights.Source) (model.Backbone, error) {
		return gpt2.New(gpt2.Config{
			Vocabulary: pieces, Width: 32, Blocks: 2, Heads: 2, Positions: 64, Activation: "gelu_new",
			Epsilon: 1e-5, Scaled: true, Begin: start, End: end,
		}, s)
	})
}

// AnyOrder is Base for a body that predicts in any order.
func AnyOrder(t testing.TB) *model.Base {
	return base(t, func(pieces int, s *weights.Source) (model.Backbone, error) {
		return xlnet.New(xlnet.Config{
			Vocabulary: pieces, Width: 32, Blocks: 2, Heads: 2, Inner: 64, Activation: "gelu", Kind: "bi",
			Epsilon: 1e-12, Begin: start, End: end,
		}, s)
	})
}

// EncoderDecoder is Base for an encoder beside a decoder.
func EncoderDecoder(t testing.TB) *model.Base {
	return base(t, func(pieces int, s *weights.Source) (model.Backbone, error) {
		return bart.New(bart.Config{
			Type: "marian", Vocabulary: pieces, Width: 32, EncoderBlocks: 2, DecoderBlocks: 2, EncoderHeads: 2, DecoderHeads: 2,
			EncoderInner: 64, DecoderInner: 64, Activation: "relu", Positions: 64, ScaleEmbedding: true,
			Begin: start, End: end, DecoderStart: 0,
		}, s)
	})
}

// The pieces around a text.
const (
	start = 2 // [CLS]
	end   = 3 // [SEP]
)

func base(t testing.TB, body func(pieces int, s *weights.Source) (model.Backbone, error)) *model.Base {
	t.Helper()
	pieces, err := tokenizer.NewWordPiece(Words, tokenizer.WordPieceOptions{Lowercase: true})
	if err != nil {
		t.Fatal(err)
	}
	source := weights.Fresh(weights.Draw{Random: rand.New(rand.NewPCG(1, 1)), Spread: 0.05})
	b, err := body(pieces.Size(), source)
	if err != nil {
		t.Fatal(err)
	}
	return &model.Base{Backbone: b, Tokenizer: pieces, Weights: source}
}
