package llama

import (
	"cmp"
	"encoding/json"
	"math"

	"attune/engine/kernel"
	"attune/engine/model"
	"attune/engine/op"
)

// Config mirrors the fields of a Llama config.json that its network depends on.
type Config struct {
	Type          string          `json:"model_type"`
	Vocabulary    int             `json:"vocab_size"`
	Width         int             `json:"hidden_size"`
	Blocks        int             `json:"num_hidden_layers"`
	Heads         int             `json:"num_attention_heads"`
	KeyHeads      int             `json:"num_key_value_heads"` // 0, or null in the file, for as many as Heads
	HeadWidth     int             `json:"head_dim"`            // 0 for Width/Heads
	Inner         int             `json:"intermediate_size"`
	Activation    string          `json:"hidden_act"`
	Positions     int             `json:"max_position_embeddings"`
	Epsilon       float64         `json:"rms_norm_eps"`
	Theta         float64         `json:"rope_theta"`
	Scaling       json.RawMessage `json:"rope_scaling"`
	AttentionBias bool            `json:"attention_bias"`
	InnerBias     bool            `json:"mlp_bias"`
	Window        bool            `json:"use_sliding_window"`
	Attention     float64         `json:"attention_dropout"`
	Tied          bool            `json:"tie_word_embeddings"`
	Begin         int             `json:"bos_token_id"`
	End           json.RawMessage `json:"eos_token_id"` // one number, or a list of them
	Padding       *int            `json:"pad_token_id"` // or nil

	Dropout float64 `json:"-"` // after attention and feed-forward network; the original has none
}

// activations are the functions that a config.json may name.
var activations = map[string]op.Activation{
	"silu":     kernel.SiLU,
	"gelu":     kernel.GELU,
	"gelu_new": kernel.GELUTanh,
	"relu":     kernel.ReLU,
}

// classes begin the names of the whole models, by their type.
var classes = map[string]string{"llama": "Llama", "qwen2": "Qwen2"}

// readConfig reads a config.json; what it leaves out is as in the smallest Llama.
func readConfig(text []byte) (Config, error) {
	c := Config{
		Type: "llama", Vocabulary: 32000, Width: 4096, Blocks: 32, Heads: 32, Inner: 11008, Activation: "silu",
		Positions: 2048, Epsilon: 1e-6, Theta: 10000, Begin: 1, End: json.RawMessage("2"),
	}
	if err := json.Unmarshal(text, &c); err != nil {
		return Config{}, model.BadConfig("it cannot be read: %v", err)
	}
	return c, c.check()
}

func (c Config) check() error {
	err := cmp.Or(
		model.AtLeast(1, map[string]int{
			"vocab_size": c.Vocabulary, "hidden_size": c.Width, "num_hidden_layers": c.Blocks,
			"num_attention_heads": c.Heads, "intermediate_size": c.Inner, "max_position_embeddings": c.Positions,
		}),
		model.AtLeast(0, map[string]int{"num_key_value_heads": c.KeyHeads, "head_dim": c.HeadWidth}),
	)
	switch {
	case err != nil:
		return err
	case c.Heads%c.keyHeads() != 0 || c.headWidth() < 2 || c.headWidth()%2 != 0:
		return model.BadConfig("%d heads of width %d do not share %d heads of keys", c.Heads, c.headWidth(), c.keyHeads())
	case activations[c.Activation] == nil:
		return model.BadConfig("the activation %q is not known", c.Activation)
	case len(c.Scaling) > 0 && string(c.Scaling) != "null":
		return model.BadConfig("the rope_scaling %s is not known", c.Scaling)
	case c.Type == "llama" && c.AttentionBias || c.InnerBias:
		return model.BadConfig("biases in every linear layer are not known")
	case c.Window:
		return model.BadConfig("sliding windows are not known")
	}
	return nil
}

func (c Config) keyHeads() int { return cmp.Or(c.KeyHeads, c.Heads) }

func (c Config) headWidth() int { return cmp.Or(c.HeadWidth, c.Width/c.Heads) }

func (c Config) class() string { return classes[c.Type] }

// biased says whether queries, keys and values have biases, as Qwen2's do.
func (c Config) biased() bool { return c.Type == "qwen2" }

// ends are the pieces that end what is written.
func (c Config) ends() []int {
	var one int
	if json.Unmarshal(c.End, &one) == nil {
		return []int{one}
	}
	var all []int
	if json.Unmarshal(c.End, &all) != nil {
		return nil
	}
	return all
}

// frequencies are those of the rotary position embeddings, in radians a position.
func (c Config) frequencies() []float64 {
	all := make([]float64, c.headWidth()/2)
	for i := range all {
		all[i] = math.Pow(c.Theta, -2*float64(i)/float64(c.headWidth()))
	}
	return all
}
