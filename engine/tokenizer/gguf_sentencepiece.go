package tokenizer

import "strconv"

// sentencePiece writes tokenizer.model: byte-pair encoding by scores, the text as it
// stands but for a space before it.
func (g *gguf) sentencePiece() map[string][]byte {
	var model, trainer, normaliser message
	special := map[string]jsonAddedToken{}
	byByte := false
	for i, p := range g.pieces {
		model.piece(p)
		byByte = byByte || p.kind == bytePiece
		if p.kind == controlPiece {
			special[strconv.Itoa(i)] = jsonAddedToken{Content: p.text, Special: true}
		}
	}
	trainer.varint(3, uint64(bpeKind))
	trainer.flag(35, byByte)
	normaliser.flag(3, g.says("add_space_prefix", true))
	normaliser.flag(4, false)
	model.text(2, string(trainer))
	model.text(3, string(normaliser))
	return map[string][]byte{tokenizerModelFile: model, configFile: g.config("LlamaTokenizer", map[string]any{
		"add_bos_token": g.says("add_bos_token", true), "add_eos_token": g.says("add_eos_token", false),
		"added_tokens_decoder": special,
	})}
}
