package dataset_test

import (
	"math"
	"slices"
	"testing"

	"attune/engine/dataset"
)

func TestSurestFirst(t *testing.T) {
	got := dataset.SurestFirst([]dataset.Score{{Label: "a", Score: 0.1}, {Label: "b", Score: 0.4}, {Label: "c", Score: 0.1}, {Label: "d", Score: 0.4}})
	want := []dataset.Score{{Label: "b", Score: 0.4}, {Label: "d", Score: 0.4}, {Label: "a", Score: 0.1}, {Label: "c", Score: 0.1}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestLogOddsAndProbabilityAreInverse(t *testing.T) {
	for _, p := range []float64{1e-12, 0.2, 0.5, 0.999} {
		if got := dataset.Probability(dataset.LogOdds(p)); math.Abs(got-p) > 1e-12 {
			t.Errorf("%g became %g", p, got)
		}
	}
	for _, p := range []float64{-1, 0, 1, 2} {
		if x := dataset.LogOdds(p); math.IsInf(x, 0) || math.IsNaN(x) {
			t.Errorf("the log-odds of %g are %g", p, x)
		}
	}
}
