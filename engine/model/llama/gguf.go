package llama

import "attune/engine/model"

// In llama.cpp's files of Llamas the rows of queries and keys that a rotation turns
// together lie beside each other; in those of Qwen2 they lie as published.
var ggufs = []model.GGUF{
	gguf("llama", model.Moved{Heads: []string{headCount}}, model.Moved{Heads: []string{keyHeadCount, headCount}}),
	gguf("qwen2", model.Moved{}, model.Moved{}),
}

const (
	headCount    = "attention.head_count"
	keyHeadCount = "attention.head_count_kv"
)

func gguf(architecture string, query, key model.Moved) model.GGUF {
	query.Name, key.Name = "model.layers.#.self_attn.q_proj", "model.layers.#.self_attn.k_proj"
	return model.GGUF{
		Architecture: architecture,
		Class:        classes[architecture] + "ForCausalLM",
		Settings: map[string]string{
			"embedding_length":                 "hidden_size",
			"block_count":                      "num_hidden_layers",
			"feed_forward_length":              "intermediate_size",
			"context_length":                   "max_position_embeddings",
			headCount:                          "num_attention_heads",
			keyHeadCount:                       "num_key_value_heads",
			"attention.key_length":             "head_dim",
			"attention.layer_norm_rms_epsilon": "rms_norm_eps",
			"rope.freq_base":                   "rope_theta",
			"rope.scaling.type":                "rope_scaling", // of which none is known
		},
		Tensors: map[string]model.Moved{
			model.GGUFWords:     {Name: "model.embed_tokens"},
			model.GGUFHead:      {Name: "lm_head"},
			"output_norm":       {Name: "model.norm"},
			"blk.#.attn_norm":   {Name: "model.layers.#.input_layernorm"},
			"blk.#.attn_q":      query,
			"blk.#.attn_k":      key,
			"blk.#.attn_v":      {Name: "model.layers.#.self_attn.v_proj"},
			"blk.#.attn_output": {Name: "model.layers.#.self_attn.o_proj"},
			"blk.#.ffn_norm":    {Name: "model.layers.#.post_attention_layernorm"},
			"blk.#.ffn_gate":    {Name: "model.layers.#.mlp.gate_proj"},
			"blk.#.ffn_up":      {Name: "model.layers.#.mlp.up_proj"},
			"blk.#.ffn_down":    {Name: "model.layers.#.mlp.down_proj"},
		},
	}
}
