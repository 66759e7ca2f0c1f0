package tokenizer

import "io/fs"

// ReadXLMRoBERTa reads the tokenizer of an XLM-RoBERTa folder: tokenizer.json, or
// else sentencepiece.bpe.model, whose pieces have other numbers there: those of
// fairseq. A text stands between <s> and </s>. It fails with an *Error.
//
// Source: Conneau et al. 2020; huggingface transformers
// models/xlm_roberta/tokenization_xlm_roberta.py.
func ReadXLMRoBERTa(fsys fs.FS) (Tokenizer, error) { return xlmRoBERTa.read(fsys) }

var xlmRoBERTa = rules{
	class: "XLMRobertaTokenizer",
	files: []string{sentencePieceFile},
	make: func(fsys fs.FS, c tokenizerConfig) (*Pipeline, error) {
		p, m, err := newSentencePiece(fsys, sentencePieceFile)
		if err != nil {
			return nil, err
		}
		// <unk>, <s> and </s> come first in the file; the others move up by one.
		pieces := []string{"<s>", "<pad>", "</s>", "<unk>"}
		for _, scored := range m.pieces[min(3, len(m.pieces)):] {
			pieces = append(pieces, scored.text)
		}
		if err := p.renumber(append(pieces, "<mask>"), "<unk>"); err != nil {
			return nil, inFile(sentencePieceFile, err)
		}
		err = p.setNamed(fsys, c, []namedToken{
			{"bos_token", added{Content: "<s>"}},
			{"eos_token", added{Content: "</s>"}},
			{"unk_token", added{Content: "<unk>"}},
			{"sep_token", added{Content: "</s>"}},
			{"pad_token", added{Content: "<pad>"}},
			{"cls_token", added{Content: "<s>"}},
			{"mask_token", added{Content: "<mask>", LStrip: true}},
		})
		if err != nil {
			return nil, err
		}
		p.decoder, p.cleanup = stripped{p.decoder}, c.says("clean_up_tokenization_spaces", true)
		class, err := p.needed(c, "cls_token", "<s>")
		if err != nil {
			return nil, err
		}
		separator, err := p.needed(c, "sep_token", "</s>")
		if err != nil {
			return nil, err
		}
		p.template = robertaTemplate(class, separator)
		return p, nil
	},
}
