package weights_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"testing"

	"attune/engine/weights"
)

// torchTensor writes the pickle of a tensor: torch._utils._rebuild_tensor_v2 of
// ("storage", KIND, KEY, "cpu", SIZE), an offset, a shape and strides.
func torchTensor(kind, key string, size, offset int, shape, strides []int) string {
	return "ctorch._utils\n_rebuild_tensor_v2\n((" + text("storage") + "ctorch\n" + kind + "\n" + text(key) + text("cpu") + whole(size) + "tQ" +
		whole(offset) + wholes(shape) + wholes(strides) + "\x89" + orderedDict + "tR"
}

const orderedDict = "ccollections\nOrderedDict\n)R"

func text(s string) string {
	return "X" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(s)))) + s
}

func whole(n int) string { return "J" + string(binary.LittleEndian.AppendUint32(nil, uint32(n))) }

func wholes(all []int) string {
	s := "("
	for _, n := range all {
		s += whole(n)
	}
	return s + "t"
}

// stateDict writes the pickle of an OrderedDict with the items, as torch.save does.
func stateDict(items ...string) string {
	return "\x80\x02" + orderedDict + "(" + strings.Join(items, "") + "u}" + text("_metadata") + "}s" + "b."
}

func floats(values ...float32) string {
	var b []byte
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return string(b)
}

// torchZip packs a pickle and its storages as torch.save does since 1.6.
func torchZip(t testing.TB, method uint16, pickle string, storages map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	put := func(name, content string) {
		f, err := w.CreateHeader(&zip.FileHeader{Name: "archive/" + name, Method: method})
		if err == nil {
			_, err = f.Write([]byte(content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	put("data.pkl", pickle)
	for key, content := range storages {
		put("data/"+key, content)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// torchLegacy packs a pickle and its one storage as torch.save did before 1.6.
func torchLegacy(pickle, key, content string, values int) []byte {
	return []byte("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19." + "\x80\x02M\xe9\x03." +
		"\x80\x02}(" + text("little_endian") + "\x88u." + pickle + "\x80\x02](" + text(key) + "e." +
		string(binary.LittleEndian.AppendUint64(nil, uint64(values))) + content)
}

var six = floats(1, 2, 3, 4, 5, 6)

func TestPyTorchTensorsAreRead(t *testing.T) {
	for _, c := range []struct {
		name   string
		tensor string
		shape  []int
		want   []float32
	}{
		{"in order", torchTensor("FloatStorage", "0", 6, 0, []int{2, 3}, []int{3, 1}), []int{2, 3}, []float32{1, 2, 3, 4, 5, 6}},
		{"transposed", torchTensor("FloatStorage", "0", 6, 0, []int{3, 2}, []int{1, 3}), []int{3, 2}, []float32{1, 4, 2, 5, 3, 6}},
		{"a part", torchTensor("FloatStorage", "0", 6, 2, []int{3}, []int{1}), []int{3}, []float32{3, 4, 5}},
		{"a column", torchTensor("FloatStorage", "0", 6, 1, []int{2}, []int{3}), []int{2}, []float32{2, 5}},
		{"a number", torchTensor("FloatStorage", "0", 6, 5, nil, nil), nil, []float32{6}},
		{"nothing", torchTensor("FloatStorage", "0", 6, 0, []int{0, 3}, []int{3, 1}), []int{0, 3}, []float32{}},
		{"expanded once", torchTensor("FloatStorage", "0", 6, 0, []int{1, 6}, []int{0, 1}), []int{1, 6}, []float32{1, 2, 3, 4, 5, 6}},
		{"a parameter", "ctorch._utils\n_rebuild_parameter\n(" + torchTensor("FloatStorage", "0", 6, 0, []int{1}, []int{1}) + "\x88" + orderedDict + "tR", []int{1}, []float32{1}},
	} {
		pickle := stateDict(text("x"), c.tensor, text("epoch"), whole(3))
		for format, file := range map[string][]byte{
			"zip":    torchZip(t, zip.Store, pickle, map[string]string{"0": six}),
			"legacy": torchLegacy(pickle, "0", six, 6),
		} {
			t.Run(c.name+" "+format, func(t *testing.T) {
				f, err := weights.OpenPyTorch(bytes.NewReader(file), int64(len(file)))
				if err != nil {
					t.Fatal(err)
				}
				shape, ok := f.Shape("x")
				values, err := f.Values("x")
				if !ok || err != nil || !slices.Equal(shape, c.shape) || !slices.Equal(values, c.want) || len(f.Names()) != 1 {
					t.Errorf("%v %v, %v, names %v", shape, values, err, f.Names())
				}
			})
		}
	}
}

func TestPicklesThatAreNoTensorsAreRefused(t *testing.T) {
	good := torchTensor("FloatStorage", "0", 6, 0, []int{6}, []int{1})
	for _, c := range []struct{ name, pickle, says string }{
		{"a command", "\x80\x02cos\nsystem\n(" + text("echo gone") + "tR.", `asks for "os.system"`},
		{"a command in protocol 4", "\x80\x04" + "\x8c\x05posix\x8c\x06system\x93" + "(" + text("echo") + "tR.", `asks for "posix.system"`},
		{"a command beside tensors", stateDict(text("x"), good, text("y"), "cbuiltins\neval\n("+text("1")+"tR"), `asks for "builtins.eval"`},
		{"a made-up name", "\x80\x02ctorch._utils\n_rebuild_tensor_v2\nos\n(tR.", "0x6f"},
		{"an instance", "\x80\x02(ios\nsystem\n.", "0x69"},
		{"a new object", "\x80\x02ccollections\nOrderedDict\n)\x81.", "0x81"},
		{"a class that is no tensor's", "\x80\x02ctorch.nn.modules.linear\nLinear\n)R.", `asks for "torch.nn.modules.linear.Linear"`},
		{"text in place of a storage", stateDict(text("x"), text("0")+"Q"), "no storage"},
		{"a dictionary that is called", stateDict(text("x"), "})R"), "no tensor"},
		{"a state for a list", "\x80\x02]}b.", "no tensor"},
		{"no tensors by name", "\x80\x02K\x01.", "no tensors by name"},
		{"an extension", "\x80\x02\x82\x01.", "0x82"},
		{"cut off", "\x80\x02" + orderedDict + "(" + text("x"), "cut off"},
		{"a memo of nothing", "\x80\x02h\x07.", "does not hold"},
		{"an empty stack", "\x80\x02.", "no pickle"},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := torchZip(t, zip.Store, c.pickle, map[string]string{"0": six})
			_, err := weights.OpenPyTorch(bytes.NewReader(file), int64(len(file)))
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestTensorsOutsideTheirStorageAreRefused(t *testing.T) {
	for name, tensor := range map[string]string{
		"too many":           torchTensor("FloatStorage", "0", 6, 0, []int{7}, []int{1}),
		"too far":            torchTensor("FloatStorage", "0", 6, 6, []int{1}, []int{1}),
		"strides too far":    torchTensor("FloatStorage", "0", 6, 0, []int{2, 2}, []int{5, 1}),
		"negative offset":    torchTensor("FloatStorage", "0", 6, -1, []int{1}, []int{1}),
		"negative stride":    torchTensor("FloatStorage", "0", 6, 5, []int{2}, []int{-1}),
		"negative shape":     torchTensor("FloatStorage", "0", 6, 0, []int{-2}, []int{1}),
		"claimed size":       torchTensor("FloatStorage", "0", 600, 0, []int{600}, []int{1}),
		"wider values":       torchTensor("DoubleStorage", "0", 6, 0, []int{6}, []int{1}),
		"no such storage":    torchTensor("FloatStorage", "9", 6, 0, []int{6}, []int{1}),
		"strides and shape":  torchTensor("FloatStorage", "0", 6, 0, []int{2, 2}, []int{1}),
		"no storage's type":  torchTensor("FloatTensor", "0", 6, 0, []int{6}, []int{1}),
		"overflowing shape":  torchTensor("FloatStorage", "0", 6, 0, []int{1 << 30, 1 << 30, 1 << 30}, []int{0, 0, 0}),
		"overflowing stride": torchTensor("FloatStorage", "0", 6, 0, []int{1 << 30, 1 << 30}, []int{1 << 30, 1 << 30}),
	} {
		t.Run(name, func(t *testing.T) {
			file := torchZip(t, zip.Store, stateDict(text("x"), tensor), map[string]string{"0": six})
			if f, err := weights.OpenPyTorch(bytes.NewReader(file), int64(len(file))); err == nil {
				values, err := f.Values("x")
				t.Errorf("passed: %d values, %v", len(values), err)
			}
		})
	}
}

func TestCompressedStoragesAreRefused(t *testing.T) {
	file := torchZip(t, zip.Deflate, stateDict(text("x"), torchTensor("FloatStorage", "0", 6, 0, []int{6}, []int{1})), map[string]string{"0": six})
	if _, err := weights.OpenPyTorch(bytes.NewReader(file), int64(len(file))); err == nil || !strings.Contains(err.Error(), "compressed") {
		t.Errorf("got %v", err)
	}
}

func TestTensorsThatShareAStorage(t *testing.T) {
	pickle := stateDict(
		text("shared"), torchTensor("FloatStorage", "0", 6, 0, []int{2, 3}, []int{3, 1}),
		text("tied"), torchTensor("FloatStorage", "0", 6, 0, []int{2, 3}, []int{3, 1}))
	file := torchZip(t, zip.Store, pickle, map[string]string{"0": six})
	f, err := weights.OpenPyTorch(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	source := weights.NewSource(f)
	shared := source.Matrix("shared", 2, 3)
	if source.Tied("tied", shared) != shared || source.Err() != nil {
		t.Errorf("not tied, %v", source.Err())
	}
}

func FuzzOpenPyTorch(f *testing.F) {
	pickle := stateDict(text("x"), torchTensor("FloatStorage", "0", 6, 0, []int{3, 2}, []int{1, 3}), text("y"), torchTensor("HalfStorage", "0", 12, 2, []int{2}, []int{1}))
	f.Add([]byte(pickle), six, 6, true)
	f.Add([]byte(pickle), six, 6, false)
	f.Add([]byte("\x80\x04\x95\x00\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x8c\x06system\x93."), "", 0, true)
	f.Fuzz(func(t *testing.T, pickle []byte, content string, values int, zipped bool) {
		file := torchLegacy(string(pickle), "0", content, values)
		if zipped {
			file = torchZip(t, zip.Store, string(pickle), map[string]string{"0": content})
		}
		read, err := weights.OpenPyTorch(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			return
		}
		for _, name := range read.Names() {
			if values, err := read.Values(name); err == nil && 4*len(values) > 64*len(file) {
				t.Errorf("%s: %d values from a file of %d bytes", name, len(values), len(file))
			}
		}
	})
}
