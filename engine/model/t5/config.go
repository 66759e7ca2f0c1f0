package t5

import (
	"encoding/json"
	"math"

	"attune/engine/kernel"
	"attune/engine/model"
	"attune/engine/op"
)

// Config mirrors the fields of a T5 config.json that its network depends on.
type Config struct {
	Vocabulary    int     `json:"vocab_size"`
	Width         int     `json:"d_model"`
	HeadWidth     int     `json:"d_kv"`
	Inner         int     `json:"d_ff"`
	EncoderBlocks int     `json:"num_layers"`
	DecoderBlocks int     `json:"num_decoder_layers"` // 0 for EncoderBlocks
	Heads         int     `json:"num_heads"`
	Buckets       int     `json:"relative_attention_num_buckets"`
	Farthest      int     `json:"relative_attention_max_distance"`
	FeedForward   string  `json:"feed_forward_proj"` // an activation, with "gated-" before it if it is a gate's
	Dropout       float64 `json:"dropout_rate"`
	Epsilon       float64 `json:"layer_norm_epsilon"`
	Positions     int     `json:"n_positions"` // that it was trained with; distances have no end
	Tied          bool    `json:"tie_word_embeddings"`
	Padding       int     `json:"pad_token_id"`
	End           int     `json:"eos_token_id"`
	DecoderStart  int     `json:"decoder_start_token_id"`
}

// feedForward is a kind of feed-forward network.
type feedForward struct {
	gated      bool
	activation op.Activation
}

// feedForwards are the kinds that a config.json may name. What it calls gated-gelu
// is GELU by tanh (transformers, configuration_t5.py).
var feedForwards = map[string]feedForward{
	"relu":       {activation: kernel.ReLU},
	"gelu":       {activation: kernel.GELU},
	"gated-gelu": {gated: true, activation: kernel.GELUTanh},
	"gated-silu": {gated: true, activation: kernel.SiLU},
}

// readConfig reads a config.json; what it leaves out is as in T5-small.
func readConfig(text []byte) (Config, error) {
	c := Config{
		Vocabulary: 32128, Width: 512, HeadWidth: 64, Inner: 2048, EncoderBlocks: 6, Heads: 8,
		Buckets: 32, Farthest: 128, FeedForward: "relu", Dropout: 0.1, Epsilon: 1e-6,
		Positions: 512, Tied: true, End: 1,
	}
	if err := json.Unmarshal(text, &c); err != nil {
		return Config{}, model.BadConfig("it cannot be read: %v", err)
	}
	return c, c.check()
}

func (c Config) check() error {
	err := model.AtLeast(1, map[string]int{
		"vocab_size": c.Vocabulary, "d_model": c.Width, "d_kv": c.HeadWidth, "d_ff": c.Inner, "num_heads": c.Heads,
		"num_layers": c.EncoderBlocks, "num_decoder_layers": c.decoderBlocks(), "n_positions": c.Positions,
	})
	switch {
	case err != nil:
		return err
	case c.Buckets < 4 || c.Buckets%4 != 0 || c.Farthest <= c.Buckets/2:
		return model.BadConfig("%d buckets do not hold distances to %d", c.Buckets, c.Farthest)
	case feedForwards[c.FeedForward].activation == nil:
		return model.BadConfig("the feed-forward network %q is not known", c.FeedForward)
	case min(c.Padding, c.End, c.DecoderStart) < 0 || max(c.Padding, c.End, c.DecoderStart) >= c.Vocabulary:
		return model.BadConfig("a special piece lies outside of the vocabulary of %d", c.Vocabulary)
	}
	return nil
}

func (c Config) decoderBlocks() int {
	if c.DecoderBlocks == 0 {
		return c.EncoderBlocks
	}
	return c.DecoderBlocks
}

// headScale is that of the representations before a tied head (Raffel et al. 2020;
// mesh-tensorflow, transformer.py); an own head has none.
func (c Config) headScale() float64 {
	if !c.Tied {
		return 1
	}
	return 1 / math.Sqrt(float64(c.Width))
}
