package tokenizer

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// The files of a Hugging Face folder that concern a tokenizer.
const (
	tokenizerFile  = "tokenizer.json"
	configFile     = "tokenizer_config.json"
	specialsFile   = "special_tokens_map.json"
	addedFile      = "added_tokens.json"
	vocabularyFile = "vocab.txt"
	numbersFile    = "vocab.json"
	mergesFile     = "merges.txt"

	spieceFile         = "spiece.model"
	sentencePieceFile  = "sentencepiece.bpe.model"
	tokenizerModelFile = "tokenizer.model"
	sourceFile         = "source.spm"
	targetFile         = "target.spm"
)

// vocabularyFiles are all files that families keep their vocabularies in.
var vocabularyFiles = []string{
	vocabularyFile, numbersFile, mergesFile,
	spieceFile, sentencePieceFile, tokenizerModelFile, sourceFile, targetFile,
}

// rules are how one family's tokenizer is made of the files that its makers
// published, where there is no tokenizer.json.
type rules struct {
	class string   // of transformers, which opens the folder again
	files []string // that make the vocabulary
	make  func(fsys fs.FS, c tokenizerConfig) (*Pipeline, error)
}

// read reads the tokenizer of a Hugging Face folder: tokenizer.json, which is
// followed to the letter, or else the family's own files. It fails with an *Error.
func (r rules) read(fsys fs.FS) (Tokenizer, error) {
	config, err := readConfig(fsys)
	if err != nil {
		return nil, err
	}
	t, err := readTokenizerJSON(fsys, config)
	if !errors.Is(err, fs.ErrNotExist) {
		return t, err
	}
	p, err := r.make(fsys, config)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &Error{
			Problem: "there is neither a tokenizer.json nor " + strings.Join(r.files, " and "),
			Way:     "choose the folder of a model with all its tokenizer files",
			Err:     err,
		}
	}
	if err != nil {
		return nil, err
	}
	if err := p.keepFiles(fsys, r.files); err != nil {
		return nil, err
	}
	if p.files[configFile] == nil {
		if p.files[configFile], err = indented(map[string]any{"tokenizer_class": r.class}); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// keepFiles keeps what a folder holds of a tokenizer, to give it back as it was.
func (p *Pipeline) keepFiles(fsys fs.FS, own []string) error {
	p.files = map[string][]byte{}
	for _, name := range append([]string{tokenizerFile, configFile, specialsFile, addedFile}, own...) {
		content, err := readFile(fsys, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		p.files[name] = content
	}
	return nil
}

// indented writes JSON as transformers does.
func indented(content any) ([]byte, error) {
	var to bytes.Buffer
	encoder := json.NewEncoder(&to)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(content); err != nil {
		return nil, &Error{Problem: "the tokenizer cannot be written", Err: err}
	}
	return to.Bytes(), nil
}

// namedToken is a special token that a family has unless its files name another.
type namedToken struct {
	key string // in tokenizer_config.json
	added
}

// addedTokens gives the tokens that are found before a text is cut: the family's
// special ones, with the names that the config gives them, and the numbered ones that were
// added to the model. Those with no number anywhere are left out.
func (c tokenizerConfig) addedTokens(numbered []added, v *vocabulary, named []namedToken) []added {
	var all []added
	add := func(a added) {
		if id, ok := v.ID(a.Content); ok {
			a.ID = id
		}
		same := func(b added) bool { return b.Content == a.Content }
		if a.Content != "" && a.ID >= 0 && a.ID <= highestID && !slices.ContainsFunc(all, same) {
			all = append(all, a)
		}
	}
	for _, a := range numbered {
		add(a)
	}
	for _, n := range named {
		a := n.added
		a.ID, a.Special = none, true
		if name := c.name(n.key); name != "" {
			a.Content = name
		}
		add(a)
	}
	return all
}

// setNamed finds a family's special tokens, and those added to the model, before a
// text is cut.
func (p *Pipeline) setNamed(fsys fs.FS, c tokenizerConfig, named []namedToken) error {
	numbered, err := c.numberedTokens(fsys)
	if err == nil {
		p.setAdded(c.addedTokens(numbered, &p.vocabulary, named))
	}
	return err
}

// numberedTokens are those of added_tokens_decoder, and of the older
// added_tokens.json, in the order of their numbers.
func (c tokenizerConfig) numberedTokens(fsys fs.FS) (all []added, err error) {
	decoder, _ := c.all["added_tokens_decoder"].(map[string]any)
	for number, value := range decoder {
		token, _ := value.(map[string]any)
		content, _ := token["content"].(string)
		id, err := strconv.Atoi(number)
		if err != nil {
			return nil, &Error{File: configFile, Problem: "the added token " + strconv.Quote(content) + " has no number", Way: "download the file again"}
		}
		flag := func(key string) bool { said, _ := token[key].(bool); return said }
		all = append(all, added{
			ID: id, Content: content, Special: flag("special"), Normalized: flag("normalized"),
			LStrip: flag("lstrip"), RStrip: flag("rstrip"), SingleWord: flag("single_word"),
		})
	}
	var older map[string]int
	if err := readJSON(fsys, addedFile, &older); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for content, id := range older {
		if !slices.ContainsFunc(all, func(a added) bool { return a.ID == id }) {
			all = append(all, added{ID: id, Content: content})
		}
	}
	slices.SortFunc(all, func(a, b added) int { return a.ID - b.ID })
	return all, nil
}

// ReadSentencePiece reads a .model or .spm file of SentencePiece alone: its pieces,
// without special tokens or a family's rules. It fails with an *Error.
func ReadSentencePiece(fsys fs.FS, name string) (*Pipeline, error) {
	p, _, err := newSentencePiece(fsys, name)
	if err != nil {
		return nil, err
	}
	return p, p.keepFiles(fsys, []string{name})
}
