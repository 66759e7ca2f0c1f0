// Package weights holds named tensors in files: safetensors, PyTorch's .bin and
// GGUF, read where they lie and converted once to float32. It knows no
// architecture: models walk its names.
package weights

// Tensor is a named array of float32 in row-major order.
type Tensor struct {
	Name   string
	Shape  []int
	Values []float32
}

// Reader gives tensors by name, as an opened file does.
type Reader interface {
	Names() []string
	Shape(name string) (shape []int, ok bool)
	Values(name string) ([]float32, error)
	Fill(name string, to []float32) error // with as many values as there are
}

// Error says what is wrong with a weight file.
type Error struct{ Reason, Way string }

func (e *Error) Error() string { return "weights: " + e.Reason }

// Hint tells what to do about it.
func (e *Error) Hint() string {
	if e.Way != "" {
		return e.Way
	}
	return "the file may be cut off or of another kind: copy or download the model again"
}
