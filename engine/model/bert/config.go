package bert

import (
	"cmp"
	"encoding/json"

	"attune/engine/kernel"
	"attune/engine/model"
	"attune/engine/op"
)

// Config mirrors the fields of a BERT config.json that its network depends on.
type Config struct {
	Vocabulary int     `json:"vocab_size"`
	Width      int     `json:"hidden_size"`
	Blocks     int     `json:"num_hidden_layers"`
	Heads      int     `json:"num_attention_heads"`
	Inner      int     `json:"intermediate_size"`
	Activation string  `json:"hidden_act"`
	Dropout    float64 `json:"hidden_dropout_prob"`
	Attention  float64 `json:"attention_probs_dropout_prob"`
	Positions  int     `json:"max_position_embeddings"`
	Segments   int     `json:"type_vocab_size"`
	Epsilon    float64 `json:"layer_norm_eps"`
	Padding    int     `json:"pad_token_id"`

	Embedding   int      `json:"embedding_size"`     // width of the embeddings, 0 for Width
	HeadDropout *float64 `json:"classifier_dropout"` // of a classifier, nil for Dropout
	First       int      `json:"-"`                  // number of the first place in a sequence
}

// embedding is the width of the embeddings.
func (c Config) embedding() int { return cmp.Or(c.Embedding, c.Width) }

// headDropout is the dropout of a classifier.
func (c Config) headDropout() float64 {
	if c.HeadDropout == nil {
		return c.Dropout
	}
	return *c.HeadDropout
}

// activations are the functions that a config.json may name.
var activations = map[string]op.Activation{
	"gelu":     kernel.GELU,
	"gelu_new": kernel.GELUTanh,
	"relu":     kernel.ReLU,
	"silu":     kernel.SiLU,
}

// bertBase stands for the fields that a config.json leaves out.
var bertBase = Config{
	Vocabulary: 30522, Width: 768, Blocks: 12, Heads: 12, Inner: 3072, Activation: "gelu",
	Dropout: 0.1, Attention: 0.1, Positions: 512, Segments: 2, Epsilon: 1e-12,
}

// readOver reads a config.json over the values that it may leave out.
func readOver(c Config, text []byte) (Config, error) {
	if err := json.Unmarshal(text, &c); err != nil {
		return Config{}, model.BadConfig("it cannot be read: %v", err)
	}
	return c, nil
}

func (c Config) check() error {
	err := cmp.Or(
		model.AtLeast(1, map[string]int{
			"vocab_size": c.Vocabulary, "hidden_size": c.Width, "num_hidden_layers": c.Blocks,
			"num_attention_heads": c.Heads, "intermediate_size": c.Inner,
		}),
		model.AtLeast(c.First+1, map[string]int{"max_position_embeddings": c.Positions}),
		model.AtLeast(0, map[string]int{"type_vocab_size": c.Segments, "embedding_size": c.Embedding}),
	)
	switch {
	case err != nil:
		return err
	case c.Width%c.Heads != 0:
		return model.BadConfig("%d attention heads do not divide a width of %d", c.Heads, c.Width)
	case activations[c.Activation] == nil:
		return model.BadConfig("the activation %q is not known", c.Activation)
	}
	return nil
}
