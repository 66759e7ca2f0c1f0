package tokenizer_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"attune/engine/tokenizer"
)

// shared gives the path of a file of real models or data, or skips the test.
func shared(t testing.TB, names ...string) string {
	t.Helper()
	root := os.Getenv("ATTUNE_SHARED")
	if root == "" {
		t.Skip("ATTUNE_SHARED names no folder: real vocabularies are not tested")
	}
	return filepath.Join(append([]string{root}, names...)...)
}

func TestGolden(t *testing.T) {
	data, err := os.ReadFile(shared(t, "models", "golden", "wordpiece.json"))
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Texts []string
		IDs   [][]int
	}
	if err := json.Unmarshal(data, &golden); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"tok_minilm_l6_v2_json", "tok_bert_base_uncased"} {
		t.Run(folder, func(t *testing.T) {
			w, err := tokenizer.ReadWordPiece(os.DirFS(shared(t, "models", folder)))
			if err != nil {
				t.Fatal(err)
			}
			wrong := 0
			for i, text := range golden.Texts {
				tokens := w.Encode(text)
				// The golden texts were cut to 128 pieces, the special ones among them.
				ids, _ := w.Join(tokens[:min(len(tokens), 128-w.Specials(false))], nil)
				if !equal(ids, golden.IDs[i]) {
					wrong++
					t.Errorf("%q: %v, want %v", text, ids, golden.IDs[i])
				}
			}
			t.Logf("%d of %d texts are exact", len(golden.Texts)-wrong, len(golden.Texts))
		})
	}
}

func equal(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
