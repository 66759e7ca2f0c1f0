package bert

import (
	"encoding/json"
	"fmt"

	"attune/engine/kernel"
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
}

// activations are the functions that a config.json may name.
var activations = map[string]op.Activation{
	"gelu":     kernel.GELU,
	"gelu_new": kernel.GELUTanh,
	"relu":     kernel.ReLU,
	"silu":     kernel.SiLU,
}

// readConfig reads a config.json; what it leaves out is as in BERT-base.
func readConfig(text []byte) (Config, error) {
	c := Config{
		Width: 768, Blocks: 12, Heads: 12, Inner: 3072, Activation: "gelu",
		Dropout: 0.1, Attention: 0.1, Positions: 512, Segments: 2, Epsilon: 1e-12,
	}
	if err := json.Unmarshal(text, &c); err != nil {
		return Config{}, fmt.Errorf("read config.json: %w", err)
	}
	return c, c.check()
}

func (c Config) check() error {
	switch {
	case c.Vocabulary < 1 || c.Width < 1 || c.Blocks < 1 || c.Heads < 1 || c.Inner < 1 || c.Positions < 1 || c.Segments < 1:
		return fmt.Errorf("config.json: every size must be at least 1: %+v", c)
	case c.Width%c.Heads != 0:
		return fmt.Errorf("config.json: %d attention heads do not divide a width of %d", c.Heads, c.Width)
	case activations[c.Activation] == nil:
		return fmt.Errorf("config.json: the activation %q is not known", c.Activation)
	}
	return nil
}
