package tokenizer

import "io/fs"

// ReadALBERT reads the tokenizer of an ALBERT folder: tokenizer.json, or else
// spiece.model. A text stands between [CLS] and [SEP]; capitals are folded unless
// the folder says otherwise. It fails with an *Error.
//
// Source: Lan et al. 2019; huggingface transformers
// models/albert/tokenization_albert.py.
func ReadALBERT(fsys fs.FS) (Tokenizer, error) { return albert.read(fsys) }

var albert = rules{
	class: "AlbertTokenizer",
	files: []string{spieceFile},
	make: func(fsys fs.FS, c tokenizerConfig) (*Pipeline, error) {
		p, err := newTidied(fsys, c, true, []namedToken{
			{"bos_token", added{Content: "[CLS]"}},
			{"eos_token", added{Content: "[SEP]"}},
			{"unk_token", added{Content: "<unk>"}},
			{"sep_token", added{Content: "[SEP]"}},
			{"pad_token", added{Content: "<pad>"}},
			{"cls_token", added{Content: "[CLS]"}},
			{"mask_token", added{Content: "[MASK]", LStrip: true}},
		})
		if err != nil {
			return nil, err
		}
		class, err := p.needed(c, "cls_token", "[CLS]")
		if err != nil {
			return nil, err
		}
		separator, err := p.needed(c, "sep_token", "[SEP]")
		if err != nil {
			return nil, err
		}
		p.template = bertTemplate(class, separator)
		return p, nil
	},
}
