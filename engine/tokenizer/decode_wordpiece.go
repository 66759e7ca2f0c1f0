package tokenizer

import (
	"encoding/json"
	"strings"
)

// wordPieceDecoder sets a space before each piece that does not go on with a word.
//
// Source: huggingface tokenizers decoders/wordpiece.rs.
type wordPieceDecoder struct {
	prefix  string
	cleanup bool
}

func (d wordPieceDecoder) decode(pieces []string) []string {
	for i, piece := range pieces {
		if i > 0 {
			inside, ok := strings.CutPrefix(piece, d.prefix)
			if !ok {
				inside = " " + piece
			}
			piece = inside
		}
		if d.cleanup {
			piece = cleanSpaces(strings.ReplaceAll(piece, " do not", " don't"))
		}
		pieces[i] = piece
	}
	return pieces
}

var wordPieceDecoding = kind[decoding]{"WordPiece", func(data json.RawMessage) (decoding, error) {
	o, err := options(data, struct {
		Prefix  string `json:"prefix"`
		Cleanup bool   `json:"cleanup"`
	}{"##", true})
	return wordPieceDecoder{o.Prefix, o.Cleanup}, err
}}

// Decode gives the text that pieces make, without special tokens.
func (w *WordPiece) Decode(ids []int) string {
	special := map[int]bool{}
	for _, a := range w.added {
		special[a.ID] = special[a.ID] || a.Special
	}
	var pieces []string
	for _, id := range ids {
		if piece := w.Piece(id); piece != "" && !special[id] {
			pieces = append(pieces, piece)
		}
	}
	return strings.Join(wordPieceDecoder{w.options.Continuation, true}.decode(pieces), "")
}
