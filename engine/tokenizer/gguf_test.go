package tokenizer_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"attune/engine/tokenizer"
)

// fromGGUF reads a tokenizer out of the settings of a GGUF file.
func fromGGUF(settings map[string]any, read func(fs.FS) (tokenizer.Tokenizer, error)) (tokenizer.Tokenizer, error) {
	files, err := tokenizer.GGUFFiles(settings)
	if err != nil {
		return nil, err
	}
	fsys := fstest.MapFS{}
	for name, content := range files {
		fsys[name] = &fstest.MapFile{Data: content}
	}
	return read(fsys)
}

// list gives a list as a GGUF file's settings hold it.
func list[T any](values ...T) []any {
	all := make([]any, len(values))
	for i, v := range values {
		all[i] = v
	}
	return all
}

// byteLevelSettings are those of a few pieces of bytes, with those given besides.
func byteLevelSettings(pre string, more map[string]any) map[string]any {
	settings := map[string]any{
		"tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": pre,
		"tokenizer.ggml.tokens":       list("a", "b", "Ġ", "1", "2", "<|end|>", "ab", "12", "Ġab", "[PAD9]", "Ã", "©", "Ã©", "ba"),
		"tokenizer.ggml.token_type":   list[int32](1, 1, 1, 1, 1, 3, 1, 1, 1, 5, 1, 1, 1, 1),
		"tokenizer.ggml.merges":       list("a b", "1 2", "Ġ ab", "Ã ©"),
		"tokenizer.ggml.bos_token_id": uint32(5), "tokenizer.ggml.eos_token_id": uint32(5),
	}
	for name, value := range more {
		settings[name] = value
	}
	return settings
}

// sentenceSettings are those of a few pieces of SentencePiece, the best merges first.
func sentenceSettings(more map[string]any) map[string]any {
	settings := map[string]any{
		"tokenizer.ggml.model":        "llama",
		"tokenizer.ggml.tokens":       list("<unk>", "<s>", "</s>", "▁", "a", "b", "ab", "▁a", "<|im|>"),
		"tokenizer.ggml.scores":       list[float32](0, 0, 0, -9, -8, -7, -1, -2, 0),
		"tokenizer.ggml.token_type":   list[int32](2, 3, 3, 1, 1, 1, 1, 1, 3),
		"tokenizer.ggml.bos_token_id": uint32(1), "tokenizer.ggml.eos_token_id": uint32(2), "tokenizer.ggml.unknown_token_id": uint32(0),
		"tokenizer.ggml.padding_token_id": uint32(1<<32 - 1),
	}
	for name, value := range more {
		settings[name] = value
	}
	return settings
}

func TestGGUFTokenizers(t *testing.T) {
	begins := map[string]any{"tokenizer.ggml.add_bos_token": true}
	cases := []struct {
		name       string
		settings   map[string]any
		read       func(fs.FS) (tokenizer.Tokenizer, error)
		text, want string
	}{
		{"words of GPT-2", byteLevelSettings("gpt-2", nil), tokenizer.ReadGPT2, "ab ab12é<|end|>", "ab Ġab 12 Ã© <|end|>"},
		{"without a name they are GPT-2's", byteLevelSettings("", nil), tokenizer.ReadGPT2, "ba ab12", "b a Ġab 12"},
		{"each digit alone", byteLevelSettings("smollm", nil), tokenizer.ReadLlama, "ab ab12", "ab Ġab 1 2"},
		{"each digit alone, accents composed", byteLevelSettings("qwen2", nil), tokenizer.ReadLlama, "ab12e\u0301", "ab 1 2 Ã©"},
		{"words that are pieces stay whole, behind a beginning", byteLevelSettings("llama-bpe", nil), tokenizer.ReadLlama, "ba12", "<|end|> ba 12"},
		{"the file says that nothing goes before", byteLevelSettings("llama-bpe", map[string]any{"tokenizer.ggml.add_bos_token": false}), tokenizer.ReadLlama, "ab", "ab"},
		{"the file says that a piece goes before", byteLevelSettings("gpt-2", begins), tokenizer.ReadGPT2, "ab", "<|end|> ab"},
		{"the best score first", sentenceSettings(nil), tokenizer.ReadLlama, "ab a", "<s> ▁ ab ▁a"},
		{"special pieces are found, runes without a piece are unknown", sentenceSettings(nil), tokenizer.ReadLlama, "a<|im|>x", "<s> ▁a <|im|> ▁ <unk>"},
		{"no space before, and spaces stay", sentenceSettings(map[string]any{"tokenizer.ggml.add_space_prefix": false}), tokenizer.ReadLlama, "a  b", "<s> a ▁ ▁ b"},
		{"an end behind", sentenceSettings(map[string]any{"tokenizer.ggml.add_bos_token": false, "tokenizer.ggml.add_eos_token": true}), tokenizer.ReadLlama, "ab", "▁ ab </s>"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			first, err := fromGGUF(c.settings, c.read)
			if err != nil {
				t.Fatal(err)
			}
			for _, each := range []tokenizer.Tokenizer{first, filesRead(t, first, c.read)} {
				if got := joined(each, each.Encode(c.text), nil); got != plain(c.want) {
					t.Errorf("got  %s\nwant %s", got, plain(c.want))
				}
				checkOffsets(t, each, c.text)
			}
		})
	}
}

func TestGGUFTokenizersFail(t *testing.T) {
	for name, c := range map[string]struct {
		settings map[string]any
		want     string
	}{
		"no tokenizer":             {nil, `tokenizer ""`},
		"another one":              {map[string]any{"tokenizer.ggml.model": "bert"}, `tokenizer "bert"`},
		"no pieces":                {map[string]any{"tokenizer.ggml.model": "llama"}, "no pieces"},
		"pieces that are numbers":  {byteLevelSettings("gpt-2", map[string]any{"tokenizer.ggml.tokens": list[int32](1)}), "tokens are not"},
		"too few types":            {byteLevelSettings("gpt-2", map[string]any{"tokenizer.ggml.token_type": list[int32](1)}), "14 pieces, 0 scores and 1 types"},
		"too few scores":           {sentenceSettings(map[string]any{"tokenizer.ggml.scores": list[float32](1)}), "1 scores"},
		"no merges":                {byteLevelSettings("gpt-2", map[string]any{"tokenizer.ggml.merges": nil}), "no merges"},
		"merges that are none":     {byteLevelSettings("gpt-2", map[string]any{"tokenizer.ggml.merges": list("ab")}), "two pieces"},
		"merges of other pieces":   {byteLevelSettings("gpt-2", map[string]any{"tokenizer.ggml.merges": list("a z")}), "not all three"},
		"another way of cutting":   {byteLevelSettings("tekken", nil), `"tekken"`},
		"a beginning without name": {byteLevelSettings("llama-bpe", map[string]any{"tokenizer.ggml.bos_token_id": uint32(99)}), "does not say which"},
		"no unknown piece":         {sentenceSettings(map[string]any{"tokenizer.ggml.token_type": nil}), "unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := fromGGUF(c.settings, tokenizer.ReadLlama)
			var known *tokenizer.Error
			if !errors.As(err, &known) || known.Hint() == "" || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q and a hint", err, c.want)
			}
		})
	}
}

// The pieces of GPT-2 cut as its own files do when they come from a GGUF file.
func TestAGGUFOfGPT2CutsAsItsFiles(t *testing.T) {
	dir := shared(t, "models", "tok_gpt2")
	var numbers map[string]int
	data, err := os.ReadFile(filepath.Join(dir, "vocab.json"))
	if err == nil {
		err = json.Unmarshal(data, &numbers)
	}
	merges, also := os.ReadFile(filepath.Join(dir, "merges.txt"))
	if err != nil || also != nil {
		t.Fatal(err, also)
	}
	pieces := make([]string, len(numbers))
	for piece, id := range numbers {
		pieces[id] = piece
	}
	lines := slices.DeleteFunc(strings.Split(strings.TrimSpace(string(merges)), "\n"), func(line string) bool { return strings.HasPrefix(line, "#version") })
	kinds := slices.Repeat([]int32{1}, len(pieces))
	kinds[numbers["<|endoftext|>"]] = 3
	got, err := fromGGUF(map[string]any{
		"tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": "gpt-2",
		"tokenizer.ggml.tokens": list(pieces...), "tokenizer.ggml.token_type": list(kinds...), "tokenizer.ggml.merges": list(lines...),
	}, tokenizer.ReadGPT2)
	if err != nil {
		t.Fatal(err)
	}
	want, err := tokenizer.ReadGPT2(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "Hello  world, it's 1234!\n\n\tdéjà vu 中国 🙂 <|endoftext|> end", strings.Repeat("naïve ", 50) + strings.Repeat("x", 300)} {
		if a, b := got.Encode(text), want.Encode(text); !reflect.DeepEqual(a, b) {
			t.Errorf("%q: got %v, want %v", text, a, b)
		}
	}
	if got.Size() != want.Size() {
		t.Errorf("%d pieces, want %d", got.Size(), want.Size())
	}
}

// FuzzGGUFFiles: whatever the settings are, a tokenizer comes out or an Error.
func FuzzGGUFFiles(f *testing.F) {
	f.Add("llama", "", "<unk>\n▁\na", "", "\x02\x01\x01", "a a")
	f.Add("gpt2", "llama-bpe", "a\nb\nab\n<s>", "a b", "\x01\x01\x01\x03", "ab <s>")
	f.Fuzz(func(t *testing.T, model, pre, pieces, merges, kinds, text string) {
		settings := map[string]any{
			"tokenizer.ggml.model": model, "tokenizer.ggml.pre": pre, "tokenizer.ggml.bos_token_id": uint32(len(text)),
			"tokenizer.ggml.tokens": list(strings.Split(pieces, "\n")...), "tokenizer.ggml.merges": list(strings.Split(merges, "\n")...),
		}
		numbers := make([]int32, len(kinds))
		for i := range numbers {
			numbers[i] = int32(int8(kinds[i]))
		}
		settings["tokenizer.ggml.token_type"] = list(numbers...)
		read, err := fromGGUF(settings, tokenizer.ReadLlama)
		if err != nil {
			var known *tokenizer.Error
			if !errors.As(err, &known) {
				t.Errorf("%v is no Error", err)
			}
			return
		}
		checkOffsets(t, read, text)
	})
}
