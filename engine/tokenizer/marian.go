package tokenizer

import (
	"errors"
	"io/fs"
	"strings"
)

// Marian is the tokenizer of a translation model, which reads one language and
// writes another. It cuts what is read; Target cuts what is written. Both number
// their pieces alike, and Decode gives what was written.
type Marian struct {
	*Pipeline
	target *Pipeline
}

// Target cuts texts of the language that the model writes.
func (m *Marian) Target() Tokenizer { return m.target }

// Decode gives the text that pieces of the target language make.
func (m *Marian) Decode(ids []int) string { return m.target.Decode(ids) }

// ReadMarian reads the tokenizer of an opus-mt folder: vocab.json, source.spm and
// target.spm. A text is followed by </s>; a language code such as >>fr<< before it
// is one piece. It fails with an *Error.
//
// Source: huggingface transformers models/marian/tokenization_marian.py.
func ReadMarian(fsys fs.FS) (Tokenizer, error) {
	c, err := readConfig(fsys)
	if err != nil {
		return nil, err
	}
	if c.says("separate_vocabs", false) {
		return nil, &Error{
			File: configFile, Problem: "the two languages have vocabularies of their own",
			Way: "choose a model whose languages share their vocabulary",
		}
	}
	source, err := marianSide(sourceFile).read(fsys)
	if err != nil {
		return nil, err
	}
	p, ok := source.(*Pipeline)
	if !ok || p.files[sourceFile] == nil {
		return source, nil // a tokenizer.json, which has one side only
	}
	target, err := marianSide(targetFile).make(fsys, c)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &Error{Problem: "there is no " + targetFile, Way: "download the model again", Err: err}
	}
	if err != nil {
		return nil, err
	}
	return &Marian{p, target}, nil
}

func marianSide(file string) rules {
	return rules{
		class: "MarianTokenizer",
		files: []string{numbersFile, sourceFile, targetFile},
		make: func(fsys fs.FS, c tokenizerConfig) (*Pipeline, error) {
			p, _, err := newSentencePiece(fsys, file)
			if err != nil {
				return nil, err
			}
			vocabulary, err := readNumbers(fsys)
			if err != nil {
				return nil, err
			}
			numbered, err := c.numberedTokens(fsys)
			if err != nil {
				return nil, err
			}
			return p, p.makeMarian(vocabulary, c, numbered)
		},
	}
}

// makeMarian gives a model of SentencePiece the numbers of a vocabulary, and what
// Marian's texts have besides.
func (p *Pipeline) makeMarian(vocabulary []string, c tokenizerConfig, numbered []added) error {
	unknown := c.name("unk_token")
	if unknown == "" {
		unknown = marianUnknown
	}
	if err := p.renumber(vocabulary, unknown); err != nil {
		return inFile(numbersFile, err)
	}
	named := []namedToken{
		{"eos_token", added{Content: marianEnd}},
		{"unk_token", added{Content: marianUnknown}},
		{"pad_token", added{Content: marianPadding}},
	}
	for _, piece := range p.pieces {
		if len(piece) > len(">><<") && strings.HasPrefix(piece, ">>") && strings.HasSuffix(piece, "<<") {
			named = append(named, namedToken{"", added{Content: piece}})
		}
	}
	p.setAdded(c.addedTokens(numbered, &p.vocabulary, named))
	p.decoder = stripped{p.decoder}
	p.cleanup = c.says("clean_up_tokenization_spaces", true)
	return p.endWith(c)
}
