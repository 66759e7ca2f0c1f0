package modeltest

import (
	"encoding/json"
	"strings"

	"attune/engine/weights"
	"attune/engine/weights/weightstest"
)

// GGUF gives a model as llama.cpp's convert_hf_to_gguf.py writes it: its tensors, by
// their published names, become a file with matrices of a kind that
// weightstest.GGUF knows. More settings, such as those of a tokenizer, may be given.
func GGUF(config []byte, tensors []weights.Tensor, kind string, more map[string]any) ([]byte, error) {
	var c converted
	if err := json.Unmarshal(config, &c); err != nil {
		return nil, err
	}
	settings := map[string]any{"general.architecture": c.Type}
	for name, value := range c.settings() {
		settings[c.Type+"."+name] = value
	}
	for name, value := range more {
		settings[name] = value
	}
	var all []weights.Tensor
	for _, t := range tensors {
		switch {
		case c.Type == "llama" && strings.HasSuffix(t.Name, "q_proj.weight"):
			t = paired(t, c.Heads)
		case c.Type == "llama" && strings.HasSuffix(t.Name, "k_proj.weight"):
			t = paired(t, c.KeyHeads)
		case strings.Contains(t.Name, ".c_") && len(t.Shape) == 2:
			t = turned(t)
		}
		t.Name = converting.Replace(t.Name)
		all = append(all, t)
	}
	return weightstest.GGUF(settings, kind, all), nil
}

// converted are the fields of a config.json that a GGUF file has settings of.
type converted struct {
	Type          string  `json:"model_type"`
	Width         uint32  `json:"hidden_size"`
	Inner         uint32  `json:"intermediate_size"`
	Blocks        uint32  `json:"num_hidden_layers"`
	Heads         uint32  `json:"num_attention_heads"`
	KeyHeads      uint32  `json:"num_key_value_heads"`
	Positions     uint32  `json:"max_position_embeddings"`
	Epsilon       float32 `json:"rms_norm_eps"`
	Theta         float32 `json:"rope_theta"`
	GPT2Width     uint32  `json:"n_embd"`
	GPT2Blocks    uint32  `json:"n_layer"`
	GPT2Heads     uint32  `json:"n_head"`
	GPT2Positions uint32  `json:"n_positions"`
	GPT2Epsilon   float32 `json:"layer_norm_epsilon"`
}

// settings gives them by their names behind the architecture.
func (c converted) settings() map[string]any {
	if c.Type == "gpt2" {
		return map[string]any{
			"block_count": c.GPT2Blocks, "context_length": c.GPT2Positions, "embedding_length": c.GPT2Width,
			"feed_forward_length": 4 * c.GPT2Width, "attention.head_count": c.GPT2Heads,
			"attention.layer_norm_epsilon": c.GPT2Epsilon,
		}
	}
	return map[string]any{
		"block_count": c.Blocks, "context_length": c.Positions, "embedding_length": c.Width,
		"feed_forward_length": c.Inner, "attention.head_count": c.Heads, "attention.head_count_kv": c.KeyHeads,
		"attention.layer_norm_rms_epsilon": c.Epsilon, "rope.freq_base": c.Theta, "rope.dimension_count": c.Width / c.Heads,
	}
}

// converting gives llama.cpp's names.
var converting = strings.NewReplacer(
	"model.embed_tokens.", "token_embd.", "model.norm.", "output_norm.", "lm_head.", "output.", "model.layers.", "blk.",
	".input_layernorm.", ".attn_norm.", ".post_attention_layernorm.", ".ffn_norm.",
	".self_attn.q_proj.", ".attn_q.", ".self_attn.k_proj.", ".attn_k.", ".self_attn.v_proj.", ".attn_v.", ".self_attn.o_proj.", ".attn_output.",
	".mlp.gate_proj.", ".ffn_gate.", ".mlp.up_proj.", ".ffn_up.", ".mlp.down_proj.", ".ffn_down.",
	"transformer.wte.", "token_embd.", "transformer.wpe.", "position_embd.", "transformer.ln_f.", "output_norm.", "transformer.h.", "blk.",
	".ln_1.", ".attn_norm.", ".ln_2.", ".ffn_norm.", ".attn.c_attn.", ".attn_qkv.", ".attn.c_proj.", ".attn_output.",
	".mlp.c_fc.", ".ffn_up.", ".mlp.c_proj.", ".ffn_down.",
)

// paired puts the rows that a rotation turns together beside each other, in each head:
// reshape(heads, 2, half, ...).swapaxes(1, 2) of its permute.
func paired(t weights.Tensor, heads uint32) weights.Tensor {
	width := len(t.Values) / t.Shape[0]
	size := t.Shape[0] / int(heads)
	values := make([]float32, 0, len(t.Values))
	for row := range t.Shape[0] {
		head, place := row/size, row%size
		from := head*size + place%2*(size/2) + place/2
		values = append(values, t.Values[from*width:(from+1)*width]...)
	}
	t.Values = values
	return t
}

func turned(t weights.Tensor) weights.Tensor {
	rows, cols := t.Shape[0], t.Shape[1]
	values := make([]float32, len(t.Values))
	for i, v := range t.Values {
		values[i%cols*rows+i/cols] = v
	}
	return weights.Tensor{Name: t.Name, Shape: []int{cols, rows}, Values: values}
}
