package tokenizer

import (
	"fmt"
	"io/fs"
)

// ReadT5 reads the tokenizer of a T5 folder: tokenizer.json, or else spiece.model.
// A text is followed by </s>. It fails with an *Error.
//
// Source: Raffel et al. 2020; huggingface transformers
// models/t5/tokenization_t5.py.
func ReadT5(fsys fs.FS) (Tokenizer, error) { return t5.read(fsys) }

var t5 = rules{
	class: "T5Tokenizer",
	files: []string{spieceFile},
	make: func(fsys fs.FS, c tokenizerConfig) (*Pipeline, error) {
		p, _, err := newSentencePiece(fsys, spieceFile)
		if err != nil {
			return nil, err
		}
		extra := 100
		if said, ok := c.all["extra_ids"].(float64); ok && said >= 0 && said < highestID {
			extra = int(said)
		}
		for i := extra - 1; i >= 0; i-- {
			name := fmt.Sprintf("<extra_id_%d>", i)
			p.ids[name] = int32(len(p.pieces))
			p.pieces = append(p.pieces, name)
		}
		named := []namedToken{
			{"eos_token", added{Content: "</s>"}},
			{"unk_token", added{Content: "<unk>"}},
			{"pad_token", added{Content: "<pad>"}},
		}
		for i := range extra {
			named = append(named, namedToken{"", added{Content: fmt.Sprintf("<extra_id_%d>", i)}})
		}
		if err := p.setNamed(fsys, c, named); err != nil {
			return nil, err
		}
		p.decoder, p.cleanup = stripped{p.decoder}, c.says("clean_up_tokenization_spaces", true)
		return p, p.endWith(c)
	},
}

// endWith lets each text be followed by the token that ends it, </s> unless the
// config names another.
func (p *Pipeline) endWith(c tokenizerConfig) error {
	end, err := p.needed(c, "eos_token", "</s>")
	if err != nil {
		return err
	}
	p.template = template{
		single: []part{{0, 0, 0}, {special, end, 0}},
		pair:   []part{{0, 0, 0}, {special, end, 0}, {1, 0, 0}, {special, end, 0}},
	}
	return nil
}
