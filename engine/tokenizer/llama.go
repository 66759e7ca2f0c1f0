package tokenizer

import (
	"io/fs"
	"slices"
)

// ReadLlama reads the tokenizer of a Llama-like folder: tokenizer.json, or else
// tokenizer.model. A text follows <s>. It fails with an *Error.
//
// Source: Touvron et al. 2023; huggingface transformers
// models/llama/tokenization_llama.py.
func ReadLlama(fsys fs.FS) (Tokenizer, error) { return llama.read(fsys) }

var llama = rules{
	class: "LlamaTokenizer",
	files: []string{tokenizerModelFile},
	make: func(fsys fs.FS, c tokenizerConfig) (*Pipeline, error) {
		p, _, err := newSentencePiece(fsys, tokenizerModelFile)
		if err != nil {
			return nil, err
		}
		err = p.setNamed(fsys, c, []namedToken{
			{"bos_token", added{Content: "<s>"}},
			{"eos_token", added{Content: "</s>"}},
			{"unk_token", added{Content: "<unk>"}},
			{"pad_token", added{}},
		})
		if err != nil {
			return nil, err
		}
		p.cleanup = c.says("clean_up_tokenization_spaces", false)
		begin, end := []part(nil), []part(nil)
		if c.says("add_bos_token", true) {
			id, err := p.needed(c, "bos_token", "<s>")
			if err != nil {
				return nil, err
			}
			begin = []part{{special, id, 0}}
		}
		if c.says("add_eos_token", false) {
			id, err := p.needed(c, "eos_token", "</s>")
			if err != nil {
				return nil, err
			}
			end = []part{{special, id, 0}}
		}
		p.template = template{single: slices.Concat(begin, []part{{0, 0, 0}}, end)}
		p.template.pair = slices.Concat(p.single, begin, []part{{1, 0, 1}}, end)
		for i := len(p.single); i < len(p.pair); i++ {
			p.pair[i].segment = 1
		}
		return p, nil
	},
}
