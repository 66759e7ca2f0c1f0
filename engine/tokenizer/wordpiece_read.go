package tokenizer

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode"
)

// The files of a Hugging Face folder that concern a tokenizer.
const (
	vocabularyFile = "vocab.txt"
	tokenizerFile  = "tokenizer.json"
	configFile     = "tokenizer_config.json"
	specialsFile   = "special_tokens_map.json"
)

// ReadWordPiece reads the tokenizer of a Hugging Face folder: tokenizer.json,
// which is followed to the letter, or else vocab.txt (one piece a line) with
// what tokenizer_config.json and special_tokens_map.json say, where they are
// there. Where nothing says whether capitals are folded, they are folded if no
// piece has any. It fails with an *Error.
func ReadWordPiece(fsys fs.FS) (*WordPiece, error) {
	config, err := readConfig(fsys)
	if err != nil {
		return nil, err
	}
	w, err := readTokenizerJSON(fsys, config)
	if errors.Is(err, fs.ErrNotExist) {
		w, err = readVocabulary(fsys, config)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &Error{
			Problem: "there is neither a tokenizer.json nor a vocab.txt",
			Way:     "choose the folder of a BERT-like model with all its tokenizer files",
		}
	}
	if err != nil {
		return nil, err
	}
	w.config = config.all
	return w, nil
}

// tokenizerConfig is what tokenizer_config.json and special_tokens_map.json say.
type tokenizerConfig struct {
	all                         map[string]any // tokenizer_config.json
	specials                    Specials
	lowercase, accents, chinese *bool // do_lower_case, strip_accents, tokenize_chinese_chars; nil if unsaid
}

func readConfig(fsys fs.FS) (c tokenizerConfig, err error) {
	var names map[string]any
	if err := readJSON(fsys, specialsFile, &names); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return c, err
	}
	if err := readJSON(fsys, configFile, &c.all); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return c, err
	}
	name := func(key string) string {
		for _, from := range []map[string]any{c.all, names} {
			switch value := from[key].(type) {
			case string:
				return value
			case map[string]any:
				content, _ := value["content"].(string)
				return content
			}
		}
		return ""
	}
	c.specials = Specials{name("pad_token"), name("unk_token"), name("cls_token"), name("sep_token"), name("mask_token")}
	c.lowercase = boolean(c.all["do_lower_case"])
	c.accents = boolean(c.all["strip_accents"])
	c.chinese = boolean(c.all["tokenize_chinese_chars"])
	return c, nil
}

func boolean(value any) *bool {
	if b, ok := value.(bool); ok {
		return &b
	}
	return nil
}

func readJSON(fsys fs.FS, name string, to any) error {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return &Error{File: name, Problem: "cannot be read", Err: err}
	}
	if err := json.Unmarshal(data, to); err != nil {
		return &Error{
			File: name, Problem: "is not the JSON that a tokenizer's folder has", Err: err,
			Way: "download the file again",
		}
	}
	return nil
}

func readVocabulary(fsys fs.FS, c tokenizerConfig) (*WordPiece, error) {
	data, err := fs.ReadFile(fsys, vocabularyFile)
	if err != nil {
		return nil, &Error{File: vocabularyFile, Problem: "cannot be read", Err: err}
	}
	var vocabulary []string
	for line := range strings.Lines(string(data)) {
		vocabulary = append(vocabulary, strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r"))
	}
	o := WordPieceOptions{Specials: c.specials, Lowercase: !hasCapitals(vocabulary)}
	if c.lowercase != nil {
		o.Lowercase = *c.lowercase
	}
	o.StripAccents = o.Lowercase
	if c.accents != nil {
		o.StripAccents = *c.accents
	}
	o.JoinChinese = c.chinese != nil && !*c.chinese
	w, err := NewWordPiece(vocabulary, o)
	return w, inFile(vocabularyFile, err)
}

// hasCapitals looks at the pieces that are no names of special tokens. Some
// capitals, like the sign of the real numbers, have no small letter.
func hasCapitals(vocabulary []string) bool {
	return slices.ContainsFunc(vocabulary, func(piece string) bool {
		return !strings.HasPrefix(piece, "[") && !strings.HasPrefix(piece, "<") &&
			strings.ContainsFunc(piece, func(r rune) bool { return unicode.ToLower(r) != r })
	})
}

func readTokenizerJSON(fsys fs.FS, c tokenizerConfig) (*WordPiece, error) {
	j := jsonWordPiece{Model: jsonWordPieceModel{Type: "WordPiece", LongestWord: 100, Continuation: "##"}}
	if err := readJSON(fsys, tokenizerFile, &j); err != nil {
		return nil, err
	}
	if err := j.known(); err != nil {
		return nil, inFile(tokenizerFile, err)
	}
	c.specials.Unknown = j.Model.Unknown
	w := &WordPiece{options: WordPieceOptions{
		Lowercase:    j.Normalizer.Lowercase,
		StripAccents: j.Normalizer.Lowercase,
		KeepControls: !j.Normalizer.CleanText,
		JoinChinese:  !j.Normalizer.PartChinese,
		Continuation: j.Model.Continuation,
		LongestWord:  j.Model.LongestWord,
		Specials:     c.specials,
	}.filled()}
	if j.Normalizer.StripAccents != nil {
		w.options.StripAccents = *j.Normalizer.StripAccents
	}
	if err := w.setVocabulary(j.Model.Vocabulary); err != nil {
		return nil, inFile(tokenizerFile, err)
	}
	w.setAdded(j.AddedTokens)
	var err error
	if w.template, err = j.PostProcessor.template(); err != nil {
		return nil, inFile(tokenizerFile, err)
	}
	return w, nil
}

// known refuses what would cut text otherwise than WordPiece does here.
func (j *jsonWordPiece) known() error {
	for _, step := range []struct{ name, want, got string }{
		{"model", "WordPiece", j.Model.Type},
		{"normaliser", "BertNormalizer", j.Normalizer.Type},
		{"pre-tokeniser", "BertPreTokenizer", j.PreTokenizer.Type},
	} {
		if step.got != step.want {
			return fmt.Errorf("its %s is %q, but only %s is known", step.name, step.got, step.want)
		}
	}
	for _, a := range j.AddedTokens {
		if a.ID < 0 || a.ID > highestID {
			return fmt.Errorf("the added token %q has the number %d", a.Content, a.ID)
		}
	}
	return nil
}

// inFile says in which file an error lies.
func inFile(file string, err error) error {
	var known *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return &Error{File: file, Problem: known.Problem, Way: known.Way, Err: known.Err}
	default:
		return &Error{File: file, Problem: "this tokenizer cannot be used", Err: err,
			Way: "choose a BERT-like model, or a folder that has its vocab.txt"}
	}
}
