package bert_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/nlpodyssey/spago/ag"

	"attune/engine/batch"
	"attune/engine/head"
	"attune/engine/loss"
	"attune/engine/model/bert"
	"attune/engine/model/modeltest"
	"attune/engine/op"
	"attune/engine/op/optest"
	"attune/engine/optimizer"
	"attune/engine/weights"
)

// golden holds the numbers that the original gave for a tiny checkpoint.
type golden struct {
	Cases []struct {
		Inputs struct {
			IDs      []int `json:"input_ids"`
			Segments []int `json:"token_type_ids"`
			Labels   int   `json:"labels"`
		} `json:"inputs"`
		Hidden struct {
			First8 [][]float32 `json:"first8"`
		} `json:"last_hidden_state"`
		Logits struct {
			Full []float32 `json:"full"`
		} `json:"logits"`
		Loss float64 `json:"loss"`
	} `json:"cases"`
	Grads map[string]struct {
		Offset int       `json:"offset"`
		Values []float32 `json:"values"`
	} `json:"grads"`
	AdamW struct {
		Rate   float64 `json:"lr"`
		Decay  float64 `json:"weight_decay"`
		Params map[string]struct {
			Offset int       `json:"offset"`
			After  []float32 `json:"after"`
		} `json:"params"`
	} `json:"adamw"`
}

// reference gives the tiny checkpoint and its numbers, or skips the test.
func reference(t *testing.T) (*bert.Model, *head.Classifier, golden) {
	t.Helper()
	shared := os.Getenv("ATTUNE_SHARED")
	if shared == "" {
		t.Skip("ATTUNE_SHARED names no folder: the reference checkpoints are not at hand")
	}
	dir := filepath.Join(shared, "models", "reference", "bert-sequence-classification")
	var want golden
	read(t, filepath.Join(dir, "golden.json"), &want)
	m, classifier := open(t, dir)
	return m, classifier, want
}

func TestAnswersAgreeWithTheReference(t *testing.T) {
	m, classifier, want := reference(t)
	tape := optest.Tape(t)
	var items []batch.Item
	for i, c := range want.Cases {
		item := batch.Item{IDs: c.Inputs.IDs, Segments: c.Inputs.Segments, Targets: []int{c.Inputs.Labels}}
		items = append(items, item)
		b := batch.Pack([]batch.Item{item})
		tape.Infer()
		hidden := m.Encode(tape, b)
		logits := classifier.Forward(tape, op.Pick(tape, hidden, b.Starts[:1]))
		for row, first := range c.Hidden.First8 {
			modeltest.Close(t, op.Rows(hidden)[row*m.Width():row*m.Width()+8], first, 1e-4)
		}
		modeltest.Close(t, op.Rows(logits), c.Logits.Full, 1e-4)
		got := op.Rows(loss.CrossEntropy(tape, logits, b.Targets, loss.CrossEntropyOptions{}))
		modeltest.Close(t, got, []float32{float32(c.Loss)}, 1e-4)
		t.Logf("case %d of %d tokens agrees", i, b.Tokens())
	}
	modeltest.SameAlone(t, m, items)
}

// learn computes the gradients of the mean loss of all cases.
func learn(t *testing.T, m *bert.Model, classifier *head.Classifier, want golden) {
	t.Helper()
	var items []batch.Item
	for _, c := range want.Cases {
		items = append(items, batch.Item{IDs: c.Inputs.IDs, Segments: c.Inputs.Segments, Targets: []int{c.Inputs.Labels}})
	}
	m.SetDropout(0)
	classifier.Dropout = 0
	b := batch.Pack(items)
	tape := optest.Tape(t)
	tape.Learn(1)
	logits := classifier.Forward(tape, op.Pick(tape, m.Encode(tape, b), b.Starts[:b.Len()]))
	if err := ag.Backward(loss.CrossEntropy(tape, logits, b.Targets, loss.CrossEntropyOptions{})); err != nil {
		t.Fatal(err)
	}
}

// saved gives the tensors of body and head by their published names.
func saved(m *bert.Model, classifier *head.Classifier) []weights.Tensor {
	sink := weights.NewSink()
	m.Save(sink)
	classifier.Save(sink)
	return sink.Tensors()
}

func TestGradientsAgreeWithTheReference(t *testing.T) {
	m, classifier, want := reference(t)
	learn(t, m, classifier, want)
	// With the gradients in place of the weights, saving gives them their
	// published names.
	for _, p := range m.Params() {
		copy(op.Rows(p), op.Gradient(p))
	}
	for _, p := range classifier.Params() {
		copy(op.Rows(p), op.Gradient(p))
	}
	checked := 0
	for _, tensor := range saved(m, classifier) {
		if g, ok := want.Grads[tensor.Name]; ok {
			modeltest.Close(t, tensor.Values[g.Offset:g.Offset+len(g.Values)], g.Values, 1e-4)
			checked++
		}
	}
	if checked != len(want.Grads) {
		t.Errorf("%d of %d gradients were compared", checked, len(want.Grads))
	}
}

func TestAStepOfAdamWAgreesWithTheReference(t *testing.T) {
	m, classifier, want := reference(t)
	learn(t, m, classifier, want)
	a := optimizer.NewAdamW(optest.Tape(t).Workers, optimizer.Options{Decay: want.AdamW.Decay})
	for name, p := range m.Params() {
		a.Add(name, p)
	}
	for name, p := range classifier.Params() {
		a.Add(name, p)
	}
	a.Step(want.AdamW.Rate)
	checked := 0
	for _, tensor := range saved(m, classifier) {
		if p, ok := want.AdamW.Params[tensor.Name]; ok {
			modeltest.Close(t, tensor.Values[p.Offset:p.Offset+len(p.After)], p.After, 1e-5)
			checked++
		}
	}
	if checked != len(want.AdamW.Params) {
		t.Errorf("%d of %d parameters were compared", checked, len(want.AdamW.Params))
	}
}

// open gives the body and the head of a checkpoint with its number of labels.
func open(t *testing.T, dir string) (*bert.Model, *head.Classifier) {
	t.Helper()
	config, err := os.ReadFile(filepath.Join(dir, "config.json"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(filepath.Join(dir, "model.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	tensors, err := weights.OpenSafetensors(f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	source := weights.NewSource(tensors)
	m, err := bert.Family.Load(config, source)
	if err != nil {
		t.Fatal(err)
	}
	var labels struct {
		Names map[string]string `json:"id2label"`
	}
	if err := json.Unmarshal(config, &labels); err != nil {
		t.Fatal(err)
	}
	body := m.(*bert.Model)
	classifier := body.Classifier(source, len(labels.Names))
	if err := source.Err(); err != nil {
		t.Fatal(err)
	}
	if unused := source.Unused(); len(unused) > 0 {
		t.Errorf("unused: %v", unused)
	}
	return body, classifier
}

func read(t *testing.T, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}
