package bert

import (
	"encoding/json"
	"fmt"
	"io/fs"

	"attune/engine/kernel"
	"attune/engine/model"
	"attune/engine/tokenizer"
	"attune/engine/weights"
)

// RoBERTa is BERT trained for longer on more text, without segments and with
// places counted from behind the padding piece's number (Liu et al. 2019,
// transformers models/roberta). XLM-RoBERTa and CamemBERT are the same network.
var RoBERTa = model.Family{
	Name: "roberta", Types: []string{"roberta", "xlm-roberta", "camembert"}, Tokenizer: func(folder fs.FS) (tokenizer.Tokenizer, error) { return tokenizer.ReadRoBERTa(folder) },
	Load: func(config []byte, s *weights.Source) (model.Backbone, error) {
		var kind struct {
			Type string `json:"model_type"`
		}
		if err := json.Unmarshal(config, &kind); err != nil {
			return nil, fmt.Errorf("read config.json: %w", err)
		}
		return roberta(kind.Type).open(config, s)
	},
}

func roberta(kind string) variant {
	return variant{
		kind: kind, class: robertaClasses[kind], prefix: "roberta", blocks: bert.blocks, block: bert.block,
		pool: "classifier.dense", out: "classifier.out_proj", activation: kernel.Tanh,
		read: readRoberta, write: writeRoberta,
	}
}

var robertaClasses = map[string]string{"roberta": "Roberta", "xlm-roberta": "XLMRoberta", "camembert": "Camembert"}

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
