package weights_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"

	"attune/engine/weights"
	"attune/engine/weights/weightstest"
)

func openedGGUF(t *testing.T, file []byte) *weights.File {
	t.Helper()
	f, err := weights.OpenGGUF(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// blocks are values [2 x 64] that all kinds of numbers hold exactly: in each block of
// 32 the greatest is 127 times a scale.
func blocks() weights.Tensor {
	t := weights.Tensor{Name: "x", Shape: []int{2, 64}}
	for i := range 128 {
		q := i%32*4 - 64
		if i%32 == 31 {
			q = 127
		}
		t.Values = append(t.Values, float32(q)*[]float32{0.5, 1, 0.25, 2}[i/32])
	}
	return t
}

func TestGGUFIsRead(t *testing.T) {
	last := weights.Tensor{Name: "last", Shape: []int{3}, Values: []float32{7, 8, 9}}
	for _, kind := range []string{"F32", "F16", "BF16", "Q8_0"} {
		t.Run(kind, func(t *testing.T) {
			f := openedGGUF(t, weightstest.GGUF(map[string]any{
				"general.architecture": "gpt2", "pieces": []string{"a", "é"}, "count": uint32(7), "least": int32(-7), "rate": float32(0.5), "yes": true,
			}, kind, []weights.Tensor{blocks(), last}))
			for _, want := range []weights.Tensor{blocks(), last} {
				shape, _ := f.Shape(want.Name)
				values, err := f.Values(want.Name)
				if err != nil || !slices.Equal(shape, want.Shape) || !slices.Equal(values, want.Values) {
					t.Errorf("%s: %v %v, %v", want.Name, shape, values, err)
				}
			}
			if pieces := f.Settings["pieces"].([]any); len(pieces) != 2 || pieces[1] != "é" || f.Settings["rate"] != float32(0.5) || f.Settings["yes"] != true {
				t.Errorf("%v", f.Settings)
			}
			for name, want := range map[string]int{"count": 7, "least": -7} {
				if n, ok := f.Number(name); !ok || n != want {
					t.Errorf("%s is %d", name, n)
				}
			}
			for _, name := range []string{"rate", "none", "pieces"} {
				if n, ok := f.Number(name); ok {
					t.Errorf("%s is the number %d", name, n)
				}
			}
		})
	}
}

// withKind changes the type of a file's one tensor, whose number stands before its
// place.
func withKind(file []byte, name string, kind uint32) []byte {
	at := bytes.Index(file, append(binary.LittleEndian.AppendUint64(nil, uint64(len(name))), name...))
	binary.LittleEndian.PutUint32(file[at+8+len(name)+4+2*8:], kind)
	return file
}

func TestQuantisedTensorsAreToldApart(t *testing.T) {
	f := openedGGUF(t, withKind(weightstest.GGUF(nil, "F32", []weights.Tensor{blocks()}), "x", 2))
	if _, err := f.Values("x"); err == nil || !strings.Contains(err.Error(), "quantised") {
		t.Errorf("got %v", err)
	}
}

func TestBrokenGGUFsAreRefused(t *testing.T) {
	good := weightstest.GGUF(map[string]any{"a": "b"}, "F32", []weights.Tensor{blocks()})
	narrow := weights.Tensor{Name: "x", Shape: []int{2, 48}, Values: make([]float32, 96)}
	for name, file := range map[string][]byte{
		"another version":      append([]byte("GGUF\x01"), good[5:]...),
		"a header cut off":     good[:60],
		"values cut off":       good[:len(good)-1],
		"rows without a scale": withKind(weightstest.GGUF(nil, "F32", []weights.Tensor{narrow}), "x", 8),
		"places beyond all":    bytes.Replace(good, append([]byte{0, 0, 0, 0}, make([]byte, 8)...), append([]byte{0, 0, 0, 0}, 255, 255, 255, 255, 255, 255, 255, 255), 1),
	} {
		_, err := weights.OpenGGUF(bytes.NewReader(file), int64(len(file)))
		var known *weights.Error
		if !errors.As(err, &known) || known.Hint() == "" {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func FuzzOpenGGUF(f *testing.F) {
	for _, kind := range []string{"F32", "F16", "Q8_0"} {
		f.Add(weightstest.GGUF(map[string]any{"a": []float32{1}, "b": "c"}, kind, []weights.Tensor{blocks()}))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		g, err := weights.OpenGGUF(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			return
		}
		of := map[string]weights.Original{}
		for i, name := range g.Names() {
			of[name] = weights.Original{Name: name, Transposed: i%2 == 0, Heads: i % 3}
		}
		renamed := g.Rename(of)
		for _, name := range g.Names() {
			for _, r := range []weights.Reader{g, renamed} {
				if values, err := r.Values(name); err == nil && len(values) > len(content) {
					t.Errorf("%s: %d values from a file of %d bytes", name, len(values), len(content))
				}
			}
		}
	})
}

func TestRenamedTensorsLieInTheirOrder(t *testing.T) {
	f := openedGGUF(t, weightstest.GGUF(nil, "F32", []weights.Tensor{
		{Name: "m", Shape: []int{2, 3}, Values: []float32{1, 2, 3, 4, 5, 6}},
		// Two heads of four rows, of which the first and third, and the second and
		// fourth, are turned together.
		{Name: "q", Shape: []int{8, 1}, Values: []float32{0, 2, 1, 3, 10, 12, 11, 13}},
		{Name: "b", Shape: []int{4}, Values: []float32{0, 2, 1, 3}},
		{Name: "hidden", Shape: []int{1}, Values: []float32{0}},
	}))
	r := f.Rename(map[string]weights.Original{
		"same": {Name: "m"}, "turned": {Name: "m", Transposed: true}, "queries": {Name: "q", Heads: 2}, "bias": {Name: "b", Heads: 1},
		"odd": {Name: "m", Heads: 2}, "vector": {Name: "b", Transposed: true}, "none": {Name: "nowhere"},
	})
	if !slices.Equal(r.Names(), []string{"bias", "none", "odd", "queries", "same", "turned", "vector"}) {
		t.Errorf("names %v", r.Names())
	}
	for name, want := range map[string]weights.Tensor{
		"same":    {Shape: []int{2, 3}, Values: []float32{1, 2, 3, 4, 5, 6}},
		"turned":  {Shape: []int{3, 2}, Values: []float32{1, 4, 2, 5, 3, 6}},
		"queries": {Shape: []int{8, 1}, Values: []float32{0, 1, 2, 3, 10, 11, 12, 13}},
		"bias":    {Shape: []int{4}, Values: []float32{0, 1, 2, 3}},
	} {
		shape, ok := r.Shape(name)
		values, err := r.Values(name)
		filled := make([]float32, len(want.Values))
		failed := r.Fill(name, filled)
		if !ok || err != nil || failed != nil || !slices.Equal(shape, want.Shape) || !slices.Equal(values, want.Values) || !slices.Equal(filled, want.Values) {
			t.Errorf("%s: %v %v %v, %v, %v", name, shape, values, filled, err, failed)
		}
	}
	for _, name := range []string{"odd", "vector", "none", "hidden"} {
		var known *weights.Error
		if _, err := r.Values(name); !errors.As(err, &known) {
			t.Errorf("%s: got %v", name, err)
		}
		if err := r.Fill(name, make([]float32, 4)); !errors.As(err, &known) {
			t.Errorf("%s: filled, %v", name, err)
		}
	}
}
