package gpt2

import (
	"context"
	"iter"
	"math/rand/v2"

	"attune/engine/model"
	"attune/engine/tokenizer"
	"attune/engine/weights"
)

// freshPieces is how many pieces a fresh model's vocabulary has at most.
const freshPieces = 4000

// Fresh gives a small decoder that knows nothing yet, with a vocabulary learned from
// the texts: four blocks 160 wide, 2 million parameters. The same texts and seed give
// the same weights.
func Fresh(ctx context.Context, texts iter.Seq[string], seed uint64) (*model.Base, error) {
	pieces, err := tokenizer.TrainBytePairs(ctx, texts, freshPieces)
	if err != nil {
		return nil, err
	}
	source := weights.Fresh(weights.Draw{Random: rand.New(rand.NewPCG(seed, bodyStream)), Spread: freshSpread})
	const end = 0 // <|endoftext|>
	body, err := New(Config{
		Vocabulary: pieces.Size(), Width: 160, Blocks: 4, Heads: 5, Positions: 512, Activation: "gelu_new",
		Dropout: 0.1, Embedding: 0.1, Attention: 0.1, Epsilon: 1e-5, Scaled: true, Begin: end, End: end,
	}, source)
	if err != nil {
		return nil, err
	}
	return &model.Base{Name: "fresh", Fresh: true, Backbone: body, Tokenizer: pieces, Weights: source}, nil
}

const (
	bodyStream = 1 // keeps the random numbers of a body apart from those of a head

	// freshSpread is wider than GPT-2's 0.02, which is made for a width of 768.
	freshSpread = 0.05
)
