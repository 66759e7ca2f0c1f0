package tokenizer

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// decodedInOrder decodes with one part after the other.
type decodedInOrder []decoding

func (all decodedInOrder) decode(pieces []string) []string {
	for _, d := range all {
		pieces = d.decode(pieces)
	}
	return pieces
}

func readDecoders(data json.RawMessage) (decoding, error) {
	j, err := options(data, struct {
		Parts []json.RawMessage `json:"decoders"`
	}{})
	if err != nil {
		return nil, err
	}
	var all decodedInOrder
	for _, data := range j.Parts {
		d, err := readPart("decoder", data, decoders())
		if err != nil {
			return nil, err
		}
		if d != nil {
			all = append(all, d)
		}
	}
	return all, nil
}

// decodingEach turns each piece into another.
type decodingEach func(piece string) string

func (d decodingEach) decode(pieces []string) []string {
	for i, piece := range pieces {
		pieces[i] = d(piece)
	}
	return pieces
}

// fuse makes one piece of all.
type fuse struct{}

func (fuse) decode(pieces []string) []string { return []string{strings.Join(pieces, "")} }

var fuseDecoding = kind[decoding]{"Fuse", func(json.RawMessage) (decoding, error) { return fuse{}, nil }}

var replaceDecoding = kind[decoding]{"Replace", func(data json.RawMessage) (decoding, error) {
	j, err := options(data, struct {
		Pattern jsonPattern `json:"pattern"`
		Content string      `json:"content"`
	}{})
	if err != nil {
		return nil, err
	}
	find, err := j.Pattern.finder()
	return decodingEach(func(piece string) string {
		var to strings.Builder
		at := 0
		every(find)([]byte(piece), func(start, end int) {
			to.WriteString(piece[at:start])
			to.WriteString(j.Content)
			at = end
		})
		to.WriteString(piece[at:])
		return to.String()
	}), err
}}

// stripDecoding takes so many of a sign off the ends of each piece.
var stripDecoding = kind[decoding]{"Strip", func(data json.RawMessage) (decoding, error) {
	j, err := options(data, struct {
		Content string `json:"content"`
		Start   int    `json:"start"`
		Stop    int    `json:"stop"`
	}{})
	return decodingEach(func(piece string) string {
		for i := 0; i < j.Start && j.Content != "" && strings.HasPrefix(piece, j.Content); i++ {
			piece = piece[len(j.Content):]
		}
		for i := 0; i < j.Stop && j.Content != "" && strings.HasSuffix(piece, j.Content); i++ {
			piece = piece[:len(piece)-len(j.Content)]
		}
		return piece
	}), err
}}

// byteFallbackDecoder joins the bytes that pieces such as <0xC3> spell. If they are
// no text each becomes U+FFFD.
type byteFallbackDecoder struct{}

func (byteFallbackDecoder) decode(pieces []string) []string {
	var to []string
	var begun []byte
	flush := func() {
		if utf8.Valid(begun) && len(begun) > 0 {
			to = append(to, string(begun))
		} else {
			for range begun {
				to = append(to, "\uFFFD")
			}
		}
		begun = begun[:0]
	}
	for _, piece := range pieces {
		if b, ok := spelt(piece); ok {
			begun = append(begun, b)
			continue
		}
		flush()
		to = append(to, piece)
	}
	flush()
	return to
}

var byteFallbackDecoding = kind[decoding]{"ByteFallback", func(json.RawMessage) (decoding, error) { return byteFallbackDecoder{}, nil }}
