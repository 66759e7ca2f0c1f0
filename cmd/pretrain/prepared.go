package main

import (
	"fmt"
	"os"
	"path/filepath"

	"attune/engine/pretrain"
	"attune/engine/tokenizer"
)

// open gives what prepare made.
func open(dir string) (corpus, heldout *pretrain.Corpus, pieces *tokenizer.WordPiece, err error) {
	if pieces, err = tokenizer.ReadWordPiece(os.DirFS(filepath.Join(dir, tokenizerFolder))); err != nil {
		return nil, nil, nil, fmt.Errorf("%w; pretrain prepare makes it", err)
	}
	if corpus, err = openCorpus(filepath.Join(dir, corpusFile), pieces); err != nil {
		return nil, nil, nil, err
	}
	heldout, err = openCorpus(filepath.Join(dir, heldoutFile), pieces)
	return corpus, heldout, pieces, err
}

// openCorpus maps a tokenised text, which stays mapped until the program ends.
func openCorpus(path string, pieces *tokenizer.WordPiece) (*pretrain.Corpus, error) {
	content, err := mapped(path)
	if err != nil {
		return nil, err
	}
	return pretrain.NewCorpus(content, pieces)
}
