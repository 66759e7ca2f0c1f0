package bert

import (
	"encoding/json"
	"io/fs"

	"attune/engine/head"
	"attune/engine/kernel"
	"attune/engine/model"
	"attune/engine/tokenizer"
)

// ALBERT is BERT with one block that is passed again and again, embeddings that are
// narrower than it, and the pieces of SentencePiece (Lan et al. 2019, arXiv
// 1909.11942, transformers models/albert).
var ALBERT = model.Family{
	Name: "albert", Types: []string{"albert"}, Load: albert.open,
	Tokenizer: func(folder fs.FS) (tokenizer.Tokenizer, error) { return tokenizer.ReadALBERT(folder) },
}

var albert = variant{
	kind: "albert", class: "Albert", prefix: "albert",
	blocks: "encoder.albert_layer_groups.0.albert_layers", shared: true,
	projection: "encoder.embedding_hidden_mapping_in",
	block: blockNames{
		queryKeyValue:   [3]string{"attention.query", "attention.key", "attention.value"},
		stacked:         "attention.qkv",
		attentionOutput: "attention.dense", attentionNorm: "attention.LayerNorm",
		inner: "ffn", output: "ffn_output", outputNorm: "full_layer_layer_norm",
	},
	pool: "albert.pooler", out: "classifier", activation: kernel.Tanh,
	masked: head.MaskedNames{
		Dense: "predictions.dense", Norm: "predictions.LayerNorm",
		Table: "predictions.decoder", Bias: "predictions",
	},
	read: readAlbert, write: writeAlbert,
}

// readAlbert reads BERT's fields; what is left out is as in transformers.
func readAlbert(text []byte) (Config, error) {
	own := struct {
		Groups      int      `json:"num_hidden_groups"`
		Inside      int      `json:"inner_group_num"`
		HeadDropout *float64 `json:"classifier_dropout_prob"`
	}{Groups: 1, Inside: 1}
	if err := json.Unmarshal(text, &own); err != nil {
		return Config{}, model.BadConfig("it cannot be read: %v", err)
	}
	if own.Groups != 1 || own.Inside != 1 {
		return Config{}, model.BadConfig("%d groups of %d blocks are not known, only one block for all", own.Groups, own.Inside)
	}
	base := bertBase
	base.Vocabulary, base.Embedding, base.Width, base.Heads, base.Inner = 30000, 128, 4096, 64, 16384
	base.Activation, base.Dropout, base.Attention = "gelu_new", 0, 0
	c, err := readOver(base, text)
	if err != nil {
		return Config{}, err
	}
	if c.HeadDropout = own.HeadDropout; c.HeadDropout == nil {
		rate := 0.1
		c.HeadDropout = &rate
	}
	return c, c.check()
}

func writeAlbert(c Config) map[string]any {
	fields := writeBert(c)
	delete(fields, "classifier_dropout")
	fields["classifier_dropout_prob"] = c.headDropout()
	fields["embedding_size"], fields["num_hidden_groups"], fields["inner_group_num"] = c.embedding(), 1, 1
	fields["bos_token_id"], fields["eos_token_id"] = 2, 3
	return fields
}
