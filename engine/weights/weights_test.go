package weights_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"attune/engine/op"
	"attune/engine/weights"
)

func written(t *testing.T, tensors []weights.Tensor) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := weights.WriteSafetensors(&b, tensors, map[string]string{"format": "pt"}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func opened(t *testing.T, file []byte) *weights.File {
	t.Helper()
	s, err := weights.OpenSafetensors(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var sample = []weights.Tensor{
	{Name: "b", Shape: []int{2, 3}, Values: []float32{1, 2, 3, 4, 5, 6}},
	{Name: "a", Shape: []int{4}, Values: []float32{-1, 0, 0.5, 1e30}},
	{Name: "none", Shape: []int{0}, Values: nil},
}

func TestWrittenIsRead(t *testing.T) {
	s := opened(t, written(t, sample))
	if !slices.Equal(s.Names(), []string{"a", "b", "none"}) || s.Metadata["format"] != "pt" {
		t.Errorf("names %v, metadata %v", s.Names(), s.Metadata)
	}
	for _, want := range sample {
		shape, ok := s.Shape(want.Name)
		values, err := s.Values(want.Name)
		if !ok || err != nil || !slices.Equal(shape, want.Shape) || !slices.Equal(values, want.Values) {
			t.Errorf("%s: %v %v, %v", want.Name, shape, values, err)
		}
	}
}

func TestEqualTensorsGiveEqualFiles(t *testing.T) {
	turned := []weights.Tensor{sample[2], sample[1], sample[0]}
	if !bytes.Equal(written(t, sample), written(t, turned)) {
		t.Error("the order of the tensors changed the file")
	}
}

func TestHalfPrecisionIsWidened(t *testing.T) {
	for _, c := range []struct {
		kind string
		bits []uint16
		want []float32
	}{
		{"F16", []uint16{0x3c00, 0xc000, 0x0001, 0x7bff, 0x0000, 0x3555}, []float32{1, -2, 5.9604645e-08, 65504, 0, 0.33325195}},
		{"BF16", []uint16{0x3f80, 0xc000, 0x3eab}, []float32{1, -2, 0.33398438}},
	} {
		t.Run(c.kind, func(t *testing.T) {
			header := `{"x":{"dtype":"` + c.kind + `","shape":[` + string(rune('0'+len(c.bits))) + `],"data_offsets":[0,` + []string{"", "", "", "6", "", "", "12"}[len(c.bits)] + `]}}`
			file := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
			file = append(file, header...)
			for _, b := range c.bits {
				file = binary.LittleEndian.AppendUint16(file, b)
			}
			values, err := opened(t, file).Values("x")
			if err != nil || !slices.Equal(values, c.want) {
				t.Errorf("%v, %v", values, err)
			}
		})
	}
}

func file(header string, rest int) []byte {
	f := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(f, header...), make([]byte, rest)...)
}

func TestBrokenFilesAreRefused(t *testing.T) {
	for name, content := range map[string][]byte{
		"empty":            nil,
		"huge header":      {255, 255, 255, 255, 255, 255, 255, 127, 1},
		"no JSON":          file("hello", 0),
		"values outside":   file(`{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 4),
		"negative place":   file(`{"x":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}`, 4),
		"wrong size":       file(`{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}`, 8),
		"overflowing":      file(`{"x":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}`, 8),
		"negative shape":   file(`{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}`, 8),
		"metadata no text": file(`{"__metadata__":{"a":1}}`, 0),
	} {
		if _, err := weights.OpenSafetensors(bytes.NewReader(content), int64(len(content))); err == nil {
			t.Errorf("%s: passed", name)
		}
	}
}

// Quantised tensors and the like do not keep the others from being read.
func TestTypesThatAreNotRead(t *testing.T) {
	s := opened(t, file(`{"x":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]},"y":{"dtype":"BOOL","shape":[4],"data_offsets":[0,4]}}`, 4))
	if _, err := s.Values("x"); err == nil || !strings.Contains(err.Error(), "F8_E4M3") {
		t.Errorf("got %v", err)
	}
	if values, err := s.Values("y"); err != nil || len(values) != 4 {
		t.Errorf("%v, %v", values, err)
	}
}

func FuzzOpenSafetensors(f *testing.F) {
	var b bytes.Buffer
	if err := weights.WriteSafetensors(&b, sample, nil); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add(file(`{"x":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}`, 4))
	f.Fuzz(func(t *testing.T, content []byte) {
		s, err := weights.OpenSafetensors(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			return
		}
		for _, name := range s.Names() {
			if _, err := s.Values(name); err != nil && !strings.Contains(err.Error(), "which are not read") {
				t.Errorf("%s was announced and cannot be read: %v", name, err)
			}
		}
	})
}

func TestSourceTellsWhatIsWrongAllAtOnce(t *testing.T) {
	s := weights.NewSource(opened(t, written(t, sample)))
	s.Matrix("b", 2, 3)
	s.In("encoder").Vector("bias", 3)
	s.Vector("a", 7)
	err := s.Err()
	if err == nil || !strings.Contains(err.Error(), "missing: encoder.bias; a has the shape [4], not [7]; not used: none") {
		t.Errorf("got %v", err)
	}
	if unused := s.Unused(); !slices.Equal(unused, []string{"none"}) {
		t.Errorf("unused: %v", unused)
	}
}

// A damaged config.json may tell of shapes that no memory holds.
func TestShapesBeyondReasonTakeNoMemory(t *testing.T) {
	s := weights.NewSource(opened(t, written(t, sample)))
	const many = 1 << 40
	names := []string{"b", "none"}
	s.Matrix("b", many, many)
	s.Transposed("b", many, many)
	s.Stack(names, many, many)
	s.StackTransposed(names, many, many, many, many)
	s.Pile(names, []int{many, 1}, many)
	s.Vector("a", many)
	s.Join(names, many)
	var known *weights.MismatchError
	if err := s.Err(); !errors.As(err, &known) || len(known.Misshapen) != 11 {
		t.Errorf("got %v", err)
	}
}

func TestMissingTensorsAreDrawn(t *testing.T) {
	draw := func() weights.Draw { return weights.Draw{Random: rand.New(rand.NewPCG(1, 1)), Spread: 0.1} }
	s := weights.NewSource(opened(t, written(t, sample))).OrFresh(draw())
	if got := op.Rows(s.Matrix("b", 2, 3)); !slices.Equal(got, sample[0].Values) {
		t.Errorf("a tensor that is there was drawn: %v", got)
	}
	drawn := op.Rows(s.In("head").Matrix("weight", 30, 10))
	for _, v := range drawn {
		if v < -0.2 || v > 0.2 {
			t.Fatalf("%g is more than two spreads from zero", v)
		}
	}
	if slices.Max(drawn) == slices.Min(drawn) {
		t.Error("all values are the same")
	}
	if got := op.Rows(s.Gain("norm", 2)); !slices.Equal(got, []float32{1, 1}) {
		t.Errorf("a fresh gain is %v", got)
	}
	if !slices.Equal(s.Drawn(), []string{"head.weight", "norm"}) || s.Err() != nil {
		t.Errorf("drawn %v, %v", s.Drawn(), s.Err())
	}
}

// A head for other labels is drawn even where the file has one of the same shape, but
// for the layers that know no labels.
func TestTensorsAreDrawnAnew(t *testing.T) {
	s := weights.NewSource(opened(t, written(t, sample))).Anew(weights.Draw{Random: rand.New(rand.NewPCG(1, 1)), Spread: 0.1})
	if got := op.Rows(s.Matrix("b", 2, 3)); slices.Equal(got, sample[0].Values) {
		t.Errorf("it is that of the file: %v", got)
	}
	if got := op.Rows(s.Kept().Matrix("b", 2, 3)); !slices.Equal(got, sample[0].Values) {
		t.Errorf("it is not that of the file: %v", got)
	}
	if !slices.Equal(s.Drawn(), []string{"b"}) || s.Err() != nil {
		t.Errorf("drawn %v, %v", s.Drawn(), s.Err())
	}
}

func TestStackedIsUnstacked(t *testing.T) {
	parts := []weights.Tensor{
		{Name: "q.weight", Shape: []int{1, 2}, Values: []float32{1, 2}}, {Name: "k.weight", Shape: []int{1, 2}, Values: []float32{3, 4}},
		{Name: "q.bias", Shape: []int{2}, Values: []float32{5, 6}}, {Name: "k.bias", Shape: []int{2}, Values: []float32{7, 8}},
	}
	s := weights.NewSource(opened(t, written(t, parts)))
	weight, bias := s.Stack([]string{"q.weight", "k.weight"}, 1, 2), s.Join([]string{"q.bias", "k.bias"}, 2)
	if rows, cols := op.Size(weight); rows != 2 || cols != 2 || s.Err() != nil {
		t.Fatalf("[%d x %d], %v", rows, cols, s.Err())
	}
	sink := weights.NewSink()
	sink.Unstack([]string{"q.weight", "k.weight"}, weight)
	sink.Unjoin([]string{"q.bias", "k.bias"}, bias)
	if !bytes.Equal(written(t, sink.Tensors()), written(t, parts)) {
		t.Errorf("got %v", sink.Tensors())
	}
}

func TestNamesOfTensorFlowsDays(t *testing.T) {
	old := []weights.Tensor{
		{Name: "LayerNorm.gamma", Shape: []int{2}, Values: []float32{1, 2}}, {Name: "LayerNorm.beta", Shape: []int{2}, Values: []float32{3, 4}},
	}
	s := weights.NewSource(opened(t, written(t, old)))
	norm := s.In("LayerNorm")
	gain, bias := norm.Gain("weight", 2), norm.Vector("bias", 2)
	if !slices.Equal(op.Rows(gain), []float32{1, 2}) || !slices.Equal(op.Rows(bias), []float32{3, 4}) || s.Err() != nil || len(s.Unused()) > 0 {
		t.Errorf("%v %v, %v, not used %v", op.Rows(gain), op.Rows(bias), s.Err(), s.Unused())
	}
}

func TestTransposedIsTransposedBack(t *testing.T) {
	published := []weights.Tensor{{Name: "c_fc.weight", Shape: []int{2, 3}, Values: []float32{1, 2, 3, 4, 5, 6}}}
	s := weights.NewSource(opened(t, written(t, published)))
	p := s.Transposed("c_fc.weight", 3, 2)
	if !slices.Equal(op.Rows(p), []float32{1, 4, 2, 5, 3, 6}) || s.Err() != nil {
		t.Fatalf("%v, %v", op.Rows(p), s.Err())
	}
	sink := weights.NewSink()
	sink.Transposed("c_fc.weight", p)
	if !bytes.Equal(written(t, sink.Tensors()), written(t, published)) {
		t.Errorf("got %v", sink.Tensors())
	}
}

func TestTiedTensors(t *testing.T) {
	s := weights.NewSource(opened(t, written(t, []weights.Tensor{
		{Name: "shared", Shape: []int{1, 2}, Values: []float32{1, 2}},
		{Name: "copy", Shape: []int{1, 2}, Values: []float32{1, 2}},
		{Name: "other", Shape: []int{1, 2}, Values: []float32{1, 3}},
		{Name: "position_ids", Shape: []int{1}, Values: []float32{0}},
	})))
	shared := s.Matrix("shared", 1, 2)
	if s.Tied("copy", shared) != shared || s.Tied("absent", shared) != shared {
		t.Error("a tied parameter is not the one it is tied to")
	}
	if got := op.Rows(s.Tied("other", shared)); !slices.Equal(got, []float32{1, 3}) {
		t.Errorf("a head with values of its own got %v", got)
	}
	if s.Skip("position_ids"); len(s.Unused()) > 0 || s.Err() != nil {
		t.Errorf("not used %v, %v", s.Unused(), s.Err())
	}
}

func TestHeldTensorsOutliveTheirFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.safetensors")
	if err := os.WriteFile(path, written(t, sample), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := weights.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	s := weights.NewSource(f)
	s.Vector("a", 4)
	s.Hold()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if got := op.Rows(s.Matrix("b", 2, 3)); !slices.Equal(got, sample[0].Values) || s.Err() != nil {
		t.Errorf("%v, %v", got, s.Err())
	}
	if s.Vector("a", 4); s.Err() == nil {
		t.Error("a tensor that was read before and not held was given")
	}
}

// Every binary16 value is kept, and values between two go to the nearer.
func TestHalvesAreRounded(t *testing.T) {
	var all []float32
	for bits := range 1 << 16 {
		exponent, fraction := bits>>10&0x1f, bits&0x3ff
		if exponent == 0x1f {
			continue
		}
		v := math.Ldexp(float64(fraction+1024), exponent-25)
		if exponent == 0 {
			v = math.Ldexp(float64(fraction), -24)
		}
		if bits>>15 == 1 {
			v = -v
		}
		all = append(all, float32(v))
	}
	if got := halved(t, all); !slices.Equal(got, all) {
		t.Error("values that fit were changed")
	}
	between := map[float32]float32{
		1 + 1.0/2048: 1, 1 + 3.0/2048: 1 + 4.0/2048, 1.0004: 1, 0.1: 0.099975586, 65504: 65504, 65519: 65504,
		65520: float32(math.Inf(1)), -1e9: float32(math.Inf(-1)), 1.0 / (1 << 25): 0, 3.0 / (1 << 25): 4.0 / (1 << 25), 1e-20: 0,
		float32(math.Inf(1)): float32(math.Inf(1)),
	}
	for give, want := range between {
		if got := halved(t, []float32{give})[0]; got != want {
			t.Errorf("%g became %g, want %g", give, got, want)
		}
	}
	if got := halved(t, []float32{float32(math.NaN())})[0]; got == got {
		t.Errorf("not a number became %g", got)
	}
}

// halved writes values in half precision and reads them back.
func halved(t *testing.T, values []float32) []float32 {
	t.Helper()
	var file bytes.Buffer
	tensors := []weights.Tensor{{Name: "a", Shape: []int{len(values)}, Values: values}}
	if err := weights.WriteSafetensorsHalf(&file, tensors, nil); err != nil {
		t.Fatal(err)
	}
	opened, err := weights.OpenSafetensors(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	got, err := opened.Values("a")
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestBlankTensorsShareTheirZeros(t *testing.T) {
	const rows, cols = 1 << 10, 1 << 10
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	s := weights.Blank()
	for i := range 100 {
		if n := s.In(fmt.Sprint(i)).Matrix("weight", rows, cols).Size(); n != rows*cols {
			t.Fatalf("a matrix of %d values, want %d", n, rows*cols)
		}
	}
	runtime.ReadMemStats(&after)
	if taken := after.TotalAlloc - before.TotalAlloc; taken > 2*4*rows*cols {
		t.Errorf("100 matrices take %d bytes, one has %d", taken, 4*rows*cols)
	}
	if err := s.Err(); err != nil {
		t.Error(err)
	}
}
