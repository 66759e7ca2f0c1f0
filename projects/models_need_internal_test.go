package projects

import (
	"flag"
	"math"
	"slices"
	"testing"

	"attune/engine/hub"
)

var everything = flag.Bool("everything", false, "rehearse a training of every recommended model, not of one of each type")

// TestTheShelfTellsWhatModelsNeed builds the recommended models by their shapes, and
// rehearses their training.
func TestTheShelfTellsWhatModelsNeed(t *testing.T) {
	var shapes shapes
	rehearsed := map[string]bool{}
	for _, r := range hub.Recommend() {
		kind, err := typeOf(r.Config)
		if err != nil || kind != r.Type {
			t.Errorf("%s: the type is %q, and its shape is %q, %v", r.ID, r.Type, kind, err)
			continue
		}
		base, err := blank(r.Config)
		if err != nil {
			t.Errorf("%s: %v", r.ID, err)
			continue
		}
		n := 0
		for _, p := range base.Backbone.Params() {
			n += p.Size()
		}
		if off(int64(n), r.Parameters) > 0.03 {
			t.Errorf("%s: %d parameters, and the shape has %d", r.ID, r.Parameters, n)
		}
		shape := shapes.of(r.Config)
		for _, name := range r.Tasks {
			if !slices.Contains(shape.tasks, name) {
				t.Errorf("%s is recommended for %s, and can learn %v", r.ID, name, shape.tasks)
			}
		}
		if rehearsed[kind] && !*everything {
			continue
		}
		rehearsed[kind] = true
		if need := shape.memory(); off(need, r.Memory) > 0.05 {
			t.Errorf("%s: %d bytes of memory, and the rehearsal needs %d", r.ID, r.Memory, need)
		}
	}
}

// off is by what share a number differs from another.
func off(a, b int64) float64 {
	if a == b {
		return 0
	}
	return math.Abs(float64(a-b)) / float64(max(a, b))
}
