// Package tasktest gives tests a tiny model to put tasks on.
package tasktest

import (
	"math/rand/v2"
	"strings"
	"testing"

	"attune/engine/model"
	"attune/engine/model/bert"
	"attune/engine/tokenizer"
	"attune/engine/weights"
)

// Words are the pieces that the tiny model knows.
var Words = strings.Fields("[PAD] [UNK] [CLS] [SEP] [MASK] my card is lost the parcel has not come i want a refund please money back where door late")

// Base gives a fresh encoder of two small blocks that reads up to 64 pieces, the
// same at every call.
func Base(t testing.TB) *model.Base {
	t.Helper()
	pieces, err := tokenizer.NewWordPiece(Words, tokenizer.WordPieceOptions{Lowercase: true})
	if err != nil {
		t.Fatal(err)
	}
	source := weights.Fresh(weights.Draw{Random: rand.New(rand.NewPCG(1, 1)), Spread: 0.05})
	body, err := bert.New(bert.Config{
		Vocabulary: pieces.Size(), Width: 32, Blocks: 2, Heads: 2, Inner: 64, Activation: "gelu",
		Positions: 64, Segments: 2, Epsilon: 1e-12,
	}, source)
	if err != nil {
		t.Fatal(err)
	}
	return &model.Base{Backbone: body, Tokenizer: pieces, Weights: source}
}
