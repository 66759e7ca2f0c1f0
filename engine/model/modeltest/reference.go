package modeltest

import (
	"encoding/json"
	"iter"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nlpodyssey/spago/ag"
	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/kernel"
	"attune/engine/op"
	"attune/engine/op/optest"
	"attune/engine/optimizer"
	"attune/engine/weights"
)

// Reference is a tiny checkpoint of Hugging Face transformers with the numbers
// that the original code gave for it.
type Reference struct {
	Config []byte
	Source *weights.Source
	Labels int // in its config.json
	Cases  []Case
	grads  map[string]slice
	adamw  step
}

// Case is one sequence and what the original made of it.
type Case struct {
	Inputs      Inputs    `json:"inputs"`
	Hidden      summary   `json:"last_hidden_state"`
	Memory      *summary  `json:"encoder_last_hidden_state"`
	Logits      scores    `json:"logits"`
	StartLogits []float32 `json:"start_logits"`
	EndLogits   []float32 `json:"end_logits"`
	Loss        float32   `json:"loss"`
	Greedy      Generated `json:"greedy"`
	Beam        Generated `json:"beam4"`
}

// Inputs are what the original was given, by its own names.
type Inputs struct {
	IDs           []int           `json:"input_ids"`
	Segments      []int           `json:"token_type_ids"` // nil when none were given
	DecoderIDs    []int           `json:"decoder_input_ids"`
	Labels        json.RawMessage `json:"labels"` // see Targets
	Start         int             `json:"start_positions"`
	End           int             `json:"end_positions"`
	Permutation   [][]float32     `json:"perm_mask"`      // [tokens x tokens] 1 where the row may not see the column
	TargetMapping [][]float32     `json:"target_mapping"` // [targets x tokens] one 1 a row
}

// Targets gives the labels: one for a sequence, or one for each position.
func (in Inputs) Targets(t *testing.T) []int {
	t.Helper()
	var one int
	if json.Unmarshal(in.Labels, &one) == nil {
		return []int{one}
	}
	var all []int
	if err := json.Unmarshal(in.Labels, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// Generated is what the original wrote.
type Generated struct {
	New []int `json:"new_tokens"`
}

// summary stands for a matrix [rows x width].
type summary struct {
	Shape  []int       `json:"shape"`
	First8 [][]float32 `json:"first8"`
	Mean   float32     `json:"mean"`
	AbsSum float32     `json:"abs_sum"`
}

// scores stand for logits: all of them, or the first 16 of every row.
type scores struct {
	Full    json.RawMessage `json:"full"`
	First16 [][]float32     `json:"first16"`
	Max     []float32       `json:"max"`
	AbsSum  float32         `json:"abs_sum"`
}

// slice is a part of a tensor, with the size of the whole.
type slice struct {
	Offset int       `json:"offset"`
	Values []float32 `json:"values"`
	Size   float32   `json:"l2"`
}

// step is one step of AdamW from the checkpoint.
type step struct {
	Rate   float64 `json:"lr"`
	Decay  float64 `json:"weight_decay"`
	Params map[string]struct {
		Offset int       `json:"offset"`
		After  []float32 `json:"after"`
	} `json:"params"`
}

// References gives the folder of all references, or skips the test where none is at
// hand.
func References(t *testing.T) string {
	t.Helper()
	shared := os.Getenv("ATTUNE_SHARED")
	if shared == "" {
		t.Skip("ATTUNE_SHARED names no folder: the reference checkpoints are not at hand")
	}
	return filepath.Join(shared, "models", "reference")
}

// OpenReference gives a reference by the name of its folder, or skips the test
// where none is at hand.
func OpenReference(t *testing.T, name string) *Reference {
	t.Helper()
	dir := filepath.Join(References(t), name)
	var golden struct {
		Cases []Case           `json:"cases"`
		Grads map[string]slice `json:"grads"`
		AdamW step             `json:"adamw"`
	}
	numbers := filepath.Join(dir, "golden.json")
	if same, err := os.ReadFile(filepath.Join(dir, "SAME_GOLDEN_AS")); err == nil {
		// The weights of another reference, stored in another way.
		numbers = filepath.Join(dir, "..", "..", filepath.Base(filepath.Dir(strings.TrimSpace(string(same)))), "golden.json")
	}
	decode(t, read(t, numbers), &golden)
	r := &Reference{
		Config: read(t, filepath.Join(dir, "config.json")),
		Cases:  golden.Cases, grads: golden.Grads, adamw: golden.AdamW,
	}
	var labels struct {
		Names map[string]string `json:"id2label"`
	}
	decode(t, r.Config, &labels)
	r.Labels = len(labels.Names)
	tensors, err := weights.OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tensors.Close() })
	r.Source = weights.NewSource(tensors)
	return r
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func decode(t *testing.T, text []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

// Part is a body or a head.
type Part interface {
	Params() iter.Seq2[string, *nn.Param]
	Save(*weights.Sink)
}

// Computed is what a model makes of one sequence.
type Computed struct {
	Hidden mat.Tensor // [positions x width]
	Memory mat.Tensor // [tokens x width] of an encoder beside a decoder, or nil
	Logits mat.Tensor // as the head gives them
	Loss   mat.Tensor
}

// Check compares a model whose dropouts are off with the reference: its hidden
// states, logits and losses, the gradients of the mean loss, and the weights after
// one step of AdamW. The parts are body and head.
func (r *Reference) Check(t *testing.T, compute func(*op.Tape, Inputs) Computed, parts ...Part) {
	t.Helper()
	if err := r.Source.Err(); err != nil {
		t.Fatal(err)
	}
	if unused := r.Source.Unused(); len(unused) > 0 {
		t.Errorf("unused: %v", unused)
	}
	tape := optest.Tape(t)
	for _, c := range r.Cases {
		tape.Infer()
		c.check(t, compute(tape, c.Inputs))
	}
	for _, c := range r.Cases {
		tape.Learn(1)
		if err := ag.Backward(compute(tape, c.Inputs).Loss); err != nil {
			t.Fatal(err)
		}
	}
	optimizer := optimizer.NewAdamW(tape.Workers, optimizer.Options{Decay: r.adamw.Decay})
	for _, part := range parts {
		for name, p := range part.Params() {
			for i := range op.Gradient(p) {
				op.Gradient(p)[i] /= float32(len(r.Cases))
			}
			optimizer.Add(name, p)
		}
	}
	r.checkGradients(t, parts)
	optimizer.Step(r.adamw.Rate)
	r.checkStep(t, parts)
}

const tolerance = 1e-4

func (c Case) check(t *testing.T, got Computed) {
	t.Helper()
	c.Hidden.check(t, got.Hidden)
	if c.Memory != nil {
		c.Memory.check(t, got.Memory)
	}
	if c.StartLogits != nil {
		for i, both := 0, op.Rows(got.Logits); i < len(c.StartLogits); i++ {
			Close(t, both[2*i:2*i+2], []float32{c.StartLogits[i], c.EndLogits[i]}, tolerance)
		}
	} else {
		c.Logits.check(t, got.Logits)
	}
	Close(t, op.Rows(got.Loss), []float32{c.Loss}, tolerance)
}

func (s summary) check(t *testing.T, x mat.Tensor) {
	t.Helper()
	rows, width := op.Size(x)
	if rows != s.Shape[0] || width != s.Shape[1] {
		t.Fatalf("[%d x %d], want %v", rows, width, s.Shape)
	}
	values := op.Rows(x)
	sum, absolute := 0.0, 0.0
	for _, v := range values {
		sum += float64(v)
		absolute += math.Abs(float64(v))
	}
	for row, first := range s.First8 {
		Close(t, values[row*width:row*width+len(first)], first, tolerance)
	}
	Close(t, []float32{float32(sum / float64(len(values))), float32(absolute)}, []float32{s.Mean, s.AbsSum}, tolerance)
}

func (s scores) check(t *testing.T, x mat.Tensor) {
	t.Helper()
	_, width := op.Size(x)
	values := op.Rows(x)
	if s.First16 != nil {
		for row, first := range s.First16 {
			Close(t, values[row*width:row*width+len(first)], first, tolerance)
			highest := values[row*width]
			for _, v := range values[row*width : (row+1)*width] {
				highest = max(highest, v)
			}
			Close(t, []float32{highest}, s.Max[row:row+1], tolerance)
		}
		return
	}
	var all []float32
	if json.Unmarshal(s.Full, &all) != nil {
		var rows [][]float32
		decode(t, s.Full, &rows)
		all = all[:0]
		for _, row := range rows {
			all = append(all, row...)
		}
	}
	Close(t, values, all, tolerance)
}

// checkGradients saves the gradients in place of the weights, which gives them
// their published names.
func (r *Reference) checkGradients(t *testing.T, parts []Part) {
	t.Helper()
	var held [][]float32
	for _, part := range parts {
		for _, p := range part.Params() {
			held = append(held, append([]float32(nil), op.Rows(p)...))
			clear(op.Rows(p)) // a parameter that only other heads use has no gradient
			copy(op.Rows(p), op.Gradient(p))
		}
	}
	tensors := saved(parts)
	for name, want := range r.grads {
		values, ok := tensors[name]
		if !ok {
			t.Errorf("no tensor is saved as %s", name)
			continue
		}
		t.Run("gradient of "+name, func(t *testing.T) {
			Close(t, values[want.Offset:want.Offset+len(want.Values)], want.Values, tolerance)
			size := float32(math.Sqrt(kernel.SumSquares(values)))
			Close(t, []float32{size}, []float32{want.Size}, tolerance)
		})
	}
	for _, part := range parts {
		for _, p := range part.Params() {
			copy(op.Rows(p), held[0])
			held = held[1:]
		}
	}
}

func (r *Reference) checkStep(t *testing.T, parts []Part) {
	t.Helper()
	tensors := saved(parts)
	for name, want := range r.adamw.Params {
		t.Run("step of "+name, func(t *testing.T) {
			Close(t, tensors[name][want.Offset:want.Offset+len(want.After)], want.After, tolerance/10)
		})
	}
}

// saved gives copies of the tensors by their published names.
func saved(parts []Part) map[string][]float32 {
	sink := weights.NewSink()
	for _, part := range parts {
		part.Save(sink)
	}
	all := map[string][]float32{}
	for _, tensor := range sink.Tensors() {
		all[tensor.Name] = append([]float32(nil), tensor.Values...)
	}
	return all
}
