package tokenizer

import (
	"encoding/binary"
	"math"
)

// file gives the .spm file that holds a model of byte pairs without a character map,
// which readSentencePieceModel reads again.
//
// Source: google/sentencepiece src/sentencepiece_model.proto.
func (m *sentencePieceModel) file() []byte {
	var to message
	for _, p := range m.pieces {
		to.piece(p)
	}
	var trainer, normaliser message
	trainer.varint(3, uint64(m.kind))
	trainer.varint(4, uint64(len(m.pieces)))
	normaliser.text(1, "identity")
	normaliser.flag(3, m.dummyPrefix)
	normaliser.flag(4, m.removeSpaces)
	normaliser.flag(5, m.escapeSpaces)
	to.text(2, string(trainer))
	to.text(3, string(normaliser))
	return to
}

// message is a protobuf message that is being written.
type message []byte

// piece writes a piece of the vocabulary.
func (m *message) piece(p scored) {
	var one message
	one.text(1, p.text)
	one.number32(2, p.score)
	one.varint(3, uint64(p.kind))
	m.text(1, string(one))
}

func (m *message) tag(number, kind uint64) {
	*m = binary.AppendUvarint(*m, number<<3|kind)
}

func (m *message) varint(number, value uint64) {
	m.tag(number, 0)
	*m = binary.AppendUvarint(*m, value)
}

func (m *message) flag(number uint64, on bool) {
	value := uint64(0)
	if on {
		value = 1
	}
	m.varint(number, value)
}

func (m *message) number32(number uint64, value float32) {
	m.tag(number, 5)
	*m = binary.LittleEndian.AppendUint32(*m, math.Float32bits(value))
}

func (m *message) text(number uint64, text string) {
	m.tag(number, 2)
	*m = binary.AppendUvarint(*m, uint64(len(text)))
	*m = append(*m, text...)
}
