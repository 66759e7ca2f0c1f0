package tokenizer

import (
	"maps"
	"strconv"
	"strings"
)

// Files gives tokenizer.json, vocab.txt, tokenizer_config.json and
// special_tokens_map.json; what a tokenizer_config.json that was read held
// besides is kept. There is no vocab.txt where a piece has a line break.
func (w *WordPiece) Files() (map[string][]byte, error) {
	files := map[string][]byte{}
	for name, content := range map[string]any{
		tokenizerFile: w.tokenizerJSON(),
		configFile:    w.configJSON(),
		specialsFile:  w.specialNames(),
	} {
		text, err := indented(content)
		if err != nil {
			return nil, inFile(name, err)
		}
		files[name] = text
	}
	vocabulary := w.pieces[:w.vocabulary]
	lines := strings.Join(vocabulary, "\n") + "\n"
	if strings.Count(lines, "\n") == len(vocabulary) {
		files[vocabularyFile] = []byte(lines)
	}
	return files, nil
}

func (w *WordPiece) tokenizerJSON() jsonWordPiece {
	o := w.options
	return jsonWordPiece{
		Version:     "1.0",
		Truncation:  w.truncation,
		Padding:     w.padding,
		AddedTokens: w.added,
		Normalizer: jsonNormaliser{
			Type: "BertNormalizer", CleanText: !o.KeepControls, PartChinese: !o.JoinChinese,
			StripAccents: &o.StripAccents, Lowercase: o.Lowercase,
		},
		PreTokenizer:  jsonType{"BertPreTokenizer"},
		PostProcessor: newJSONTemplate(w.template, w.Piece),
		Decoder:       jsonDecoder{Type: "WordPiece", Prefix: o.Continuation, Cleanup: true},
		Model: jsonWordPieceModel{
			Type: "WordPiece", Unknown: o.Specials.Unknown, Continuation: o.Continuation,
			LongestWord: o.LongestWord, Vocabulary: w.pieces[:w.vocabulary],
		},
	}
}

// configJSON also says how the slow tokenizer of Python, which reads vocab.txt,
// is to cut.
func (w *WordPiece) configJSON() map[string]any {
	config := map[string]any{"tokenizer_class": "BertTokenizer"}
	maps.Copy(config, w.config)
	config["do_lower_case"] = w.options.Lowercase
	config["strip_accents"] = w.options.StripAccents
	config["tokenize_chinese_chars"] = !w.options.JoinChinese
	for key, name := range w.specialNames() {
		config[key] = name
	}
	numbered := map[string]jsonAddedToken{}
	for _, a := range w.added {
		numbered[strconv.Itoa(a.ID)] = jsonAddedToken{a.Content, a.LStrip, a.Normalized, a.RStrip, a.SingleWord, a.Special}
	}
	config["added_tokens_decoder"] = numbered
	return config
}

// jsonAddedToken is a value of added_tokens_decoder in tokenizer_config.json.
type jsonAddedToken struct {
	Content    string `json:"content"`
	LStrip     bool   `json:"lstrip"`
	Normalized bool   `json:"normalized"`
	RStrip     bool   `json:"rstrip"`
	SingleWord bool   `json:"single_word"`
	Special    bool   `json:"special"`
}

// specialNames leaves out names without a piece.
func (w *WordPiece) specialNames() map[string]string {
	s, names := w.options.Specials, map[string]string{}
	for key, name := range map[string]string{
		"pad_token": s.Pad, "unk_token": s.Unknown, "cls_token": s.Class, "sep_token": s.Separator, "mask_token": s.Mask,
	} {
		if _, ok := w.ID(name); ok {
			names[key] = name
		}
	}
	return names
}
