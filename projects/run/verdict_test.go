package run_test

import (
	"math"
	"testing"

	"attune/projects/run"
)

// The curves are shortened from trainings: of ag_news, of SST-2 and of banking77, and
// of the sample with too few passes, with labels drawn by chance, and with steps that
// were too large. Those of SST-2 and banking77 and that of labels by chance are from when
// the training loss was still that of smoothed labels, which is higher.
func TestJudge(t *testing.T) {
	for _, c := range []struct {
		name         string
		classes      int
		train, check []float64
		scores       []float64
		want         run.Verdict
	}{
		{"ag_news", 4, []float64{1.34, 0.87, 0.67, 0.50, 0.44, 0.37, 0.32, 0.28, 0.27, 0.22},
			[]float64{1.11, 0.70, 0.60, 0.56, 0.52, 0.50, 0.50, 0.59, 0.58, 0.51, 0.51, 0.50}, rising(12), run.AboutRight},
		{"banking77", 77, []float64{4.34, 2.60, 1.87, 1.48, 1.34, 1.31, 1.28, 1.19, 1.12, 1.08},
			[]float64{4.10, 1.94, 1.06, 0.76, 0.61, 0.56, 0.53, 0.51, 0.48, 0.47}, rising(10), run.AboutRight},
		{"SST-2", 2, []float64{0.69, 0.54, 0.58, 0.53, 0.45, 0.51, 0.45, 0.40, 0.29, 0.34},
			[]float64{0.51, 0.46, 0.49, 0.46, 0.51, 0.53}, rising(6), run.Overfitting},
		{"two passes", 6, []float64{1.75, 1.77, 1.78, 1.77, 1.68, 1.69, 1.70, 1.68, 1.63, 1.61},
			[]float64{1.74, 1.75, 1.62, 1.55}, rising(4), run.Underfitting},
		{"labels by chance", 6, []float64{1.80, 1.75, 1.6, 1.5, 1.4, 1.3, 1.25, 1.2, 1.2, 1.2},
			[]float64{1.75, 1.6, 1.5, 1.45, 1.44, 1.44, 1.45, 1.45, 1.45}, rising(9), run.NoisyLabels},
		{"labels by chance, learned by heart", 6, []float64{1.80, 1.75, 1.7, 1.65, 1.6, 1.5, 1.35, 1.2, 1.05, 0.94},
			[]float64{1.79, 1.79, 1.80, 1.83, 1.88, 1.95, 2.06, 2.17, 2.3}, rising(9), run.Overfitting},
		{"large steps", 6, []float64{2.01, 2.23, 2.36, 2.28, 2.05, 1.93, 1.93, 1.78, 1.80, 1.75},
			[]float64{2.72, 1.78, 1.83, 1.76, 1.74}, []float64{0.05, 0.07, 0.04, 0.07, 0.07}, run.Unstable},
		{"a score that jumps", 6, []float64{1.8, 1.2, 1, 0.9, 0.8, 0.7, 0.7, 0.7, 0.6, 0.6},
			[]float64{1.2, 1, 1, 1, 1, 1}, []float64{0.5, 0.6, 0.7, 0.4, 0.7, 0.4}, run.Unstable},
		{"no longer a number", 6, []float64{1.8, 1.2, math.NaN()}, []float64{1.2, 1, math.NaN()}, rising(3), run.Unstable},
		{"two checks", 6, []float64{1.8, 1.7}, []float64{1.7, 1.6}, rising(2), run.NotJudged},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := run.Judge(curve(c.train, c.check, c.scores), "macro_f1", run.BoundsOf(c.classes, 0.1))
			if got != c.want {
				t.Errorf("judged as %q, want %q", got, c.want)
			}
			if (got.Sentence() == "") != (got == run.NotJudged) {
				t.Errorf("%q says %q", got, got.Sentence())
			}
		})
	}
}

// What went before the task was learned does not count.
func TestJudgeLooksAtTheLastPhase(t *testing.T) {
	c := curve([]float64{8, 7, 6, 6, 6, 6, 1.2, 0.8, 0.4, 0.2}, []float64{7, 6, 5.9, 0.9, 0.7, 0.6}, rising(6))
	for i := range 3 {
		c.Evaluations[i].Scores = nil
	}
	if got := run.Judge(c, "macro_f1", run.BoundsOf(4, 0)); got != run.AboutRight {
		t.Errorf("judged as %q", got)
	}
}

func TestBoundsOf(t *testing.T) {
	plain, smoothed := run.BoundsOf(4, 0), run.BoundsOf(2, 0.1)
	if plain.Floor != 0 || math.Abs(plain.Chance-math.Log(4)) > 1e-12 {
		t.Errorf("%+v", plain)
	}
	if want := -math.Log(0.95); math.Abs(smoothed.Floor-want) > 1e-12 {
		t.Errorf("%+v, want a floor of %g", smoothed, want)
	}
}

func rising(n int) []float64 {
	all := make([]float64, n)
	for i := range all {
		all[i] = 0.9 - 0.5/float64(i+1)
	}
	return all
}

// curve spreads checks evenly among points of the training loss.
func curve(train, check, scores []float64) run.Curve {
	var c run.Curve
	for i, loss := range train {
		c.Losses = append(c.Losses, run.Point{Step: 10 * (i + 1), Value: loss})
	}
	for i, loss := range check {
		c.Evaluations = append(c.Evaluations, run.Evaluation{
			Step: 10 * len(train) * (i + 1) / len(check), Loss: loss, Scores: map[string]float64{"macro_f1": scores[i]},
		})
	}
	return c
}
