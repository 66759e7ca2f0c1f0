package bert

import (
	"attune/engine/head"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/weights"
)

// variant is what sets a member of the family apart from BERT: the fields of its
// config.json, the published names of its tensors, and its classifier.
type variant struct {
	kind       string // model_type in config.json
	class      string // begins the names of its whole models
	prefix     string // begins the names of the body's tensors
	blocks     string // the list of its blocks
	block      blockNames
	shared     bool   // one block stands for all, behind a projection whatever the widths
	projection string // the layer from the embeddings' width to the blocks', of those that may have one
	pool, out  string // the classifier's layers
	activation op.Activation
	masked     head.MaskedNames // of the head for hidden words, without its architecture
	read       func(config []byte) (Config, error)
	write      func(Config) map[string]any
}

// blockNames are the published names inside of a block.
type blockNames struct {
	queryKeyValue                                             [3]string
	stacked                                                   string // queries, keys and values as the one layer they are here
	attentionOutput, attentionNorm, inner, output, outputNorm string
}

// open gives the body of a checkpoint.
func (v variant) open(config []byte, s *weights.Source) (model.Backbone, error) {
	c, err := v.read(config)
	if err != nil {
		return nil, err
	}
	return v.load(c, s)
}
