package weights_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"attune/engine/weights"
)

// folder writes files into a new folder.
func folder(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestShardsAreOneModel(t *testing.T) {
	dir := folder(t, map[string][]byte{
		"model-00001-of-00002.safetensors": written(t, sample[:1]),
		"model-00002-of-00002.safetensors": written(t, sample[1:]),
		"model.safetensors.index.json":     []byte(`{"weight_map":{"b":"model-00001-of-00002.safetensors","a":"model-00002-of-00002.safetensors","none":"model-00002-of-00002.safetensors"}}`),
	})
	f, err := weights.OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if !slices.Equal(f.Names(), []string{"a", "b", "none"}) {
		t.Errorf("names %v", f.Names())
	}
	for _, want := range sample {
		if values, err := f.Values(want.Name); err != nil || !slices.Equal(values, want.Values) {
			t.Errorf("%s: %v, %v", want.Name, values, err)
		}
	}
	if err := os.Remove(filepath.Join(dir, "model-00002-of-00002.safetensors")); err != nil {
		t.Fatal(err)
	}
	if _, err := weights.OpenFolder(dir); err == nil || !strings.Contains(err.Error(), "model-00002-of-00002.safetensors is missing") {
		t.Errorf("got %v", err)
	}
}

func TestFoldersThatCannotBeRead(t *testing.T) {
	for name, files := range map[string]map[string][]byte{
		"none":              {"config.json": []byte("{}")},
		"an empty file":     {"model.safetensors": nil},
		"an index outside":  {"model.safetensors.index.json": []byte(`{"weight_map":{"a":"../model.safetensors"}}`)},
		"an index no JSON":  {"model.safetensors.index.json": []byte(`[`)},
		"an empty index":    {"pytorch_model.bin.index.json": []byte(`{}`)},
		"a bin that is not": {"pytorch_model.bin": []byte("\x80\x02K\x01.")},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := weights.OpenFolder(folder(t, files)); err == nil {
				t.Error("passed")
			}
		})
	}
}

// A safetensors file begins with a number, which may look like the beginning of
// another kind of file.
func TestAHeaderAsLongAsAPickleBegins(t *testing.T) {
	for n := range 300 {
		content := written(t, []weights.Tensor{{Name: strings.Repeat("x", n+1), Shape: []int{1}, Values: []float32{7}}})
		if content[0] != 0x80 {
			continue
		}
		f, err := weights.Open(filepath.Join(folder(t, map[string][]byte{"model.safetensors": content}), "model.safetensors"))
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
		return
	}
	t.Error("no header was as long")
}

// A file that another program cuts off while it is read must not end this one.
func TestAFileThatShrinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows does not let a mapped file shrink")
	}
	large := []weights.Tensor{{Name: "x", Shape: []int{1 << 20}, Values: make([]float32, 1<<20)}}
	path := filepath.Join(folder(t, map[string][]byte{"model.safetensors": written(t, large)}), "model.safetensors")
	f, err := weights.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := os.Truncate(path, 4096); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Values("x"); err == nil || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("got %v", err)
	}
}

// All that is made while a model is read, garbage too, is at most 1.3 times the
// model.
func TestWeightsAreInMemoryOnce(t *testing.T) {
	const n, parts = 1 << 20, 8
	var tensors []weights.Tensor
	for i := range parts {
		tensors = append(tensors, weights.Tensor{Name: fmt.Sprint("part", i), Shape: []int{n / 64, 64}, Values: make([]float32, n)})
	}
	dir := folder(t, map[string][]byte{"model.safetensors": written(t, tensors)})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f, err := weights.OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	source := weights.NewSource(f)
	source.Stack([]string{"part0", "part1", "part2", "part3", "part4"}, n/64, 64)
	for i := 5; i < parts; i++ {
		source.Matrix(fmt.Sprint("part", i), n/64, 64)
	}
	source.Hold()
	if err := f.Close(); err != nil || source.Err() != nil {
		t.Fatal(err, source.Err())
	}
	runtime.ReadMemStats(&after)
	if made, most := after.TotalAlloc-before.TotalAlloc, uint64(4*n*parts)*13/10; made > most {
		t.Errorf("%d bytes were made for a model of %d", made, 4*n*parts)
	}
}

func shared(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("ATTUNE_SHARED")
	if dir == "" {
		t.Skip("ATTUNE_SHARED does not name the folder with the reference checkpoints")
	}
	return filepath.Join(dir, "models", name)
}

// A .bin file that torch wrote holds the same values as the safetensors beside it.
func TestAFileThatTorchWrote(t *testing.T) {
	bin := opening(t, "reference/bert-sequence-classification/pytorch_model.bin")
	same := opening(t, "reference/bert-sequence-classification/model.safetensors")
	for _, name := range same.Names() {
		want, err := same.Values(name)
		if err != nil {
			t.Fatal(err)
		}
		got, err := bin.Values(name)
		gotShape, _ := bin.Shape(name)
		wantShape, _ := same.Shape(name)
		if err != nil || !slices.Equal(got, want) || !slices.Equal(gotShape, wantShape) {
			t.Errorf("%s differs: %v", name, err)
		}
	}
	if extra := len(bin.Names()) - len(same.Names()); extra != 1 {
		t.Errorf("%d tensors more than the safetensors, not position_ids alone", extra)
	}
}

// Files of which no safetensors twin is at hand are looked at for what must hold.
func TestOlderFilesThatTorchWrote(t *testing.T) {
	legacy := opening(t, "reference/extra/bert-legacy-pickle-bin/pytorch_model.bin")
	small(t, legacy)
	if shape, _ := legacy.Shape("bert.embeddings.word_embeddings.weight"); len(shape) != 2 || shape[1] != 40 {
		t.Errorf("the word embeddings are %v", shape)
	}
	tied := opening(t, "reference/extra/marian-full-bin/pytorch_model.bin")
	small(t, tied)
	want, err := tied.Values("model.shared.weight")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"model.encoder.embed_tokens.weight", "model.decoder.embed_tokens.weight", "lm_head.weight"} {
		if got, err := tied.Values(name); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s is no copy of the shared embedding: %v", name, err)
		}
	}
}

func opening(t *testing.T, name string) *weights.File {
	t.Helper()
	f, err := weights.Open(shared(t, name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// small fails when values are not those of a network: misplaced floats are huge.
func small(t *testing.T, f *weights.File) {
	t.Helper()
	for _, name := range f.Names() {
		values, err := f.Values(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range values {
			if v != v || v < -600 || v > 600 {
				t.Fatalf("%s holds %g", name, v)
			}
		}
	}
}

func TestAPublishedGGUF(t *testing.T) {
	f := opening(t, "stories260k_gguf/stories260K.gguf")
	small(t, f)
	if f.Settings["general.architecture"] != "llama" || f.Settings["llama.embedding_length"] != uint32(64) {
		t.Errorf("settings: %v", f.Settings["general.architecture"])
	}
	if pieces := f.Settings["tokenizer.ggml.tokens"].([]any); len(pieces) != 512 || pieces[1] != "\n<s>\n" && pieces[1] != "<s>" {
		t.Errorf("%d pieces, the second %q", len(pieces), pieces[1])
	}
	if shape, _ := f.Shape("blk.0.attn_k.weight"); !slices.Equal(shape, []int{32, 64}) {
		t.Errorf("the keys' weights are %v", shape)
	}
}
