package bert

import (
	"io/fs"

	"attune/engine/kernel"
	"attune/engine/model"
	"attune/engine/tokenizer"
)

// RoBERTa is BERT trained for longer on more text, without segments and with
// places counted from behind the padding piece's number (Liu et al. 2019,
// transformers models/roberta).
var RoBERTa = model.Family{
	Name: "roberta", Types: []string{"roberta"}, Load: roberta("roberta", "Roberta").open,
	Tokenizer: func(folder fs.FS) (tokenizer.Tokenizer, error) { return tokenizer.ReadRoBERTa(folder) },
}

// XLMRoBERTa is RoBERTa on a hundred languages, with the pieces of SentencePiece
// (Conneau et al. 2020, transformers models/xlm_roberta).
var XLMRoBERTa = model.Family{
	Name: "xlm-roberta", Types: []string{"xlm-roberta"}, Load: roberta("xlm-roberta", "XLMRoberta").open,
	Tokenizer: func(folder fs.FS) (tokenizer.Tokenizer, error) { return tokenizer.ReadXLMRoBERTa(folder) },
}

func roberta(kind, class string) variant {
	return variant{
		kind: kind, class: class, prefix: "roberta", blocks: bert.blocks, block: bert.block,
		pool: "classifier.dense", out: "classifier.out_proj", activation: kernel.Tanh,
		read: readRoberta, write: writeRoberta,
	}
}

// readRoberta reads BERT's fields; what is left out is as in RoBERTa-base.
func readRoberta(text []byte) (Config, error) {
	base := bertBase
	base.Vocabulary, base.Segments, base.Positions, base.Epsilon, base.Padding = 50265, 1, 514, 1e-5, 1
	c, err := readOver(base, text)
	if err != nil {
		return Config{}, err
	}
	c.First = c.Padding + 1
	return c, c.check()
}

func writeRoberta(c Config) map[string]any {
	fields := writeBert(c)
	fields["bos_token_id"], fields["eos_token_id"] = 0, 2
	return fields
}
