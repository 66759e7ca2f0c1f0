package task

import (
	"math"
	"testing"

	"attune/engine/dataset"
)

// tried gives n trials of a probability, of which some are right.
func tried(n, right int, probability float64) []trial {
	all := make([]trial, n)
	for i := range all {
		all[i] = trial{probability, i < right}
	}
	return all
}

func TestHowSureIsHowOftenRight(t *testing.T) {
	for name, c := range map[string]struct {
		trials      []trial
		probability float64
		least, most float64
	}{
		"too sure":               {tried(4000, 3200, 0.99), 0.99, 0.795, 0.805},
		"not sure enough":        {tried(4000, 3600, 0.7), 0.7, 0.895, 0.905},
		"as it should be":        {tried(4000, 3600, 0.9), 0.9, 0.899, 0.901},
		"two steps, the upper":   {append(tried(4000, 2000, 0.9), tried(4000, 3600, 0.999)...), 0.999, 0.89, 0.91},
		"two steps, the lower":   {append(tried(4000, 2000, 0.9), tried(4000, 3600, 0.999)...), 0.9, 0.49, 0.51},
		"certain and wrong":      {append(tried(500, 0, 1), tried(500, 500, 1)...), 1, 0.45, 0.6},
		"impossible and right":   {append(tried(500, 500, 0), tried(500, 0, 0)...), 0, 0.4, 0.55},
		"few rows, all right":    {tried(60, 60, 0.95), 0.95, 0.955, 0.99},
		"hardly any rows":        {tried(2, 0, 0.9), 0.9, 0.75, 0.9},
		"none":                   {nil, 0.9, 0.9, 0.9},
		"the surer, the wronger": {append(tried(4000, 3600, 0.6), tried(4000, 400, 0.999)...), 0.999, 0.4, 0.6},
	} {
		t.Run(name, func(t *testing.T) {
			p := fitPlatt(c.trials)
			got := p.of(c.probability)
			if !(c.least-1e-12 <= got && got <= c.most+1e-12) {
				t.Errorf("%.3f becomes %.4f by %+v", c.probability, got, p)
			}
			if p.of(0.8) <= p.of(0.7) {
				t.Errorf("what is likelier is no longer surer by %+v", p)
			}
			for _, x := range []float64{0.001, 0.5, 0.97} {
				if back := p.before(p.of(x)); math.Abs(back-x) > 1e-9 {
					t.Errorf("%.3f comes back as %.6f by %+v", x, back, p)
				}
			}
		})
	}
}

// Of a scale and a shift that are known, with trials as often right as they say.
func TestAKnownScaleIsFound(t *testing.T) {
	want := platt{Scale: 0.4, Shift: -1.1}
	var trials []trial
	for i := range 60 {
		probability := dataset.Probability(-2 + 12*float64(i)/59)
		trials = append(trials, tried(2000, int(math.Round(2000*want.of(probability))), probability)...)
	}
	got := fitPlatt(trials)
	if math.Abs(got.Scale-want.Scale) > 0.01 || math.Abs(got.Shift-want.Shift) > 0.03 {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestWithoutAFitAllStays(t *testing.T) {
	if got := (platt{}).of(0.3); got != 0.3 {
		t.Error(got)
	}
	if got := (platt{}).before(0.3); got != 0.3 {
		t.Error(got)
	}
}
