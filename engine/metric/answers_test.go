package metric_test

import (
	"math"
	"testing"

	"attune/engine/dataset"
	"attune/engine/metric"
)

// The values follow evaluate-v2.0.py of SQuAD by hand.
func TestAnswers(t *testing.T) {
	cases := []struct {
		name  string
		right []string
		got   string
		exact float64
		f1    float64
	}{
		{"the same", []string{"Denver Broncos"}, "Denver Broncos", 1, 1},
		{"an article, capitals and punctuation", []string{"the Denver Broncos."}, "Denver broncos", 1, 1},
		{"punctuation inside a word joins it", []string{"U.S."}, "us", 1, 1},
		{"one word too many", []string{"Denver Broncos"}, "champion Denver Broncos", 0, 0.8},
		{"half of it", []string{"Santa Clara, California"}, "Santa Clara", 0, 0.8},
		{"the nearest of several", []string{"Carolina", "the Denver Broncos"}, "Broncos", 0, 2. / 3},
		{"a word found twice counts once", []string{"red card"}, "red red", 0, 0.5},
		{"something else", []string{"Denver"}, "Carolina", 0, 0},
		{"an article inside of a word stays", []string{"another theory"}, "nother ory", 0, 0},
		{"an article before a letter of another script", []string{"añejo"}, "ñejo", 0, 0},
		{"an article in quotes that are not ASCII", []string{"“The Band”"}, "“ Band”", 1, 1},
		{"an article between signs", []string{"a–b"}, "–b", 1, 1},
		{"nothing to find, nothing said", nil, "", 1, 1},
		{"nothing to find, something said", nil, "Denver", 0, 0},
		{"something to find, nothing said", []string{"Denver"}, "", 0, 0},
		{"right answers of punctuation are none", []string{"..."}, "", 1, 1},
		{"only an article said where nothing is to be found", nil, "the", 1, 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var e dataset.Example
			for _, text := range c.right {
				e.Spans = append(e.Spans, dataset.Span{Start: len(e.Text), End: len(e.Text) + len(text)})
				e.Text += text
			}
			for _, m := range []metric.Metric{metric.NewExactMatch(), metric.NewAnswerF1()} {
				if v := m.Value(); v != 0 {
					t.Errorf("%s is %v before the first answer", m.Name(), v)
				}
				m.Add(e, dataset.Answer{Text: c.got})
				m.Add(dataset.Example{}, dataset.Answer{Text: "wrong"})
				want := map[string]float64{"exact_match": c.exact, "f1": c.f1}[m.Name()] / 2
				if got := m.Value(); math.Abs(got-want) > 1e-12 {
					t.Errorf("%s is %v, want %v", m.Name(), got, want)
				}
			}
			if metric.ExactMatch(e, c.got) != (c.exact == 1) || math.Abs(metric.AnswerF1(e, c.got)-c.f1) > 1e-12 {
				t.Error("one answer alone scores otherwise")
			}
		})
	}
}
