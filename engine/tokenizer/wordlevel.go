package tokenizer

import "encoding/json"

// wordLevel takes each word for a piece; one that is none is unknown, or left out
// where that has no piece either.
type wordLevel struct {
	ids     map[string]int32
	unknown int32
}

func (w wordLevel) cut(word []byte, to []piece) []piece {
	id, ok := w.ids[string(word)]
	if !ok {
		id = w.unknown
	}
	if id == none {
		return to
	}
	return append(to, piece{id, 0, int32(len(word))})
}

var wordLevelModel = kind[*modelPart]{"WordLevel", func(data json.RawMessage) (*modelPart, error) {
	j, err := options(data, jsonWordPieceModel{})
	if err != nil {
		return nil, err
	}
	m := &modelPart{vocabulary: newVocabulary(j.Vocabulary), shown: none}
	unknown, ok := m.ids[j.Unknown]
	if !ok {
		unknown = none
	}
	m.cutting = wordLevel{m.ids, unknown}
	return m, nil
}}
