package tokenizer

import "io/fs"

// ReadXLNet reads the tokenizer of an XLNet folder: tokenizer.json, or else
// spiece.model. A text is followed by <sep> and <cls>, the latter in segment 2;
// where inputs are padded, that is done on the left. It fails with an *Error.
//
// Source: Yang et al. 2019; huggingface transformers
// models/xlnet/tokenization_xlnet.py.
func ReadXLNet(fsys fs.FS) (Tokenizer, error) { return xlnet.read(fsys) }

var xlnet = rules{
	class: "XLNetTokenizer",
	files: []string{spieceFile},
	make: func(fsys fs.FS, c tokenizerConfig) (*Pipeline, error) {
		p, err := newTidied(fsys, c, false, []namedToken{
			{"bos_token", added{Content: "<s>"}},
			{"eos_token", added{Content: "</s>"}},
			{"unk_token", added{Content: "<unk>"}},
			{"sep_token", added{Content: "<sep>"}},
			{"pad_token", added{Content: "<pad>"}},
			{"cls_token", added{Content: "<cls>"}},
			{"mask_token", added{Content: "<mask>", LStrip: true}},
			{"", added{Content: "<eop>"}},
			{"", added{Content: "<eod>"}},
		})
		if err != nil {
			return nil, err
		}
		separator, err := p.needed(c, "sep_token", "<sep>")
		if err != nil {
			return nil, err
		}
		class, err := p.needed(c, "cls_token", "<cls>")
		if err != nil {
			return nil, err
		}
		p.template = template{
			single: []part{{0, 0, 0}, {special, separator, 0}, {special, class, 2}},
			pair:   []part{{0, 0, 0}, {special, separator, 0}, {1, 0, 1}, {special, separator, 1}, {special, class, 2}},
		}
		return p, nil
	},
}
