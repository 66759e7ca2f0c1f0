package bundle_test

import (
	"encoding/json"
	"errors"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"attune/engine/bundle"
	"attune/engine/catalog"
	"attune/engine/model"
	"attune/engine/model/gpt2"
	"attune/engine/model/llama"
	"attune/engine/model/modeltest"
	"attune/engine/op"
	"attune/engine/weights"
)

// converted gives a reference checkpoint as a GGUF file with F32 weights.
func converted(t *testing.T, name string, change func(settings map[string]any, tensors []weights.Tensor) []weights.Tensor) (*modeltest.Reference, string) {
	t.Helper()
	r := modeltest.OpenReference(t, name)
	folder, err := weights.OpenFolder(filepath.Join(modeltest.References(t), name))
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	var tensors []weights.Tensor
	for _, name := range folder.Names() {
		one := weights.Tensor{Name: name}
		one.Shape, _ = folder.Shape(name)
		if one.Values, err = folder.Values(name); err != nil {
			t.Fatal(err)
		}
		tensors = append(tensors, one)
	}
	more := map[string]any{}
	if change != nil {
		tensors = change(more, tensors)
	}
	content, err := modeltest.GGUF(r.Config, tensors, "F32", more)
	if err != nil {
		t.Fatal(err)
	}
	return r, inFile(t, content)
}

func inFile(t *testing.T, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "model.gguf")
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestConvertedModelsAgreeWithTheReference(t *testing.T) {
	for _, name := range []string{"llama-lm", "gpt2-lm"} {
		t.Run(name, func(t *testing.T) {
			r, path := converted(t, name, nil)
			for _, place := range []string{path, filepath.Dir(path)} {
				m, err := bundle.OpenPublished(place, catalog.Families())
				if err != nil {
					t.Fatal(err)
				}
				agrees(t, m, r.Cases)
			}
		})
	}
}

// Every architecture gives back the very values that were converted.
func TestWhatWasConvertedComesBack(t *testing.T) {
	for name, body := range map[string]func(*weights.Source) (model.Backbone, error){
		"llama": func(s *weights.Source) (model.Backbone, error) { return llama.New(tinyLlama("llama"), s) },
		"qwen2": func(s *weights.Source) (model.Backbone, error) { return llama.New(tinyLlama("qwen2"), s) },
		"gpt2": func(s *weights.Source) (model.Backbone, error) {
			return gpt2.New(gpt2.Config{Vocabulary: 20, Width: 16, Blocks: 2, Heads: 4, Positions: 8, Activation: "gelu_new", Epsilon: 1e-5, Scaled: true}, s)
		},
	} {
		t.Run(name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(1, 1))
			want, err := body(weights.Fresh(weights.Draw{Random: random, Spread: 0.05}))
			if err != nil {
				t.Fatal(err)
			}
			// A fresh bias would be zero in any order.
			for _, p := range want.Params() {
				for i := range op.Rows(p) {
					op.Rows(p)[i] = random.Float32()
				}
			}
			sink := weights.NewSink()
			want.Save(sink)
			config, err := json.Marshal(want.Config())
			if err != nil {
				t.Fatal(err)
			}
			content, err := modeltest.GGUF(config, sink.Tensors(), "F32", nil)
			if err != nil {
				t.Fatal(err)
			}
			got, err := bundle.OpenPublished(inFile(t, content), catalog.Families())
			if err != nil {
				t.Fatal(err)
			}
			all := maps.Collect(got.Body.Params())
			for name, p := range want.Params() {
				if all[name] == nil || !slices.Equal(op.Rows(all[name]), op.Rows(p)) {
					t.Errorf("%s differs", name)
				}
			}
			if got.LanguageModel().Name != "" {
				t.Error("the head has a table of its own")
			}
		})
	}
}

func tinyLlama(kind string) llama.Config {
	return llama.Config{
		Type: kind, Vocabulary: 20, Width: 16, Blocks: 2, Heads: 4, KeyHeads: 2, Inner: 24, Positions: 8,
		Activation: "silu", Epsilon: 1e-5, Theta: 5000, Tied: true, End: []byte("0"),
	}
}

// Older files of GPT-2 hold its table a second time, for the head.
func TestATableThatIsHeldTwiceIsOne(t *testing.T) {
	r, path := converted(t, "gpt2-lm", func(_ map[string]any, all []weights.Tensor) []weights.Tensor {
		at := slices.IndexFunc(all, func(t weights.Tensor) bool { return t.Name == "transformer.wte.weight" })
		second := all[at]
		second.Name = "lm_head.weight"
		return append(all, second)
	})
	m, err := bundle.OpenPublished(path, catalog.Families())
	if err != nil {
		t.Fatal(err)
	}
	agrees(t, m, r.Cases)
	if m.LanguageModel().Name != "" {
		t.Error("the head has a table of its own")
	}
}

func TestGGUFsThatDoNotFitAreSentences(t *testing.T) {
	setting := func(name string, value any) func(map[string]any, []weights.Tensor) []weights.Tensor {
		return func(settings map[string]any, all []weights.Tensor) []weights.Tensor {
			settings[name] = value
			return all
		}
	}
	for name, c := range map[string]struct {
		want   string
		change func(map[string]any, []weights.Tensor) []weights.Tensor
	}{
		"another architecture":  {`"mamba"`, setting("general.architecture", "mamba")},
		"no architecture":       {"no GGUF file of a model", setting("general.architecture", uint32(1))},
		"more blocks":           {"5 blocks, and holds 2", setting("llama.block_count", uint32(5))},
		"no heads":              {"how many heads", setting("llama.attention.head_count", uint32(0))},
		"no heads of keys":      {"how many heads", setting("llama.attention.head_count_kv", uint32(0))},
		"other heads of keys":   {"shape", setting("llama.attention.head_count_kv", uint32(4))},
		"heads beyond reason":   {"heads", setting("llama.attention.head_count", uint32(1<<31))},
		"a width beyond reason": {"shape", setting("llama.embedding_length", uint32(1<<31))},
		"a head beyond reason":  {"shape", setting("llama.attention.key_length", uint32(1<<31))},
		"scaled rotations":      {"rope_scaling", setting("llama.rope.scaling.type", "yarn")},
		"a list of heads":       {"how many heads", setting("llama.attention.head_count", []int32{4, 4})},
		"experts": {"blk.0.ffn_gate_inp.weight", func(_ map[string]any, all []weights.Tensor) []weights.Tensor {
			return append(all, weights.Tensor{Name: "blk.0.ffn_gate_inp.weight", Shape: []int{1}, Values: []float32{1}})
		}},
		"a tensor missing": {"missing: model.layers.0.input_layernorm.weight", func(_ map[string]any, all []weights.Tensor) []weights.Tensor {
			return slices.DeleteFunc(all, func(t weights.Tensor) bool { return strings.HasSuffix(t.Name, "layers.0.input_layernorm.weight") })
		}},
		"no pieces": {"table of pieces", func(_ map[string]any, all []weights.Tensor) []weights.Tensor {
			return slices.DeleteFunc(all, func(t weights.Tensor) bool { return strings.HasSuffix(t.Name, "embed_tokens.weight") })
		}},
	} {
		t.Run(name, func(t *testing.T) {
			_, path := converted(t, "llama-lm", c.change)
			_, err := bundle.OpenPublished(path, catalog.Families())
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestPathsWithoutOneGGUFAreSentences(t *testing.T) {
	several := t.TempDir()
	for _, name := range []string{"a.gguf", "b.gguf"} {
		if err := os.WriteFile(filepath.Join(several, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]string{
		several:                            "2 GGUF files",
		inFile(t, []byte("no such thing")): "header",
		inFile(t, nil):                     "too short",
		filepath.Join(several, "c.gguf"):   "no such folder or file",
	} {
		for _, open := range []func() error{
			func() error { _, err := bundle.OpenPublished(path, catalog.Families()); return err },
			func() error { _, err := bundle.Open(path, catalog.Families()); return err },
		} {
			var hinted interface{ Hint() string }
			if err := open(); !errors.As(err, &hinted) || hinted.Hint() == "" || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v", path, err)
			}
		}
	}
}

// tokens are settings of a tokenizer with single bytes for pieces, as GPT-2 spells them.
func tokens() map[string]any {
	return map[string]any{
		"tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": "gpt-2", "tokenizer.ggml.bos_token_id": uint32(3), "tokenizer.ggml.eos_token_id": uint32(3),
		"tokenizer.ggml.tokens": []string{"a", "b", "Ġ", "<|end|>", "ab"}, "tokenizer.ggml.token_type": []int32{1, 1, 1, 3, 1},
		"tokenizer.ggml.merges": []string{"a b"},
	}
}

// small gives the smallest Llama, which a fuzzer can turn over.
func small() (config []byte, tensors []weights.Tensor) {
	config = []byte(`{"model_type":"llama","hidden_size":4,"intermediate_size":2,"num_hidden_layers":1,"num_attention_heads":2,"num_key_value_heads":1,
"max_position_embeddings":8,"rms_norm_eps":1e-5,"rope_theta":10000}`)
	shapes := map[string][]int{
		"model.embed_tokens.weight": {5, 4}, "model.norm.weight": {4},
		"model.layers.0.input_layernorm.weight": {4}, "model.layers.0.post_attention_layernorm.weight": {4},
		"model.layers.0.self_attn.q_proj.weight": {4, 4}, "model.layers.0.self_attn.k_proj.weight": {2, 4},
		"model.layers.0.self_attn.v_proj.weight": {2, 4}, "model.layers.0.self_attn.o_proj.weight": {4, 4},
		"model.layers.0.mlp.gate_proj.weight": {2, 4}, "model.layers.0.mlp.up_proj.weight": {2, 4}, "model.layers.0.mlp.down_proj.weight": {4, 2},
	}
	for _, name := range slices.Sorted(maps.Keys(shapes)) {
		size := 1
		for _, n := range shapes[name] {
			size *= n
		}
		tensors = append(tensors, weights.Tensor{Name: name, Shape: shapes[name], Values: slices.Repeat([]float32{0.5}, size)})
	}
	return config, tensors
}

func TestAGGUFIsAWholeModel(t *testing.T) {
	config, tensors := small()
	content, err := modeltest.GGUF(config, tensors, "F32", tokens())
	if err != nil {
		t.Fatal(err)
	}
	path := inFile(t, content)
	m, err := bundle.Open(path, catalog.Families())
	if err != nil {
		t.Fatal(err)
	}
	var ids []int
	for _, token := range m.Base.Tokenizer.Encode("ab a<|end|>") {
		ids = append(ids, token.ID)
	}
	if !slices.Equal(ids, []int{4, 2, 0, 3}) || m.Base.Backbone.Width() != 4 || m.Base.Backbone.Longest() != 8 {
		t.Errorf("pieces %v, a body %d wide for %d pieces", ids, m.Base.Backbone.Width(), m.Base.Backbone.Longest())
	}
	if unused := m.Base.Weights.Unused(); len(unused) > 0 {
		t.Errorf("not used: %v", unused)
	}
}

// FuzzGGUF: whatever a file holds, a model comes out or a sentence.
func FuzzGGUF(f *testing.F) {
	config, tensors := small()
	content, err := modeltest.GGUF(config, tensors, "F32", tokens())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(content)
	path := filepath.Join(f.TempDir(), "model.gguf")
	f.Fuzz(func(t *testing.T, content []byte) {
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
		m, err := bundle.Open(path, catalog.Families())
		if err == nil && m.Base.Backbone.Width() < 1 {
			t.Error("a model without a width")
		}
		if _, err := bundle.OpenPublished(path, catalog.Families()); err == nil && m == nil {
			return // a model whose tokenizer is not read
		}
	})
}
