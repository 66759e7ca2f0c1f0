package projects_test

import (
	"archive/zip"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"attune/engine/model/llama"
	"attune/engine/model/modeltest"
	"attune/engine/weights"
	"attune/projects"
)

// ggufFile writes a small Llama as llama.cpp does.
func ggufFile(t *testing.T) string {
	t.Helper()
	config := []byte(`{"model_type":"llama","vocab_size":40,"hidden_size":16,"intermediate_size":24,"num_hidden_layers":2,"num_attention_heads":2,"num_key_value_heads":1,"max_position_embeddings":64,"rms_norm_eps":1e-5,"rope_theta":10000,"tie_word_embeddings":true}`)
	source := weights.Fresh(weights.Draw{Random: rand.New(rand.NewPCG(1, 1)), Spread: 0.1})
	body, err := llama.Family.Load(config, source)
	if err != nil {
		t.Fatal(err)
	}
	sink := weights.NewSink()
	body.Save(sink)
	content, err := modeltest.GGUF(config, sink.Tensors(), "F32", nil)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "kleiner schreiber.gguf")
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAGGUFFileIsAdded(t *testing.T) {
	file := ggufFile(t)
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), "from a friend")
	archive := filepath.Join(t.TempDir(), "packed.zip")
	z, err := os.Create(archive)
	if err := errors.Join(err, os.Mkdir(folder, 0o755), os.WriteFile(filepath.Join(folder, "m.gguf"), content, 0o644)); err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(z)
	f, err := w.Create("inner/m.gguf")
	if err == nil {
		_, err = f.Write(content)
	}
	if err := errors.Join(err, w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	m, _, _ := openModels(t)
	for name, source := range map[string]string{"kleiner schreiber": file, "from a friend": folder, "packed": archive} {
		if !projects.IsModel(source) {
			t.Errorf("%s is no model", source)
		}
		info, err := m.Add(t.Context(), source, "", nil)
		if err != nil || info.Name != name || info.Family != "llama" || info.Parameters < 1000 || !slices.Contains(info.Learns, "classification") {
			t.Errorf("%s: %+v, %v", name, info, err)
		}
	}
	here, err := m.Here()
	if err != nil || len(here) != 5 {
		t.Errorf("here are %+v, %v", here, err)
	}
	odd := filepath.Join(t.TempDir(), "odd.gguf")
	if err := os.WriteFile(odd, []byte("GGUF, it says"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Add(t.Context(), odd, "", nil); err == nil {
		t.Error("a damaged file is added")
	}
	if err := m.Remove("packed"); err != nil {
		t.Error(err)
	}
}
