package xlnet

import (
	"cmp"
	"encoding/json"

	"attune/engine/kernel"
	"attune/engine/model"
	"attune/engine/op"
)

// Config mirrors the fields of an XLNet config.json that its network depends on.
type Config struct {
	Vocabulary int     `json:"vocab_size"`
	Width      int     `json:"d_model"`
	Blocks     int     `json:"n_layer"`
	Heads      int     `json:"n_head"`
	HeadWidth  int     `json:"d_head"` // 0 for Width/Heads
	Inner      int     `json:"d_inner"`
	Activation string  `json:"ff_activation"`
	Kind       string  `json:"attn_type"`
	Clamp      int     `json:"clamp_len"` // distances from which on all are one; 0 or less for none
	Dropout    float64 `json:"dropout"`
	Epsilon    float64 `json:"layer_norm_eps"`
	Padding    int     `json:"pad_token_id"`
	Begin      int     `json:"bos_token_id"`
	End        int     `json:"eos_token_id"`
}

// activations are the functions that a config.json may name.
var activations = map[string]op.Activation{
	"gelu":     kernel.GELU,
	"gelu_new": kernel.GELUTanh,
	"relu":     kernel.ReLU,
	"silu":     kernel.SiLU,
}

// readConfig reads a config.json; what it leaves out is as in XLNet-base.
func readConfig(text []byte) (Config, error) {
	c := Config{
		Vocabulary: 32000, Width: 768, Blocks: 12, Heads: 12, Inner: 3072, Activation: "gelu", Kind: "bi",
		Clamp: -1, Dropout: 0.1, Epsilon: 1e-12, Padding: 5, Begin: 1, End: 2,
	}
	if err := json.Unmarshal(text, &c); err != nil {
		return Config{}, model.BadConfig("it cannot be read: %v", err)
	}
	return c, c.check()
}

func (c Config) check() error {
	err := cmp.Or(
		model.AtLeast(1, map[string]int{"vocab_size": c.Vocabulary, "d_model": c.Width, "n_layer": c.Blocks, "n_head": c.Heads, "d_inner": c.Inner}),
		model.AtLeast(0, map[string]int{"d_head": c.HeadWidth}),
	)
	switch {
	case err != nil:
		return err
	case c.Heads*c.headWidth() < 1 || c.HeadWidth == 0 && c.Width%c.Heads != 0:
		return model.BadConfig("%d attention heads do not divide a width of %d", c.Heads, c.Width)
	case c.Width%2 != 0:
		return model.BadConfig("distances need an even width, not %d", c.Width)
	case activations[c.Activation] == nil:
		return model.BadConfig("the activation %q is not known", c.Activation)
	case c.Kind != "bi":
		return model.BadConfig("the attention %q is not known", c.Kind)
	}
	return nil
}

func (c Config) headWidth() int {
	if c.HeadWidth == 0 {
		return c.Width / c.Heads
	}
	return c.HeadWidth
}
