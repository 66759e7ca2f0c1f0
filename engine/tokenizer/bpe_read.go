package tokenizer

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// bytePairModel reads the BPE model of a tokenizer.json.
var bytePairModel = kind[*modelPart]{"BPE", func(data json.RawMessage) (*modelPart, error) {
	j, err := options(data, jsonBytePairs{})
	if err != nil {
		return nil, err
	}
	if j.Prefix != "" || j.Suffix != "" {
		return nil, errors.New("pieces that are marked as inside or at the end of a word are not known here")
	}
	m := &modelPart{vocabulary: newVocabulary(j.Vocabulary), shown: none}
	b, err := j.model(&m.vocabulary, false)
	if err != nil {
		return nil, err
	}
	m.cutting = b
	m.ofBytes = func() (cutting, error) { return j.model(&m.vocabulary, true) }
	return m, nil
}}

type jsonBytePairs struct {
	Unknown      *string        `json:"unk_token"`
	Prefix       string         `json:"continuing_subword_prefix"`
	Suffix       string         `json:"end_of_word_suffix"`
	FuseUnknown  bool           `json:"fuse_unk"`
	ByteFallback bool           `json:"byte_fallback"`
	WholeFirst   bool           `json:"ignore_merges"`
	Vocabulary   jsonVocabulary `json:"vocab"`
	Merges       []jsonMerge    `json:"merges"`
}

func (j *jsonBytePairs) model(v *vocabulary, bytes bool) (*bpe, error) {
	merges := make([][2]string, len(j.Merges))
	for i, m := range j.Merges {
		merges[i] = m
	}
	b, err := newBPE(v, merges, bytes)
	if err != nil {
		return nil, err
	}
	if j.Unknown != nil {
		if id, ok := v.ids[*j.Unknown]; ok {
			b.unknown, b.fuseUnknown = id, j.FuseUnknown
		}
	}
	if j.ByteFallback && !bytes {
		b.byteFallback = newByteFallback(v)
	}
	if j.WholeFirst {
		b.takeWhole()
	}
	return b, nil
}

// newByteFallback gives the pieces <0x00> to <0xFF>, or nil if one is missing.
func newByteFallback(v *vocabulary) *[256]int32 {
	var all [256]int32
	for b := range all {
		id, ok := v.ids[fmt.Sprintf("<0x%02X>", b)]
		if !ok {
			return nil
		}
		all[b] = id
	}
	return &all
}

// takeWhole lets words that are pieces stay whole, whatever the merges make of
// them.
func (b *bpe) takeWhole() {
	b.wholeFirst = b.vocabulary.ids
	if !b.bytes {
		return
	}
	b.wholeFirst = make(map[string]int32, len(b.vocabulary.ids))
	for piece, id := range b.vocabulary.ids {
		b.wholeFirst[string(appendHidden(nil, piece))] = id
	}
}

// jsonMerge is "a b" or, in newer files, ["a", "b"].
type jsonMerge [2]string

func (m *jsonMerge) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '[' {
		return json.Unmarshal(data, (*[2]string)(m))
	}
	var line string
	if err := json.Unmarshal(data, &line); err != nil {
		return err
	}
	left, right, ok := strings.Cut(line, " ")
	if !ok {
		return fmt.Errorf("the merge %q does not name two pieces", line)
	}
	*m = jsonMerge{left, right}
	return nil
}
