package tokenizer

import (
	"encoding/binary"
	"math"
	"strconv"
)

// sentencePiece writes tokenizer.model: byte-pair encoding by scores, the text as it
// stands but for a space before it.
func (g *gguf) sentencePiece() map[string][]byte {
	var model, trainer, normaliser []byte
	special := map[string]jsonAddedToken{}
	byByte := false
	for i, p := range g.pieces {
		piece := appendBytes(nil, 1, []byte(p.text))
		piece = binary.LittleEndian.AppendUint32(append(piece, 2<<3|5), math.Float32bits(p.score))
		model = appendBytes(model, 1, appendNumber(piece, 3, uint64(p.kind)))
		byByte = byByte || p.kind == bytePiece
		if p.kind == controlPiece {
			special[strconv.Itoa(i)] = jsonAddedToken{Content: p.text, Special: true}
		}
	}
	trainer = appendNumber(appendNumber(trainer, 3, uint64(bpeKind)), 35, flag(byByte))
	normaliser = appendNumber(appendNumber(normaliser, 3, flag(g.says("add_space_prefix", true))), 4, flag(false))
	model = appendBytes(appendBytes(model, 2, trainer), 3, normaliser)
	return map[string][]byte{tokenizerModelFile: model, configFile: g.config("LlamaTokenizer", map[string]any{
		"add_bos_token": g.says("add_bos_token", true), "add_eos_token": g.says("add_eos_token", false),
		"added_tokens_decoder": special,
	})}
}

// appendBytes and appendNumber append a field to a protobuf message.
func appendBytes(to []byte, number uint64, content []byte) []byte {
	to = binary.AppendUvarint(to, number<<3|2)
	return append(binary.AppendUvarint(to, uint64(len(content))), content...)
}

func appendNumber(to []byte, number, value uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(to, number<<3), value)
}

func flag(set bool) uint64 {
	if set {
		return 1
	}
	return 0
}
