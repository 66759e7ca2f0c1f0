package gpt2

import (
	"cmp"
	"encoding/json"
	"math"

	"attune/engine/kernel"
	"attune/engine/model"
	"attune/engine/op"
)

// Config mirrors the fields of a GPT-2 config.json that its network depends on.
type Config struct {
	Vocabulary    int     `json:"vocab_size"`
	Width         int     `json:"n_embd"`
	Blocks        int     `json:"n_layer"`
	Heads         int     `json:"n_head"`
	Inner         int     `json:"n_inner"` // 0, or null in the file, for four times Width
	Positions     int     `json:"n_positions"`
	Activation    string  `json:"activation_function"`
	Dropout       float64 `json:"resid_pdrop"`
	Embedding     float64 `json:"embd_pdrop"`
	Attention     float64 `json:"attn_pdrop"`
	Epsilon       float64 `json:"layer_norm_epsilon"`
	Scaled        bool    `json:"scale_attn_weights"`
	ScaledByBlock bool    `json:"scale_attn_by_inverse_layer_idx"`
	Begin         int     `json:"bos_token_id"`
	End           int     `json:"eos_token_id"`
}

// activations are the functions that a config.json may name.
var activations = map[string]op.Activation{
	"gelu_new": kernel.GELUTanh,
	"gelu":     kernel.GELU,
	"relu":     kernel.ReLU,
	"silu":     kernel.SiLU,
	"tanh":     kernel.Tanh,
}

// readConfig reads a config.json; what it leaves out is as in the smallest GPT-2.
func readConfig(text []byte) (Config, error) {
	c := Config{
		Vocabulary: 50257, Width: 768, Blocks: 12, Heads: 12, Positions: 1024, Activation: "gelu_new",
		Dropout: 0.1, Embedding: 0.1, Attention: 0.1, Epsilon: 1e-5, Scaled: true, Begin: 50256, End: 50256,
	}
	if err := json.Unmarshal(text, &c); err != nil {
		return Config{}, model.BadConfig("it cannot be read: %v", err)
	}
	return c, c.check()
}

func (c Config) check() error {
	err := cmp.Or(
		model.AtLeast(1, map[string]int{"vocab_size": c.Vocabulary, "n_embd": c.Width, "n_layer": c.Blocks, "n_head": c.Heads, "n_positions": c.Positions}),
		model.AtLeast(0, map[string]int{"n_inner": c.Inner}),
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

// inner is the width inside of the feed-forward networks.
func (c Config) inner() int {
	if c.Inner == 0 {
		return 4 * c.Width
	}
	return c.Inner
}

// scale is that of a block's attention scores.
func (c Config) scale(block int) float64 {
	scale := 1.0
	if c.Scaled {
		scale = 1 / math.Sqrt(float64(c.Width/c.Heads))
	}
	if c.ScaledByBlock {
		scale /= float64(block + 1)
	}
	return scale
}
