package tokenizer

import (
	"errors"
	"io/fs"
	"slices"
)

// Read reads the tokenizer of a folder whose model's family is not known:
// tokenizer.json, which is followed to the letter, or else the vocabulary alone: a
// model of SentencePiece, vocab.json with merges.txt, or vocab.txt, without special
// tokens around the text or a family's rules. It fails with an *Error.
func Read(fsys fs.FS) (Tokenizer, error) {
	c, err := readConfig(fsys)
	if err != nil {
		return nil, err
	}
	t, err := readTokenizerJSON(fsys, c)
	if !errors.Is(err, fs.ErrNotExist) {
		return t, err
	}
	for _, read := range []func(fs.FS, tokenizerConfig) (Tokenizer, error){readBareModel, readBarePairs, readBareWords} {
		if t, err := read(fsys, c); !errors.Is(err, fs.ErrNotExist) {
			return t, err
		}
	}
	return nil, &Error{
		Problem: "there is no tokenizer in this folder",
		Way:     "choose a folder with a tokenizer.json, a .model or .spm file, vocab.json with merges.txt, or vocab.txt",
	}
}

// readBareModel takes the file of SentencePiece that families use, or else the first
// there is. A vocab.json beside it numbers the pieces.
func readBareModel(fsys fs.FS, _ tokenizerConfig) (Tokenizer, error) {
	names := []string{spieceFile, sentencePieceFile, tokenizerModelFile, sourceFile}
	for _, pattern := range []string{"*.model", "*.spm"} {
		found, _ := fs.Glob(fsys, pattern) // the patterns are well formed
		names = append(names, found...)
	}
	at := slices.IndexFunc(names, func(name string) bool {
		_, err := fs.Stat(fsys, name)
		return err == nil
	})
	if at < 0 {
		return nil, fs.ErrNotExist
	}
	p, err := ReadSentencePiece(fsys, names[at])
	if err != nil {
		return nil, err
	}
	numbers, err := readNumbers(fsys)
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return nil, err
	}
	if err := p.renumber(numbers, "<unk>"); err != nil {
		return nil, inFile(numbersFile, err)
	}
	return p, p.keepFiles(fsys, []string{names[at], numbersFile})
}

func readBarePairs(fsys fs.FS, c tokenizerConfig) (Tokenizer, error) {
	p, err := newBytePairs(fsys, c, nil)
	if err != nil {
		return nil, err
	}
	p.template = plainTemplate
	return p, p.keepFiles(fsys, []string{numbersFile, mergesFile})
}

func readBareWords(fsys fs.FS, c tokenizerConfig) (Tokenizer, error) {
	w, err := readVocabulary(fsys, c)
	if err != nil {
		return nil, err
	}
	w.template = plainTemplate
	return w, nil
}
