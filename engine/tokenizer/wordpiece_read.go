package tokenizer

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ReadBERT reads the tokenizer of a folder whose model is BERT's or of its kin:
// tokenizer.json, which is followed to the letter whatever it is made of, as some
// cut words otherwise than BERT did, or else what ReadWordPiece reads. It fails with
// an *Error.
func ReadBERT(fsys fs.FS) (Tokenizer, error) {
	config, err := readConfig(fsys)
	if err != nil {
		return nil, err
	}
	if t, err := readTokenizerJSON(fsys, config); !errors.Is(err, fs.ErrNotExist) {
		return t, err
	}
	return ReadWordPiece(fsys)
}

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
	w, err := readWordPieceJSON(fsys, config)
	if errors.Is(err, fs.ErrNotExist) {
		w, err = readVocabulary(fsys, config)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &Error{
			Problem: "there is neither a tokenizer.json nor a vocab.txt",
			Way:     "choose the folder of a BERT-like model with all its tokenizer files",
		}
	}
	return w, err
}

// tokenizerConfig is what tokenizer_config.json and special_tokens_map.json say.
type tokenizerConfig struct {
	all                         map[string]any // tokenizer_config.json
	names                       map[string]any // special_tokens_map.json
	specials                    Specials
	lowercase, accents, chinese *bool // do_lower_case, strip_accents, tokenize_chinese_chars; nil if unsaid
}

func readConfig(fsys fs.FS) (c tokenizerConfig, err error) {
	if err := readJSON(fsys, specialsFile, &c.names); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return c, err
	}
	if err := readJSON(fsys, configFile, &c.all); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return c, err
	}
	c.specials = Specials{c.name("pad_token"), c.name("unk_token"), c.name("cls_token"), c.name("sep_token"), c.name("mask_token")}
	c.lowercase = boolean(c.all["do_lower_case"])
	c.accents = boolean(c.all["strip_accents"])
	c.chinese = boolean(c.all["tokenize_chinese_chars"])
	return c, nil
}

// name gives the content of a special token by its key, or "".
func (c tokenizerConfig) name(key string) string {
	for _, from := range []map[string]any{c.all, c.names} {
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

// says gives a flag of tokenizer_config.json, or otherwise if it is not there.
func (c tokenizerConfig) says(key string, otherwise bool) bool {
	if said := boolean(c.all[key]); said != nil {
		return *said
	}
	return otherwise
}

func boolean(value any) *bool {
	if b, ok := value.(bool); ok {
		return &b
	}
	return nil
}

// readFile reads a file of a tokenizer's folder.
func readFile(fsys fs.FS, name string) ([]byte, error) {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, &Error{File: name, Problem: "cannot be read", Way: "copy or download the model again", Err: err}
	}
	return data, nil
}

func readJSON(fsys fs.FS, name string, to any) error {
	data, err := readFile(fsys, name)
	if err != nil {
		return err
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
	data, err := readFile(fsys, vocabularyFile)
	if err != nil {
		return nil, err
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
	if err != nil {
		return nil, inFile(vocabularyFile, err)
	}
	w.config = c.all
	return w, nil
}

// hasCapitals looks at the pieces that are no names of special tokens. Some
// capitals, like the sign of the real numbers, have no small letter.
func hasCapitals(vocabulary []string) bool {
	return slices.ContainsFunc(vocabulary, func(piece string) bool {
		return !strings.HasPrefix(piece, "[") && !strings.HasPrefix(piece, "<") &&
			strings.ContainsFunc(piece, func(r rune) bool { return unicode.ToLower(r) != r })
	})
}

func readWordPieceJSON(fsys fs.FS, c tokenizerConfig) (*WordPiece, error) {
	// Other models lay their vocabulary out otherwise, so the type is read first.
	kind := struct{ Model jsonType }{jsonType{"WordPiece"}}
	if err := readJSON(fsys, tokenizerFile, &kind); err != nil {
		return nil, err
	}
	if err := expect("model", "WordPiece", kind.Model.Type); err != nil {
		return nil, err
	}
	j := jsonWordPiece{Model: jsonWordPieceModel{LongestWord: 100, Continuation: "##", Unknown: "[UNK]"}}
	if err := readJSON(fsys, tokenizerFile, &j); err != nil {
		return nil, err
	}
	if err := j.check(); err != nil {
		return nil, err
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
	}.filled(), config: c.all, truncation: j.Truncation, padding: j.Padding}
	if j.Normalizer.StripAccents != nil {
		w.options.StripAccents = *j.Normalizer.StripAccents
	}
	if err := w.setVocabulary(j.Model.Vocabulary); err != nil {
		return nil, inFile(tokenizerFile, err)
	}
	w.setAdded(j.AddedTokens)
	var err error
	if w.template, err = j.PostProcessor.template(w.Size()); err != nil {
		return nil, unusable(err)
	}
	return w, nil
}

// check refuses what would cut text otherwise than WordPiece does here.
func (j *jsonWordPiece) check() error {
	if err := expect("normaliser", "BertNormalizer", j.Normalizer.Type); err != nil {
		return err
	}
	if err := expect("pre-tokeniser", "BertPreTokenizer", j.PreTokenizer.Type); err != nil {
		return err
	}
	if j.Model.Continuation == "" {
		return unusable(errors.New("its pieces inside words begin like those that begin words"))
	}
	for _, a := range j.AddedTokens {
		if a.ID < 0 || a.ID > highestID || !utf8.ValidString(a.Content) {
			return unusable(fmt.Errorf("the added token %q has the number %d", a.Content, a.ID))
		}
	}
	return nil
}

func expect(step, want, got string) error {
	if got != want {
		return unusable(fmt.Errorf("its %s is %q, only %s is known here", step, got, want))
	}
	return nil
}

func unusable(err error) error {
	return &Error{
		File: tokenizerFile, Problem: "this tokenizer cannot be used", Err: err,
		Way: "choose a BERT-like model, or a folder that has its vocab.txt and no tokenizer.json",
	}
}

// inFile says in which file an error lies.
func inFile(file string, err error) error {
	var known *Error
	if errors.As(err, &known) {
		return &Error{File: file, Problem: known.Problem, Way: known.Way, Err: known.Err}
	}
	return err
}
