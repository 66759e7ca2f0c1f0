package bundle_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"attune/engine/batch"
	"attune/engine/bundle"
	"attune/engine/model/modeltest"
	"attune/engine/op"
	"attune/engine/op/optest"
)

// pythonWithTorch gives a Python that has PyTorch, or skips the test where there is
// none: a first Python on the path may hide the system's.
func pythonWithTorch(t *testing.T) string {
	t.Helper()
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(python, "-c", "import torch").Run() == nil {
			return python
		}
	}
	t.Skip("python3 with torch is not here: the saved folder is not computed from outside")
	return ""
}

// spread gives a folder with a model whose parameters are all large, biases too, so that
// none can be wrong without showing.
func spread(t *testing.T) string {
	t.Helper()
	small, m := saved(t)
	random := rand.New(rand.NewPCG(1, 1))
	for _, p := range m.Params() {
		for i := range op.Rows(p) {
			op.Rows(p)[i] = 0.5 * float32(random.NormFloat64())
		}
	}
	opened, err := bundle.Open(small, families)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := bundle.Take(m, opened.Base.Tokenizer, nil).Save(dir, bundle.About{Task: "classification"}); err != nil {
		t.Fatal(err)
	}
	return dir
}

// What PyTorch makes of a folder that was saved here is what is answered here.
func TestPyTorchComputesTheSameFromASavedFolder(t *testing.T) {
	if testing.Short() {
		t.Skip("only the long checks start PyTorch")
	}
	python := pythonWithTorch(t)
	dir := spread(t)
	m, err := bundle.OpenPublished(dir, families)
	if err != nil {
		t.Fatal(err)
	}
	items := []batch.Item{
		{IDs: []int{2, 7, 9, 3}, Segments: []int{0, 0, 0, 0}},
		{IDs: []int{2, 5, 6, 7, 8, 9, 10, 3, 8, 9, 3}, Segments: []int{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1}},
	}
	var asked [][2][]int
	for _, item := range items {
		asked = append(asked, [2][]int{item.IDs, item.Segments})
	}
	text, err := json.Marshal(asked)
	if err != nil {
		t.Fatal(err)
	}
	script := exec.Command(python, filepath.Join("testdata", "bert.py"), dir, string(text))
	var complaint bytes.Buffer
	script.Stderr = &complaint
	out, err := script.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, complaint.Bytes())
	}
	var want [][]float32
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	tape := optest.Tape(t)
	tape.Infer()
	_, logits := m.Forward(tape, batch.Pack(items))
	var all []float32
	for _, row := range want {
		all = append(all, row...)
	}
	modeltest.Close(t, op.Rows(logits), all, 1e-4)
	if slices.Max(all)-slices.Min(all) < 0.1 {
		t.Errorf("the logits %v are too much alike to tell", all)
	}
}
