package tokenizer

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"unicode/utf8"
)

// jsonPipeline is a tokenizer.json (version 1.0 of huggingface tokenizers), its
// parts unread.
type jsonPipeline struct {
	Truncation    *truncation     `json:"truncation"`
	AddedTokens   []added         `json:"added_tokens"`
	Normalizer    json.RawMessage `json:"normalizer"`
	PreTokenizer  json.RawMessage `json:"pre_tokenizer"`
	PostProcessor *jsonTemplate   `json:"post_processor"`
	Decoder       json.RawMessage `json:"decoder"`
	Model         json.RawMessage `json:"model"`
}

// kind is a type of part that a tokenizer.json may name, and how it is read.
type kind[T any] struct {
	name string
	read func(json.RawMessage) (T, error)
}

// The parts that are known here, each in its file.
func normalisers() []kind[normalising] {
	return []kind[normalising]{
		{"Sequence", readNormalisers},
		nfcNormaliser, nfdNormaliser, nfkcNormaliser, nfkdNormaliser,
		lowercaseNormaliser, accentsNormaliser, stripNormaliser,
		replaceNormaliser, prependNormaliser,
		precompiledNormaliser, nmtNormaliser, bertPartNormaliser,
	}
}

func wordings() []kind[wording] {
	return []kind[wording]{
		{"Sequence", readWordings},
		byteLevelWording, metaspaceWording, bertWording,
		spacesWording, signsWording, delimiterWording,
		punctuationWording, digitsWording, splitWording,
	}
}

func models() []kind[*modelPart] {
	return []kind[*modelPart]{bytePairModel, unigramModel, wordPieceModel, wordLevelModel}
}

func decoders() []kind[decoding] {
	return []kind[decoding]{
		{"Sequence", readDecoders},
		byteLevelDecoder, metaspaceDecoding, wordPieceDecoding,
		byteFallbackDecoding, fuseDecoding, replaceDecoding, stripDecoding,
	}
}

// modelPart is a model with the vocabulary that it cuts words into.
type modelPart struct {
	vocabulary
	cutting
	shown   int                     // the unknown piece, if it is named by the text that it stands for, or none
	ofBytes func() (cutting, error) // the same model for words that are bytes; nil where it has none
}

// readPart reads a part with the kinds that there are; of a part that is missing,
// or null, the zero value.
func readPart[T any](step string, data json.RawMessage, kinds []kind[T]) (part T, err error) {
	if len(data) == 0 || string(data) == "null" {
		return part, nil
	}
	var named jsonType
	if err := json.Unmarshal(data, &named); err != nil {
		return part, fmt.Errorf("its %s cannot be read: %w", step, err)
	}
	for _, k := range kinds {
		if k.name == named.Type {
			part, err := k.read(data)
			if err != nil {
				return part, fmt.Errorf("its %s: %w", step, err)
			}
			return part, nil
		}
	}
	return part, fmt.Errorf("its %s %q is not known here", step, named.Type)
}

// options reads the options of a part into to, which holds the defaults.
func options[T any](data json.RawMessage, to T) (T, error) {
	err := json.Unmarshal(data, &to)
	return to, err
}

// readTokenizerJSON reads a tokenizer.json that is followed to the letter: as
// WordPiece if it is BERT's, else as a Pipeline.
func readTokenizerJSON(fsys fs.FS, c tokenizerConfig) (Tokenizer, error) {
	var j struct {
		Normalizer   *jsonType `json:"normalizer"`
		PreTokenizer *jsonType `json:"pre_tokenizer"`
		Model        *jsonType `json:"model"`
	}
	if err := readJSON(fsys, tokenizerFile, &j); err != nil {
		return nil, err
	}
	if j.Normalizer.is("BertNormalizer") && j.PreTokenizer.is("BertPreTokenizer") && j.Model.is("WordPiece", "") {
		return readWordPieceJSON(fsys, c)
	}
	p, err := readPipeline(fsys, c)
	if err != nil {
		return nil, err
	}
	return p, p.keepFiles(fsys, vocabularyFiles)
}

// is says whether a part is of one of these types.
func (t *jsonType) is(names ...string) bool { return t != nil && slices.Contains(names, t.Type) }

// readPipeline reads a tokenizer.json that is followed to the letter.
func readPipeline(fsys fs.FS, c tokenizerConfig) (*Pipeline, error) {
	var j jsonPipeline
	if err := readJSON(fsys, tokenizerFile, &j); err != nil {
		return nil, err
	}
	p, err := j.pipeline()
	var known *Error
	switch {
	case errors.As(err, &known):
		return nil, inFile(tokenizerFile, err)
	case err != nil:
		return nil, &Error{
			File: tokenizerFile, Problem: "this tokenizer cannot be used", Err: err,
			Way: "choose another model, or a folder that has the files of its vocabulary and no tokenizer.json",
		}
	}
	p.cleanup = c.says("clean_up_tokenization_spaces", false)
	return p, nil
}

func (j *jsonPipeline) pipeline() (*Pipeline, error) {
	p := &Pipeline{truncation: j.Truncation}
	var err error
	if p.normaliser, err = readPart("normaliser", j.Normalizer, normalisers()); err != nil {
		return nil, err
	}
	if p.wording, err = readPart("pre-tokeniser", j.PreTokenizer, wordings()); err != nil {
		return nil, err
	}
	if p.decoder, err = readPart("decoder", j.Decoder, decoders()); err != nil {
		return nil, err
	}
	model, err := readPart("model", j.Model, models())
	if err != nil {
		return nil, err
	}
	if model == nil {
		return nil, errors.New("it has no model")
	}
	p.vocabulary, p.model, p.shown = model.vocabulary, model.cutting, model.shown
	if cutsBytes(p.wording) {
		if model.ofBytes == nil {
			return nil, errors.New("its pre-tokeniser makes bytes of the text, and its model does not take bytes")
		}
		if p.model, err = model.ofBytes(); err != nil {
			return nil, err
		}
	}
	if b, ok := p.model.(*bpe); ok && p.wording == nil && b.wholeFirst == nil && cutsApart(p.pieces) {
		p.wording = beforeSpaces{}
	}
	for _, a := range j.AddedTokens {
		if a.ID < 0 || a.ID > highestID || !utf8.ValidString(a.Content) {
			return nil, fmt.Errorf("the added token %q has the number %d", a.Content, a.ID)
		}
	}
	p.setAdded(j.AddedTokens)
	if p.template, err = j.PostProcessor.template(p.Size()); err != nil {
		return nil, err
	}
	if trims, prefixSpace := j.PostProcessor.trims(); trims {
		p.margins = newMargins(p.pieces, p.added, prefixSpace)
	}
	return p, nil
}

// cutsBytes says whether the words that a step gives are to be read as bytes.
func cutsBytes(w wording) bool {
	b, ok := w.(interface{ bytes() bool })
	return ok && b.bytes()
}
