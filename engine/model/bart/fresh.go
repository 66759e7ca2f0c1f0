package bart

import (
	"context"
	"iter"
	"math/rand/v2"

	"attune/engine/model"
	"attune/engine/tokenizer"
	"attune/engine/weights"
)

// freshPieces is how many pieces a fresh model's vocabulary has at most: few enough that
// each is seen a hundred times in 50,000 pairs of sentences.
const freshPieces = 5000

// Fresh gives a small Marian that knows nothing yet, with a vocabulary learned from
// the texts, which are those of both languages: three blocks 256 wide that read and two
// that write, 6 million parameters. Blocks that read cost less for what they give (Kasai
// et al. 2021). The same texts and seed give the same weights.
func Fresh(ctx context.Context, texts iter.Seq[string], seed uint64) (*model.Base, error) {
	pieces, err := tokenizer.TrainMarian(ctx, texts, freshPieces)
	if err != nil {
		return nil, err
	}
	source := weights.Fresh(weights.Draw{Random: rand.New(rand.NewPCG(seed, bodyStream)), Spread: freshSpread})
	padding := pieces.Size() - 1
	body, err := New(Config{
		Type: "marian", Vocabulary: pieces.Size(), Width: 256, EncoderBlocks: 3, DecoderBlocks: 2,
		EncoderHeads: 4, DecoderHeads: 4, EncoderInner: 1024, DecoderInner: 1024, Activation: "relu",
		Dropout: 0.1, Positions: 512, ScaleEmbedding: true,
		Padding: padding, End: 0, DecoderStart: padding,
	}, source)
	if err != nil {
		return nil, err
	}
	return &model.Base{Name: "fresh", Fresh: true, Backbone: body, Tokenizer: pieces, Weights: source}, nil
}

const (
	bodyStream = 1 // keeps the random numbers of a body apart from those of a head

	// freshSpread keeps the size of what goes through a layer 256 wide (Glorot and
	// Bengio 2010), and makes what the scaled table gives as large as the places.
	freshSpread = 0.0625
)
