package tokenizer

import "io/fs"

// ReadRoBERTa reads the tokenizer of a RoBERTa or BART folder: tokenizer.json, or
// else vocab.json and merges.txt. A text stands between <s> and </s>. It fails
// with an *Error.
//
// Source: huggingface transformers models/roberta/tokenization_roberta_fast.py.
func ReadRoBERTa(fsys fs.FS) (Tokenizer, error) { return roberta.read(fsys) }

var roberta = rules{
	class: "RobertaTokenizer",
	files: []string{numbersFile, mergesFile},
	make: func(fsys fs.FS, c tokenizerConfig) (*Pipeline, error) {
		p, err := newBytePairs(fsys, c, []namedToken{
			{"bos_token", added{Content: "<s>"}},
			{"eos_token", added{Content: "</s>"}},
			{"sep_token", added{Content: "</s>"}},
			{"cls_token", added{Content: "<s>"}},
			{"unk_token", added{Content: "<unk>"}},
			{"pad_token", added{Content: "<pad>"}},
			{"mask_token", added{Content: "<mask>", LStrip: true}},
		})
		if err != nil {
			return nil, err
		}
		class, err := p.needed(c, "cls_token", "<s>")
		if err != nil {
			return nil, err
		}
		separator, err := p.needed(c, "sep_token", "</s>")
		if err != nil {
			return nil, err
		}
		p.template = robertaTemplate(class, separator)
		p.margins = newMargins(p.pieces, p.added, c.says("add_prefix_space", false))
		return p, nil
	},
}

// needed gives the number of a special token without which a family cannot join
// texts.
func (p *Pipeline) needed(c tokenizerConfig, key, otherwise string) (int, error) {
	name := c.name(key)
	if name == "" {
		name = otherwise
	}
	id, ok := p.ID(name)
	if !ok {
		return 0, missingSpecial(name)
	}
	return id, nil
}
