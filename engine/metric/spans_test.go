package metric_test

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"attune/engine/dataset"
	"attune/engine/metric"
)

// spans reads "0-4:PER 6-9:LOC"; "-" is an annotated text without any.
func spans(text string) []dataset.Span {
	all := []dataset.Span{}
	for _, word := range strings.Fields(text) {
		if word == "-" {
			continue
		}
		place, label, _ := strings.Cut(word, ":")
		start, end, _ := strings.Cut(place, "-")
		number := func(s string) (n int) {
			for _, c := range s {
				n = 10*n + int(c-'0')
			}
			return n
		}
		all = append(all, dataset.Span{Start: number(start), End: number(end), Label: label, Score: 0.7})
	}
	return all
}

// The values are worked by hand; where seqeval's README has an example, it is that.
func TestSpans(t *testing.T) {
	cases := []struct {
		name                  string
		texts                 []string // "right > found"
		precision, recall, f1 float64
	}{
		{"nothing", nil, 0, 0, 0},
		{"nothing to find and nothing found", []string{"- > -"}, 0, 0, 0},
		{"all right", []string{"0-4:PER 6-9:LOC > 6-9:LOC 0-4:PER"}, 1, 1, 1},
		// seqeval's README: MISC of words 3 to 5 found as 2 to 5; PER of words 0 and 1 found
		{"seqeval's example", []string{"3-6:MISC > 2-6:MISC", "0-2:PER > 0-2:PER"}, 0.5, 0.5, 0.5},
		{"the right place with another label", []string{"0-4:PER > 0-4:LOC"}, 0, 0, 0},
		{"a part", []string{"0-4:PER > 0-3:PER"}, 0, 0, 0},
		{"one of two found, and one too many", []string{"0-4:PER 6-9:LOC > 0-4:PER 10-12:LOC 14-15:LOC"}, 1. / 3, 0.5, 0.4},
		{"the same place in two texts is two spans", []string{"0-4:PER > 0-4:PER", "0-4:PER > -"}, 1, 0.5, 2. / 3},
		{"found twice counts once", []string{"0-4:PER > 0-4:PER 0-4:PER"}, 1, 1, 1},
		{"two labels on one place", []string{"0-4:PER 0-4:LOC > 0-4:PER"}, 1, 0.5, 2. / 3},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			values := map[string]float64{"precision": c.precision, "recall": c.recall, "f1": c.f1}
			for _, m := range []metric.Metric{metric.NewSpanPrecision(), metric.NewSpanRecall(), metric.NewSpanF1()} {
				for _, text := range c.texts {
					want, got, _ := strings.Cut(text, ">")
					m.Add(dataset.Example{Spans: spans(want)}, dataset.Answer{Spans: spans(got)})
				}
				if want, got := values[m.Name()], m.Value(); math.Abs(want-got) > 1e-12 {
					t.Errorf("%s is %v, want %v", m.Name(), got, want)
				}
			}
		})
	}
}

func TestSpansPerLabel(t *testing.T) {
	m := metric.NewSpansPerLabel()
	m.Add(dataset.Example{Spans: spans("0-4:PER 6-9:LOC 10-12:LOC")}, dataset.Answer{Spans: spans("0-4:PER 6-9:LOC 10-13:LOC 20-21:ORG")})
	want := []metric.ClassScore{{"LOC", 0.5, 0.5, 0.5, 2}, {"ORG", 0, 0, 0, 0}, {"PER", 1, 1, 1, 1}}
	if got := m.PerClass(); !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
