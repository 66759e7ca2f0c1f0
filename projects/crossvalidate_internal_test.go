package projects

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"attune/engine/dataset"
	"attune/projects/store"
)

func TestDealFolds(t *testing.T) {
	const rare, common = 1, 2
	var all []store.Assigned
	for i := range 60 {
		a := store.Assigned{ID: int64(i + 1), Labels: common, Split: dataset.Train}
		if i%3 == 0 {
			a.Labels = rare
		}
		if i%5 == 0 {
			a.Split = dataset.Validation
		}
		all = append(all, a)
	}
	all = append(all, store.Assigned{ID: 61, Labels: rare, Split: dataset.Test}, store.Assigned{ID: 62, Split: dataset.Unlabelled})
	part, err := dealFolds(all, 5, 1)
	if err != nil || len(part) != 60 {
		t.Fatalf("%d rows are dealt, %v", len(part), err)
	}
	counts := map[string]int{}
	for _, a := range all[:60] {
		counts[fmt.Sprint(part[a.ID], a.Labels)]++
	}
	for k := range 5 {
		if counts[fmt.Sprint(k, rare)] != 4 || counts[fmt.Sprint(k, common)] != 8 {
			t.Errorf("part %d has the labels %v", k, counts)
		}
	}
	for i := range all {
		all[i].Group = fmt.Sprint("customer ", i/6)
	}
	part, err = dealFolds(all, 5, 1)
	sizes := make([]int, 5)
	for i, a := range all[:60] {
		sizes[part[a.ID]]++
		if part[a.ID] != part[all[i/6*6].ID] {
			t.Errorf("a group is in the parts %d and %d", part[a.ID], part[all[i/6*6].ID])
		}
	}
	if err != nil || fmt.Sprint(sizes) != "[12 12 12 12 12]" {
		t.Errorf("the parts have %v rows, %v", sizes, err)
	}
	var e *Error
	for _, folds := range []int{0, 1, 11} {
		if _, err := dealFolds(all, folds, 1); !errors.As(err, &e) || e.Hint() == "" {
			t.Errorf("into %d parts: %v", folds, err)
		}
	}
}

func TestFoldsAreMeasured(t *testing.T) {
	c := CrossValidation{Scores: map[string]Range{}, Folds: []Fold{{Scores: map[string]float64{"f1": 0.8}}, {Scores: map[string]float64{"f1": 0.9}}, {Scores: map[string]float64{"f1": 1}}}}
	if c.measure(); math.Abs(c.Scores["f1"].Mean-0.9) > 1e-12 || math.Abs(c.Scores["f1"].Spread-0.1) > 1e-12 {
		t.Errorf("got %+v", c.Scores)
	}
}
