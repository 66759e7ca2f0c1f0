package tokenizer

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// sentencePieceDecoder joins pieces, turns spaceSigns into spaces and takes the one
// off that was set before the text.
//
// Source: google/sentencepiece src/sentencepiece_processor.cc, Decode.
type sentencePieceDecoder struct {
	*sentencePieceModel
	kinds map[string]scored
	bytes map[string]byte
}

func newSentencePieceDecoder(m *sentencePieceModel) sentencePieceDecoder {
	d := sentencePieceDecoder{m, make(map[string]scored, len(m.pieces)), map[string]byte{}}
	for _, p := range m.pieces {
		d.kinds[p.text] = p
		if b, ok := spelt(p.text); ok && p.kind == bytePiece {
			d.bytes[p.text] = b
		}
	}
	return d
}

func (d sentencePieceDecoder) decode(pieces []string) []string {
	var to strings.Builder
	var begun []byte // of a rune that is spelt byte by byte
	seen := false    // whether the space before the text was
	for _, text := range pieces {
		if b, ok := d.bytes[text]; ok {
			begun = append(begun, b)
			continue
		}
		writeBytes(&to, begun)
		begun = begun[:0]
		switch d.kinds[text].kind {
		case controlPiece:
		case unknownPiece:
			to.WriteString(d.unknownSurface)
		default:
			if !seen && to.Len() == 0 && (d.dummyPrefix || d.removeSpaces) {
				rest, had := strings.CutPrefix(text, spaceSign)
				text, seen = rest, had && !d.removeSpaces
			}
			to.WriteString(strings.ReplaceAll(text, spaceSign, " "))
		}
	}
	writeBytes(&to, begun)
	return []string{to.String()}
}

// writeBytes writes bytes as UTF-8, each that is none as U+FFFD.
func writeBytes(to *strings.Builder, text []byte) {
	for len(text) > 0 {
		r, width := utf8.DecodeRune(text)
		to.WriteRune(r)
		text = text[width:]
	}
}

// spelt gives the byte that a piece such as <0x0A> stands for.
func spelt(piece string) (byte, bool) {
	if len(piece) != len("<0x00>") || !strings.HasPrefix(piece, "<0x") || piece[5] != '>' {
		return 0, false
	}
	b, err := strconv.ParseUint(piece[3:5], 16, 8)
	return byte(b), err == nil
}

// stripped takes the spaces at the ends of decoded text away.
type stripped struct{ decoding }

func (s stripped) decode(pieces []string) []string {
	return []string{strings.TrimSpace(strings.Join(s.decoding.decode(pieces), ""))}
}
