package tokenizer

import (
	"io/fs"
	"strings"
)

// ReadGPT2 reads the tokenizer of a GPT-2 folder: tokenizer.json, or else
// vocab.json and merges.txt. It adds no special tokens to a text. It fails with an
// *Error.
//
// Source: huggingface transformers models/gpt2/tokenization_gpt2_fast.py.
func ReadGPT2(fsys fs.FS) (Tokenizer, error) { return gpt2.read(fsys) }

var gpt2 = rules{
	class: "GPT2Tokenizer",
	files: []string{numbersFile, mergesFile},
	make: func(fsys fs.FS, c tokenizerConfig) (*Pipeline, error) {
		p, err := newBytePairs(fsys, c, []namedToken{
			{"bos_token", added{Content: "<|endoftext|>"}},
			{"eos_token", added{Content: "<|endoftext|>"}},
			{"unk_token", added{Content: "<|endoftext|>"}},
			{"pad_token", added{}},
		})
		if err != nil {
			return nil, err
		}
		p.template = plainTemplate
		return p, nil
	},
}

// newBytePairs makes a byte-level tokenizer out of vocab.json and merges.txt; all
// but its template.
func newBytePairs(fsys fs.FS, c tokenizerConfig, named []namedToken) (*Pipeline, error) {
	vocabulary, err := readNumbers(fsys)
	if err != nil {
		return nil, err
	}
	merges, err := readMerges(fsys)
	if err != nil {
		return nil, err
	}
	p := &Pipeline{
		vocabulary: newVocabulary(vocabulary),
		shown:      none,
		wording:    byteLevel{prefixSpace: c.says("add_prefix_space", false)},
		decoder:    byteDecoder{},
		cleanup:    c.says("clean_up_tokenization_spaces", false),
	}
	if p.model, err = newBPE(&p.vocabulary, merges, true); err != nil {
		return nil, inFile(mergesFile, err)
	}
	return p, p.setNamed(fsys, c, named)
}

func readNumbers(fsys fs.FS) ([]string, error) {
	var vocabulary jsonVocabulary
	if err := readJSON(fsys, numbersFile, &vocabulary); err != nil {
		return nil, err
	}
	return vocabulary, nil
}

// readMerges reads merges.txt: a line for each, after one with the version.
func readMerges(fsys fs.FS) (merges [][2]string, err error) {
	data, err := readFile(fsys, mergesFile)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" || strings.HasPrefix(line, "#version") {
			continue
		}
		left, right, ok := strings.Cut(line, " ")
		if !ok {
			return nil, &Error{File: mergesFile, Problem: "the line " + line + " does not name two pieces", Way: "download the file again"}
		}
		merges = append(merges, [2]string{left, right})
	}
	return merges, nil
}
