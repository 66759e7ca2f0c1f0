package tokenizer

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// byteDecoder turns the visible characters of pieces back into bytes; a piece with
// another character is taken as it stands. What is not UTF-8 then becomes U+FFFD.
//
// Source: huggingface tokenizers pre_tokenizers/byte_level.rs, decode_chain.
type byteDecoder struct{}

func (byteDecoder) decode(pieces []string) []string {
	var to []byte
	for _, piece := range pieces {
		to = appendHidden(to, piece)
	}
	return []string{toUTF8(to)}
}

// appendHidden appends the bytes that a piece spells.
func appendHidden(to []byte, piece string) []byte {
	before := len(to)
	for _, r := range piece {
		b, ok := hidden(r)
		if !ok {
			return append(to[:before], piece...)
		}
		to = append(to, b)
	}
	return to
}

// toUTF8 writes U+FFFD for each stretch of bytes that could have begun a rune, and
// for each other byte that is not UTF-8, as Rust's from_utf8_lossy and Python do.
func toUTF8(text []byte) string {
	if utf8.Valid(text) {
		return string(text)
	}
	var to strings.Builder
	for len(text) > 0 {
		r, width := utf8.DecodeRune(text)
		if r == utf8.RuneError && width == 1 {
			width = begun(text)
		}
		to.WriteRune(r)
		text = text[width:]
	}
	return to.String()
}

// begun gives how many bytes of a text that does not begin with a rune could have
// begun one; at least 1.
func begun(text []byte) int {
	width := 1
	for width < len(text) && !utf8.FullRune(text[:width+1]) {
		width++
	}
	return width
}

var byteLevelDecoder = kind[decoding]{"ByteLevel", func(json.RawMessage) (decoding, error) { return byteDecoder{}, nil }}
