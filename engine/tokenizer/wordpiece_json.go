package tokenizer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
)

// jsonWordPiece is the tokenizer.json (version 1.0 of huggingface tokenizers)
// of a WordPiece tokenizer.
type jsonWordPiece struct {
	Version       string             `json:"version"`
	Truncation    *truncation        `json:"truncation"`
	Padding       any                `json:"padding"`
	AddedTokens   []added            `json:"added_tokens"`
	Normalizer    jsonNormaliser     `json:"normalizer"`
	PreTokenizer  jsonType           `json:"pre_tokenizer"`
	PostProcessor *jsonTemplate      `json:"post_processor"`
	Decoder       jsonDecoder        `json:"decoder"`
	Model         jsonWordPieceModel `json:"model"`
}

type jsonType struct {
	Type string `json:"type"`
}

// jsonNormaliser is BertNormalizer. StripAccents is null where it goes with
// Lowercase.
type jsonNormaliser struct {
	Type         string `json:"type"`
	CleanText    bool   `json:"clean_text"`
	PartChinese  bool   `json:"handle_chinese_chars"`
	StripAccents *bool  `json:"strip_accents"`
	Lowercase    bool   `json:"lowercase"`
}

type jsonDecoder struct {
	Type    string `json:"type"`
	Prefix  string `json:"prefix"`
	Cleanup bool   `json:"cleanup"`
}

type jsonWordPieceModel struct {
	Type         string         `json:"type"`
	Unknown      string         `json:"unk_token"`
	Continuation string         `json:"continuing_subword_prefix"`
	LongestWord  int            `json:"max_input_chars_per_word"`
	Vocabulary   jsonVocabulary `json:"vocab"`
}

// jsonVocabulary is an object that maps pieces to numbers.
type jsonVocabulary []string

// highestID keeps a damaged file from asking for all memory: the largest known
// vocabularies are a quarter of it.
const highestID = 4_000_000

// UnmarshalJSON puts each piece at its number; numbers without a piece stay
// empty.
func (v *jsonVocabulary) UnmarshalJSON(data []byte) error {
	var numbers map[string]int
	if err := json.Unmarshal(data, &numbers); err != nil {
		return err
	}
	size := 0
	for piece, id := range numbers {
		if id < 0 || id > highestID {
			return fmt.Errorf("piece %q has the number %d", piece, id)
		}
		size = max(size, id+1)
	}
	*v = make([]string, size)
	for piece, id := range numbers {
		(*v)[id] = piece
	}
	return nil
}

// MarshalJSON writes the pieces in the order of their numbers; of equal pieces
// the last, as readers keep it.
func (v jsonVocabulary) MarshalJSON() ([]byte, error) {
	last := make(map[string]int, len(v))
	for id, piece := range v {
		last[piece] = id
	}
	var to bytes.Buffer
	to.WriteByte('{')
	for id, piece := range v {
		if piece == "" || last[piece] != id {
			continue
		}
		if to.Len() > 1 {
			to.WriteByte(',')
		}
		key, err := json.Marshal(piece)
		if err != nil {
			return nil, err
		}
		to.Write(key)
		to.WriteByte(':')
		to.WriteString(strconv.Itoa(id))
	}
	to.WriteByte('}')
	return to.Bytes(), nil
}
