package tokenizer

import (
	"encoding/json"
	"slices"
)

// ggufWords is a way of cutting words that llama.cpp knows by a name.
type ggufWords struct {
	normaliser, words string // parts of a tokenizer.json
	wholeFirst        bool   // words that are pieces are not cut
	begins            bool   // a text follows the piece that begins texts, unless the file says otherwise
}

const (
	gpt2Bytes = `{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}`
	allBytes  = `{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}`
)

// gpt4Bytes cuts words as GPT-4 does, with a pattern for numbers.
func gpt4Bytes(number string) string {
	pattern, _ := json.Marshal(`(?i:'s|'t|'re|'ve|'m|'ll|'d)` + gpt4Rest(number)) // a text is always written
	return `{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":` + string(pattern) + `},"behavior":"Isolated","invert":false},` + allBytes + `]}`
}

// ggufWordings are the ways that are read, by tokenizer.ggml.pre.
var ggufWordings = map[string]ggufWords{
	"":          {"null", gpt2Bytes, false, false}, // of files older than the setting
	"gpt-2":     {"null", gpt2Bytes, false, false},
	"smollm":    {"null", `{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},` + gpt2Bytes + `]}`, false, false},
	"llama-bpe": {"null", gpt4Bytes(`\p{N}{1,3}`), true, true},
	"qwen2":     {`{"type":"NFC"}`, gpt4Bytes(`\p{N}`), false, false},
}

// byteLevel writes tokenizer.json: byte-pair encoding by the order of merges.
func (g *gguf) byteLevel() map[string][]byte {
	name, _ := g.settings[ggufPrefix+"pre"].(string)
	how, ok := ggufWordings[name]
	if !ok {
		g.fail("its way of cutting words, %q, is not known here", name)
	}
	vocabulary := make(jsonVocabulary, len(g.pieces))
	tokens := []added{}
	for i, p := range g.pieces {
		switch p.kind {
		case unusedPiece: // it only fills a number
		case controlPiece, userPiece:
			tokens = append(tokens, added{ID: i, Content: p.text, Special: p.kind == controlPiece})
		}
		if p.kind != unusedPiece {
			vocabulary[i] = p.text
		}
	}
	merges := ggufList[string](g, "merges")
	if len(merges) == 0 {
		g.fail("it holds no merges of its pieces")
	}
	all := bytePairsJSON(vocabulary, merges, tokens)
	all["normalizer"], all["pre_tokenizer"] = json.RawMessage(how.normaliser), json.RawMessage(how.words)
	all["model"].(map[string]any)["ignore_merges"] = how.wholeFirst
	if g.says("add_bos_token", how.begins) {
		all["post_processor"] = g.follows("bos_token_id")
	}
	return map[string][]byte{tokenizerFile: g.json(all), configFile: g.config("PreTrainedTokenizerFast", nil)}
}

// follows is a post-processor that sets a piece before each text.
func (g *gguf) follows(name string) any {
	piece := g.piece(name)
	if piece == "" {
		g.fail("it sets a piece before each text and does not say which")
		return nil
	}
	id := slices.IndexFunc(g.pieces, func(p scored) bool { return p.text == piece })
	begin := jsonPart{SpecialToken: &jsonSlot{ID: piece}}
	single := []jsonPart{begin, {Sequence: &jsonSlot{ID: "A"}}}
	return jsonTemplate{
		Type: "TemplateProcessing", Single: single,
		Pair:     append(slices.Clone(single), jsonPart{SpecialToken: &jsonSlot{piece, 1}}, jsonPart{Sequence: &jsonSlot{"B", 1}}),
		Specials: map[string]jsonSpecial{piece: {piece, []int{id}, []string{piece}}},
	}
}
