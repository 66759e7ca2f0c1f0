package weights_test

import (
	"errors"
	"slices"
	"testing"

	"attune/engine/weights"
)

func held(tensors ...weights.Tensor) weights.Held {
	all := weights.Held{}
	for _, t := range tensors {
		all[t.Name] = t
	}
	return all
}

// The factors [1 x 3] and [2 x 1] add their product twice.
func TestAnAdapterAddsItsProduct(t *testing.T) {
	adapter := held(
		weights.Tensor{Name: "base_model.model.body.q.lora_A.weight", Shape: []int{1, 3}, Values: []float32{1, 2, 3}},
		weights.Tensor{Name: "base_model.model.body.q.lora_B.weight", Shape: []int{2, 1}, Values: []float32{10, 1}},
		weights.Tensor{Name: "base_model.model.head.weight", Shape: []int{1, 1}, Values: []float32{7}},
	)
	for name, c := range map[string]struct {
		layer      weights.Tensor
		transposed bool
		want       []float32
	}{
		"by its name":          {weights.Tensor{Name: "body.q.weight", Shape: []int{2, 3}, Values: make([]float32, 6)}, false, []float32{20, 40, 60, 2, 4, 6}},
		"without its body's":   {weights.Tensor{Name: "q.weight", Shape: []int{2, 3}, Values: make([]float32, 6)}, false, []float32{20, 40, 60, 2, 4, 6}},
		"stored the other way": {weights.Tensor{Name: "body.q.weight", Shape: []int{3, 2}, Values: make([]float32, 6)}, true, []float32{20, 2, 40, 4, 60, 6}},
		"to what is there":     {weights.Tensor{Name: "q.weight", Shape: []int{2, 3}, Values: []float32{1, 1, 1, 1, 1, 1}}, false, []float32{21, 41, 61, 3, 5, 7}},
	} {
		t.Run(name, func(t *testing.T) {
			base := held(c.layer, weights.Tensor{Name: "head.weight", Shape: []int{1, 1}, Values: []float32{0}})
			both, err := weights.Adapted(base, adapter, weights.LoRA{Scale: 2, Transposed: c.transposed})
			if err != nil {
				t.Fatal(err)
			}
			got, err := both.Values(c.layer.Name)
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("values %v, want %v, %v", got, c.want, err)
			}
			filled := make([]float32, 6)
			if err := both.Fill(c.layer.Name, filled); err != nil || !slices.Equal(filled, c.want) {
				t.Errorf("filled %v, want %v, %v", filled, c.want, err)
			}
			if head, err := both.Values("head.weight"); err != nil || head[0] != 7 {
				t.Errorf("the head is %v, %v", head, err)
			}
			if names := both.Names(); len(names) != 2 {
				t.Errorf("the names are %v", names)
			}
		})
	}
	var e *weights.Error
	for name, base := range map[string]weights.Held{
		"no such layer": held(weights.Tensor{Name: "k.weight", Shape: []int{2, 3}, Values: make([]float32, 6)}),
		"another shape": held(weights.Tensor{Name: "q.weight", Shape: []int{3, 3}, Values: make([]float32, 9)}),
	} {
		if _, err := weights.Adapted(base, adapter, weights.LoRA{Scale: 2}); !errors.As(err, &e) || e.Hint() == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
