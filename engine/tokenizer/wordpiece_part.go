package tokenizer

import (
	"encoding/json"
	"unicode/utf8"
)

// longestFirst is WordPiece's way of cutting, as one part of several.
type longestFirst struct {
	trie    *trie
	inside  int32 // the node from which a piece inside a word goes on, or none
	limit   int   // runes
	unknown int32
}

func (l longestFirst) cut(word []byte, to []piece) []piece {
	first := len(to)
	node := int32(0)
	for at := 0; at < len(word); {
		id, length := 0, 0
		if node != none && (at > 0 || utf8.RuneCount(word) <= l.limit) {
			id, length = longest(l.trie, node, word[at:], always)
		}
		if length == 0 {
			return append(to[:first], piece{l.unknown, 0, int32(len(word))})
		}
		to = append(to, piece{int32(id), int32(at), int32(at + length)})
		at += length
		node = l.inside
	}
	return to
}

var wordPieceModel = kind[*modelPart]{"WordPiece", func(data json.RawMessage) (*modelPart, error) {
	j, err := options(data, jsonWordPieceModel{LongestWord: 100, Continuation: "##", Unknown: "[UNK]"})
	if err != nil {
		return nil, err
	}
	m := &modelPart{vocabulary: newVocabulary(j.Vocabulary), shown: none}
	unknown, ok := m.ids[j.Unknown]
	if !ok {
		return nil, missingSpecial(j.Unknown)
	}
	t := newTrie(j.Vocabulary)
	m.cutting = longestFirst{t, t.walk(j.Continuation), j.LongestWord, unknown}
	return m, nil
}}
