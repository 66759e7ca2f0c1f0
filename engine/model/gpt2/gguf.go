package gpt2

import "attune/engine/model"

// ggufs: llama.cpp's files hold the matrices of Conv1D layers as those of others.
var ggufs = []model.GGUF{{
	Architecture: "gpt2",
	Class:        "GPT2LMHeadModel",
	Settings: map[string]string{
		"embedding_length":             "n_embd",
		"block_count":                  "n_layer",
		"feed_forward_length":          "n_inner",
		"context_length":               "n_positions",
		"attention.head_count":         "n_head",
		"attention.layer_norm_epsilon": "layer_norm_epsilon",
	},
	Tensors: map[string]model.Moved{
		model.GGUFWords:     {Name: "transformer.wte"},
		model.GGUFHead:      {Name: "lm_head"},
		"position_embd":     {Name: "transformer.wpe"},
		"output_norm":       {Name: "transformer.ln_f"},
		"blk.#.attn_norm":   {Name: "transformer.h.#.ln_1"},
		"blk.#.attn_qkv":    {Name: "transformer.h.#.attn.c_attn", Transposed: true},
		"blk.#.attn_output": {Name: "transformer.h.#.attn.c_proj", Transposed: true},
		"blk.#.ffn_norm":    {Name: "transformer.h.#.ln_2"},
		"blk.#.ffn_up":      {Name: "transformer.h.#.mlp.c_fc", Transposed: true},
		"blk.#.ffn_down":    {Name: "transformer.h.#.mlp.c_proj", Transposed: true},
	},
}}
