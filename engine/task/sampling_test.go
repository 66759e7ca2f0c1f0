package task_test

import (
	"slices"
	"testing"

	"attune/engine/dataset"
	"attune/engine/task"
)

func TestRareClassesAreLearnedMoreOften(t *testing.T) {
	var rows []dataset.Example
	for range 300 {
		rows = append(rows, example("a", "common"))
	}
	for range 80 {
		rows = append(rows, example("b", "rare"))
	}
	rows = append(rows, example("c", "single"), example("d", ""))
	for sampling, bounds := range map[string]map[string][2]int{
		"none":   {"common": {300, 300}, "rare": {80, 80}, "single": {1, 1}, "": {1, 1}},
		"repeat": {"common": {300, 300}, "rare": {290, 310}, "single": {20, 20}, "": {1, 1}},
		"drop":   {"common": {8, 22}, "rare": {1, 10}, "single": {1, 1}, "": {1, 1}},
	} {
		t.Run(sampling, func(t *testing.T) {
			c := task.NewClassification().(*task.Classification)
			c.Sampling = sampling
			source, err := c.Sample(dataset.FromSlice(rows), 1)
			if err != nil {
				t.Fatal(err)
			}
			first, err := dataset.Collect(source)
			if err != nil {
				t.Fatal(err)
			}
			counts := map[string]int{}
			for _, e := range first {
				counts[append(e.Labels, "")[0]]++
			}
			for label, b := range bounds {
				if counts[label] < b[0] || counts[label] > b[1] {
					t.Errorf("%d rows of %q, want %d to %d", counts[label], label, b[0], b[1])
				}
			}
			again, _ := dataset.Collect(source)
			if !slices.EqualFunc(first, again, func(a, b dataset.Example) bool { return a.Text == b.Text }) {
				t.Error("another pass gives other rows")
			}
		})
	}
}
