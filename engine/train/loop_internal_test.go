package train

import "testing"

// A training goes on while either gets better, the score or the loss.
func TestPatience(t *testing.T) {
	cases := map[string]struct {
		losses, scores []float64
		want           int // evaluations until it stops, 0 for never
	}{
		"both stand still":              {[]float64{1, 1, 1, 1}, []float64{.5, .5, .5, .5}, 3},
		"the loss falls":                {[]float64{1, .9, .8, .7}, []float64{.5, .5, .4, .5}, 0},
		"the score rises":               {[]float64{1, 1.1, 1.2, 1.3}, []float64{.5, .6, .7, .8}, 0},
		"the loss falls, but not below": {[]float64{1, 2, 1.5, 1.2}, []float64{.5, .5, .5, .5}, 3},
		"the loss has fallen":           {[]float64{1, .9, .9, 1}, []float64{.5, .5, .5, .5}, 4},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			l := &loop{options: Options{Patience: 2}, total: 100}
			stopped := 0
			for i, loss := range c.losses {
				l.judge(&Evaluation{Loss: loss, Main: "f1", Scores: map[string]float64{"f1": c.scores[i]}})
				if l.stop(false); l.stopped != "" && stopped == 0 {
					stopped = i + 1
				}
			}
			if stopped != c.want {
				t.Errorf("it stopped after %d evaluations, not %d", stopped, c.want)
			}
		})
	}
}
