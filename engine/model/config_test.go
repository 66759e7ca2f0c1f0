package model_test

import (
	"strings"
	"testing"

	"attune/engine/model"
	"attune/engine/model/bart"
	"attune/engine/model/bert"
	"attune/engine/model/gpt2"
	"attune/engine/model/llama"
	"attune/engine/model/t5"
	"attune/engine/model/xlnet"
	"attune/engine/weights"
)

func TestASizeTooSmallIsNamedAsInTheFile(t *testing.T) {
	cases := []struct {
		family       model.Family
		config, want string
	}{
		{bert.Family, `{"num_hidden_layers":0}`, "num_hidden_layers is 0, and must be at least 1"},
		{bert.Family, `{"embedding_size":-1}`, "embedding_size is -1, and must be at least 0"},
		{bert.RoBERTa, `{"max_position_embeddings":2}`, "max_position_embeddings is 2, and must be at least 3"},
		{bert.DistilBERT, `{"n_layers":0}`, "n_layers is 0"},
		{gpt2.Family, `{"n_embd":-768}`, "n_embd is -768"},
		{llama.Family, `{"num_key_value_heads":-1}`, "num_key_value_heads is -1, and must be at least 0"},
		{t5.Family, `{"d_kv":0}`, "d_kv is 0"},
		{bart.Family, `{"decoder_layers":0}`, "decoder_layers is 0"},
		{xlnet.Family, `{"n_layer":0,"d_inner":0}`, "d_inner is 0"},
	}
	for _, c := range cases {
		_, err := c.family.Load([]byte(c.config), weights.NewSource(weights.Held{}))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s of %s: %v, want %q", c.family.Name, c.config, err, c.want)
		}
	}
}
