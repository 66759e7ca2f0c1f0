package tokenizer

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
)

// unigramModel reads the Unigram model of a tokenizer.json.
var unigramModel = kind[*modelPart]{"Unigram", func(data json.RawMessage) (*modelPart, error) {
	j, err := options(data, struct {
		Unknown      *int         `json:"unk_id"`
		Vocabulary   []jsonScored `json:"vocab"`
		ByteFallback bool         `json:"byte_fallback"`
	}{})
	if err != nil {
		return nil, err
	}
	if j.Unknown == nil || *j.Unknown < 0 || *j.Unknown >= len(j.Vocabulary) {
		return nil, errors.New("it has no piece for what is unknown")
	}
	pieces, scores := make([]string, len(j.Vocabulary)), make([]float64, len(j.Vocabulary))
	least := math.Inf(1)
	for i, p := range j.Vocabulary {
		pieces[i], scores[i] = p.text, p.score
		least = min(least, p.score)
	}
	m := &modelPart{vocabulary: newVocabulary(pieces), shown: *j.Unknown}
	u := newUnigram(pieces, scores, *j.Unknown)
	u.unknownScore, u.spell = least-unknownPenalty, joinUnknown
	m.cutting = u
	if bytes := newByteFallback(&m.vocabulary); j.ByteFallback && bytes != nil {
		m.cutting = byBytes{u, u.unknown, bytes}
		m.shown = none
	}
	return m, nil
}}

// jsonScored is ["piece", -1.5].
type jsonScored struct {
	text  string
	score float64
}

func (s *jsonScored) UnmarshalJSON(data []byte) error {
	both := [2]any{}
	if err := json.Unmarshal(data, &both); err != nil {
		return err
	}
	text, ok := both[0].(string)
	score, also := both[1].(float64)
	if !ok || !also {
		return fmt.Errorf("%s is no piece with its score", data)
	}
	*s = jsonScored{text, score}
	return nil
}

// byBytes spells what a model does not know byte by byte, each byte showing all of
// it.
type byBytes struct {
	model   cutting
	unknown int32
	bytes   *[256]int32
}

func (b byBytes) cut(word []byte, to []piece) []piece {
	for _, p := range b.model.cut(word, nil) {
		if p.id != b.unknown {
			to = append(to, p)
			continue
		}
		for i := p.start; i < p.end; i++ {
			to = append(to, piece{b.bytes[word[i]], p.start, p.end})
		}
	}
	return to
}
