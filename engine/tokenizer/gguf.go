package tokenizer

import (
	"fmt"
	"maps"
)

// GGUFFiles gives the tokenizer that the settings of a GGUF file hold as the files of
// a Hugging Face folder, from which a family reads it and transformers opens it: a
// model of SentencePiece, or a tokenizer.json of byte-level pieces. It fails with an
// *Error.
//
// Source: ggml-org/ggml docs/gguf.md, "Tokenizer"; ggml-org/llama.cpp
// src/llama-vocab.cpp, load.
func GGUFFiles(settings map[string]any) (map[string][]byte, error) {
	g := gguf{settings: settings}
	model, _ := settings[ggufPrefix+"model"].(string)
	write := map[string]func(*gguf) map[string][]byte{"llama": (*gguf).sentencePiece, "gpt2": (*gguf).byteLevel}[model]
	if write == nil {
		return nil, ggufError("its tokenizer %q is not one that is read from a GGUF file", model)
	}
	g.readPieces()
	files := write(&g)
	return files, g.err
}

const ggufPrefix = "tokenizer.ggml."

func ggufError(problem string, values ...any) error {
	return &Error{Problem: "GGUF: " + fmt.Sprintf(problem, values...), Way: "take the model as safetensors, with its tokenizer.json"}
}

// gguf is a tokenizer of a GGUF file. After the first failure err is set.
type gguf struct {
	settings map[string]any
	pieces   []scored // their kinds are numbered as SentencePiece's
	err      error
}

// fail keeps the first failure.
func (g *gguf) fail(problem string, values ...any) {
	if g.err == nil {
		g.err = ggufError(problem, values...)
	}
}

// readPieces reads the vocabulary.
func (g *gguf) readPieces() {
	texts := ggufList[string](g, "tokens")
	scores, kinds := ggufList[float32](g, "scores"), ggufList[int32](g, "token_type")
	switch {
	case len(texts) == 0:
		g.fail("it holds no pieces")
	case len(scores) != 0 && len(scores) != len(texts) || len(kinds) != 0 && len(kinds) != len(texts):
		g.fail("it has %d pieces, %d scores and %d types of them", len(texts), len(scores), len(kinds))
	}
	if g.err != nil {
		return
	}
	for i, text := range texts {
		p := scored{text: text, kind: normalPiece}
		if len(scores) > 0 {
			p.score = scores[i]
		}
		if len(kinds) > 0 {
			p.kind = pieceKind(kinds[i])
		}
		g.pieces = append(g.pieces, p)
	}
}

// ggufList gives a list of settings, nil where there is none.
func ggufList[T any](g *gguf, name string) []T {
	values, _ := g.settings[ggufPrefix+name].([]any)
	all := make([]T, 0, len(values))
	for _, v := range values {
		one, ok := v.(T)
		if !ok {
			g.fail("its %s are not what they should be", name)
			return nil
		}
		all = append(all, one)
	}
	return all
}

// piece gives the piece that a setting numbers, or "".
func (g *gguf) piece(name string) string {
	id, ok := g.settings[ggufPrefix+name].(uint32)
	if !ok || int(id) >= len(g.pieces) {
		return ""
	}
	return g.pieces[id].text
}

// says gives a setting that is true or false, or otherwise if it is not there.
func (g *gguf) says(name string, otherwise bool) bool {
	if said, ok := g.settings[ggufPrefix+name].(bool); ok {
		return said
	}
	return otherwise
}

// config gives tokenizer_config.json for a class of transformers.
func (g *gguf) config(class string, more map[string]any) []byte {
	all := map[string]any{"tokenizer_class": class, "clean_up_tokenization_spaces": false}
	for key, name := range map[string]string{
		"bos_token": "bos_token_id", "eos_token": "eos_token_id", "unk_token": "unknown_token_id", "pad_token": "padding_token_id",
	} {
		if piece := g.piece(name); piece != "" {
			all[key] = piece
		}
	}
	maps.Copy(all, more)
	return g.json(all)
}

// json writes JSON as transformers does.
func (g *gguf) json(content any) []byte {
	text, err := indented(content)
	if err != nil {
		g.fail("%v", err)
	}
	return text
}
