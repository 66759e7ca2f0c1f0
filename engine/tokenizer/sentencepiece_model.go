package tokenizer

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

// sentencePieceModel is what a .model or .spm file of SentencePiece holds.
//
// Source: google/sentencepiece src/sentencepiece_model.proto.
type sentencePieceModel struct {
	pieces          []scored
	kind            modelKind
	spacesAtEnds    bool // a space belongs to the word before it
	byteFallback    bool
	charsmap        charsmap
	dummyPrefix     bool // a space is set before the text
	removeSpaces    bool // of several spaces one stays, and none at the ends
	escapeSpaces    bool // spaces are spelt as spaceSign
	unknown         int
	unknownSurface  string // what an unknown piece decodes as
	least, greatest float32
}

type scored struct {
	text  string
	score float32
	kind  pieceKind
}

type (
	modelKind uint64
	pieceKind uint64
)

const (
	unigramKind modelKind = 1
	bpeKind     modelKind = 2
)

const (
	normalPiece  pieceKind = 1
	unknownPiece pieceKind = 2
	controlPiece pieceKind = 3
	userPiece    pieceKind = 4
	unusedPiece  pieceKind = 5
	bytePiece    pieceKind = 6
)

// inText says whether a piece may be found in a text.
func (k pieceKind) inText() bool { return k == normalPiece || k == userPiece || k == unusedPiece }

// spaceSign spells a space in SentencePiece's vocabularies.
const spaceSign = "▁"

func readSentencePieceModel(data []byte) (*sentencePieceModel, error) {
	m := &sentencePieceModel{
		kind: unigramKind, dummyPrefix: true, removeSpaces: true, escapeSpaces: true,
		unknown: none, unknownSurface: " ⁇ ", greatest: smallestNormal,
	}
	if err := fields(data, m.field); err != nil {
		return nil, err
	}
	if m.kind != unigramKind && m.kind != bpeKind {
		return nil, errors.New("it cuts text into words or characters, and only unigram and BPE models are known here")
	}
	first := true
	for i, p := range m.pieces {
		switch {
		case p.text == "":
			return nil, fmt.Errorf("its piece %d is empty", i)
		case !utf8.ValidString(p.text):
			return nil, fmt.Errorf("its piece %d, %q, is not UTF-8 text", i, p.text)
		case p.kind == unknownPiece:
			m.unknown = i
		case p.kind == normalPiece:
			if first || p.score < m.least {
				m.least, first = p.score, false
			}
			m.greatest = max(m.greatest, p.score)
		}
	}
	if m.unknown == none {
		return nil, errors.New("it has no piece for what is unknown")
	}
	return m, nil
}

// smallestNormal is C's FLT_MIN, from which SentencePiece searches for the greatest
// score.
const smallestNormal = 0x1p-126

func (m *sentencePieceModel) field(f field) error {
	switch f.number {
	case 1: // pieces
		p := scored{kind: normalPiece}
		err := fields(f.bytes, func(f field) error {
			switch f.number {
			case 1:
				p.text = string(f.bytes)
			case 2:
				p.score = f.float()
			case 3:
				p.kind = pieceKind(f.value)
			}
			return nil
		})
		m.pieces = append(m.pieces, p)
		return err
	case 2: // trainer_spec
		return fields(f.bytes, func(f field) error {
			switch f.number {
			case 3:
				m.kind = modelKind(f.value)
			case 24:
				m.spacesAtEnds = f.flag()
			case 35:
				m.byteFallback = f.flag()
			case 44:
				m.unknownSurface = string(f.bytes)
			}
			return nil
		})
	case 3: // normalizer_spec
		return fields(f.bytes, func(f field) (err error) {
			switch f.number {
			case 2:
				m.charsmap, err = readCharsmap(f.bytes)
			case 3:
				m.dummyPrefix = f.flag()
			case 4:
				m.removeSpaces = f.flag()
			case 5:
				m.escapeSpaces = f.flag()
			}
			return err
		})
	}
	return nil
}
