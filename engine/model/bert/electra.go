package bert

import (
	"attune/engine/head"
	"attune/engine/kernel"
	"attune/engine/model"
)

// ELECTRA is BERT's network pre-trained to find replaced pieces, with embeddings
// that may be narrower than its blocks (Clark et al. 2020, transformers
// models/electra).
var ELECTRA = model.Family{Name: "electra", Types: []string{"electra"}, Load: electra.open, Tokenizer: wordPiece}

var electra = variant{
	kind: "electra", class: "Electra", prefix: "electra", blocks: bert.blocks, block: bert.block,
	projection: "embeddings_project",
	pool:       "classifier.dense", out: "classifier.out_proj", activation: kernel.GELU,
	masked: head.MaskedNames{
		Dense: "generator_predictions.dense", Norm: "generator_predictions.LayerNorm",
		Table: "generator_lm_head", Bias: "generator_lm_head",
	},
	read: readElectra, write: writeElectra,
}

// readElectra reads BERT's fields; what is left out is as in ELECTRA-small.
func readElectra(text []byte) (Config, error) {
	base := bertBase
	base.Width, base.Heads, base.Inner, base.Embedding = 256, 4, 1024, 128
	c, err := readOver(base, text)
	if err != nil {
		return Config{}, err
	}
	return c, c.check()
}

func writeElectra(c Config) map[string]any {
	fields := writeBert(c)
	fields["embedding_size"] = c.embedding()
	return fields
}
