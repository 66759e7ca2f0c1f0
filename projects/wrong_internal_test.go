package projects

import (
	"fmt"
	"math"
	"testing"

	"attune/engine/dataset"
	"attune/engine/metric"
)

func TestTurned(t *testing.T) {
	for name, c := range map[string]struct {
		a, b []int64
		want Turned
		sure string
	}{
		"the same":      {[]int64{1, 2}, []int64{2, 1}, Turned{0, 0, 1}, "no difference"},
		"as many":       {[]int64{1, 2}, []int64{1, 3}, Turned{1, 1, 1}, "no difference"},
		"one better":    {[]int64{1, 2}, []int64{2}, Turned{1, 0, 1}, "may be chance"},
		"six of six":    {[]int64{1, 2, 3, 4, 5, 6, 9}, []int64{9}, Turned{6, 0, 2.0 / 64}, "likely"},
		"eight worse":   {nil, []int64{1, 2, 3, 4, 5, 6, 7, 8}, Turned{0, 8, 2.0 / 256}, "sure"},
		"nine and one":  {[]int64{1, 2, 3, 4, 5, 6, 7, 8, 9}, []int64{10}, Turned{9, 1, 22.0 / 1024}, "likely"}, // SciPy: binomtest(1, 10).pvalue
		"five and four": {[]int64{1, 2, 3, 4, 5}, []int64{6, 7, 8, 9}, Turned{5, 4, 1}, "may be chance"},
	} {
		got := turned(c.a, c.b)
		if got.Better != c.want.Better || got.Worse != c.want.Worse || math.Abs(got.Chance-c.want.Chance) > 1e-12 || got.Sure() != c.sure {
			t.Errorf("%s: %+v, %s, want %+v, %s", name, got, got.Sure(), c.want, c.sure)
		}
	}
	if p := lopsided(5200, 4800); math.Abs(p-6.56e-5) > 2e-6 { // the normal approximation with its correction gives 6.6e-5
		t.Errorf("5,200 to 4,800 has the chance %g", p)
	}
}

func TestHolm(t *testing.T) {
	all := []LabelChange{{Turned: Turned{9, 0, 0.01}}, {Turned: Turned{0, 0, 1}}, {Turned: Turned{8, 0, 0.004}}, {Turned: Turned{7, 0, 0.03}}, {Turned: Turned{5, 4, 0.9}}}
	holm(all)
	for i, want := range []float64{0.03, 1, 0.016, 0.06, 0.9} { // the one that never changed is not counted
		if math.Abs(all[i].Chance-want) > 1e-12 {
			t.Errorf("label %d has the chance %g, want %g", i, all[i].Chance, want)
		}
	}
}

func TestWrongRows(t *testing.T) {
	scored := func(names ...string) (a dataset.Answer) {
		for _, n := range names {
			a.Labels = append(a.Labels, dataset.Score{Label: n, Score: 0.9})
		}
		return a
	}
	var w wrongRows
	w.add(dataset.Example{ID: 3, Labels: []string{"bill"}}, scored("login", "bill"), metric.NewConfusion())
	w.add(dataset.Example{ID: 5, Labels: []string{"bill", "urgent"}}, scored("urgent", "login"), metric.NewLabelsAbove(0.5))
	w.add(dataset.Example{ID: 7, Spans: []dataset.Span{{Start: 0, End: 2, Label: "place"}}}, dataset.Answer{}, metric.NewSpansPerLabel())
	w.add(dataset.Example{ID: 9}, dataset.Answer{Text: "no"}, nil)
	if got, want := fmt.Sprint(w.Rows, w.Labels), "[3 5 7 9] map[bill:[3 5] login:[3 5] place:[7]]"; got != want {
		t.Errorf("wrong are %s, want %s", got, want)
	}
}
