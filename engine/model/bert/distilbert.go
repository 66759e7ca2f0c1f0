package bert

import (
	"encoding/json"

	"attune/engine/head"
	"attune/engine/kernel"
	"attune/engine/model"
)

// DistilBERT is the BERT of half the blocks, without segments, that learned from
// a whole one (Sanh et al. 2019, transformers models/distilbert).
var DistilBERT = model.Family{Name: "distilbert", Types: []string{"distilbert"}, Load: distilbert.open, Tokenizer: wordPiece}

var distilbert = variant{
	kind: "distilbert", class: "DistilBert", prefix: "distilbert", blocks: "transformer.layer",
	block: blockNames{
		queryKeyValue:   [3]string{"attention.q_lin", "attention.k_lin", "attention.v_lin"},
		stacked:         "attention.qkv_lin",
		attentionOutput: "attention.out_lin", attentionNorm: "sa_layer_norm",
		inner: "ffn.lin1", output: "ffn.lin2", outputNorm: "output_layer_norm",
	},
	pool: "pre_classifier", out: "classifier", activation: kernel.ReLU,
	masked: head.MaskedNames{
		Dense: "vocab_transform", Norm: "vocab_layer_norm", Table: "vocab_projector", Bias: "vocab_projector",
	},
	read: readDistilbert, write: writeDistilbert,
}

// distilbertConfig has DistilBERT's own names for the fields of Config.
type distilbertConfig struct {
	Vocabulary  int     `json:"vocab_size"`
	Width       int     `json:"dim"`
	Blocks      int     `json:"n_layers"`
	Heads       int     `json:"n_heads"`
	Inner       int     `json:"hidden_dim"`
	Activation  string  `json:"activation"`
	Dropout     float64 `json:"dropout"`
	Attention   float64 `json:"attention_dropout"`
	HeadDropout float64 `json:"seq_classif_dropout"`
	Positions   int     `json:"max_position_embeddings"`
}

func readDistilbert(text []byte) (Config, error) {
	d := distilbertConfig{
		Vocabulary: 30522, Width: 768, Blocks: 6, Heads: 12, Inner: 3072, Activation: "gelu",
		Dropout: 0.1, Attention: 0.1, HeadDropout: 0.2, Positions: 512,
	}
	if err := json.Unmarshal(text, &d); err != nil {
		return Config{}, model.BadConfig("it cannot be read: %v", err)
	}
	if err := model.AtLeast(1, map[string]int{
		"vocab_size": d.Vocabulary, "dim": d.Width, "n_layers": d.Blocks,
		"n_heads": d.Heads, "hidden_dim": d.Inner, "max_position_embeddings": d.Positions,
	}); err != nil {
		return Config{}, err
	}
	c := Config{
		Vocabulary: d.Vocabulary, Width: d.Width, Blocks: d.Blocks, Heads: d.Heads, Inner: d.Inner,
		Activation: d.Activation, Dropout: d.Dropout, Attention: d.Attention, HeadDropout: &d.HeadDropout,
		Positions: d.Positions, Epsilon: 1e-12,
	}
	return c, c.check()
}

func writeDistilbert(c Config) map[string]any {
	return map[string]any{
		"vocab_size": c.Vocabulary, "dim": c.Width, "n_layers": c.Blocks, "n_heads": c.Heads,
		"hidden_dim": c.Inner, "activation": c.Activation, "dropout": c.Dropout,
		"attention_dropout": c.Attention, "seq_classif_dropout": c.headDropout(),
		"max_position_embeddings": c.Positions, "pad_token_id": 0,
		"sinusoidal_pos_embds": false, "tie_weights_": true,
	}
}
