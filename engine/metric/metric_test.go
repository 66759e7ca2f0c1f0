package metric_test

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"

	"attune/engine/dataset"
	"attune/engine/metric"
)

// pair reads "a>b": a is right, b was answered. Several labels are joined by
// commas; nothing after > is an answer without labels.
func pair(text string) (dataset.Example, dataset.Answer) {
	want, got, _ := strings.Cut(text, ">")
	var e dataset.Example
	var a dataset.Answer
	if want != "" {
		e.Labels = strings.Split(want, ",")
	}
	if got != "" {
		for _, label := range strings.Split(got, ",") {
			a.Labels = append(a.Labels, dataset.Score{Label: label, Score: 0.8})
		}
		a.Labels = append(a.Labels, dataset.Score{Label: "z", Score: 0.1})
	}
	return e, a
}

// The values are worked by hand from the definitions in scikit-learn's user
// guide, section 3.3.2, and Gorodkin (2004).
func TestOneLabel(t *testing.T) {
	cases := []struct {
		name                      string
		pairs                     string
		accuracy, macro, micro, r float64
	}{
		{"nothing", "", 0, 0, 0, 0},
		{"all right", "a>a b>b c>c", 1, 1, 1, 1},
		{"all wrong, two labels", "a>b b>a", 0, 0, 0, -1},
		{"one label only", "a>a a>a", 1, 1, 1, 0},
		// a: 1 both, 1 missed; b: 1 both, 1 too many, so F1 is 2/3 twice
		{"two labels", "a>a a>b b>b", 2. / 3, 2. / 3, 2. / 3, 0.5},
		// a: F1 4/5; b: 0 of 0 found, answered once, so F1 is 0 and counts
		{"an absent label was answered", "a>a a>a a>b", 2. / 3, 0.4, 2. / 3, 0},
		// a: F1 4/5; b is right once and never answered
		{"a label never answered", "a>a a>a b>a", 2. / 3, 0.4, 2. / 3, 0},
		// scikit-learn's example [0 1 2 0 1 2] against [0 2 1 0 0 1]: F1 0.8, 0, 0;
		// chance 3*2+2*2+1*2=12, (2*6-12)=0
		{"scikit-learn's macro example", "0>0 1>2 2>1 0>0 1>0 2>1", 1. / 3, 0.8 / 3, 1. / 3, 0},
		// t = 3 1, p = 2 2, c = 3: (12-8)/sqrt(8*6)
		{"four examples", "a>a a>a a>b b>b", 0.75, (0.8 + 2./3) / 2, 0.75, 4 / math.Sqrt(48)},
		// an answer without labels is wrong, but no label is charged for it:
		// micro 2*1/(2*1+1); t = 2, p = 1 and 1 of "": spread of want is 0
		{"no answer", "a>a a>", 0.5, 2. / 3, 2. / 3, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			values := map[string]float64{"accuracy": c.accuracy, "macro_f1": c.macro, "micro_f1": c.micro, "mcc": c.r}
			for _, m := range []metric.Metric{metric.NewAccuracy(), metric.NewMacroF1(), metric.NewMicroF1(), metric.NewMCC()} {
				for _, p := range strings.Fields(c.pairs) {
					m.Add(pair(p))
				}
				if want, got := values[m.Name()], m.Value(); math.Abs(want-got) > 1e-12 {
					t.Errorf("%s is %v, want %v", m.Name(), got, want)
				}
				if !m.HigherIsBetter() {
					t.Errorf("%s: higher should be better", m.Name())
				}
			}
		})
	}
}

func TestAnyNumberOfLabels(t *testing.T) {
	cases := []struct {
		name                   string
		pairs                  string
		accuracy, macro, micro float64
	}{
		{"the same set in another order", "a,b>b,a", 1, 1, 1},
		{"nothing to find, nothing said", ">", 1, 0, 0},
		{"nothing to find, something said", ">a", 0, 0, 0},
		// a: 2 both; b: 1 missed; c: 1 too many: micro 4/(4+1+1)
		{"one missed, one too many", "a,b>a a>a,c", 0, 1. / 3, 2. / 3},
		{"a label named twice counts once", "a,a>a,b,b", 0, 0.5, 2. / 3},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			values := map[string]float64{"accuracy": c.accuracy, "macro_f1": c.macro, "micro_f1": c.micro}
			for _, m := range []metric.Metric{metric.NewAccuracyAbove(0.5), metric.NewMacroF1Above(0.5), metric.NewMicroF1Above(0.5)} {
				for _, p := range strings.Fields(c.pairs) {
					m.Add(pair(p))
				}
				if want, got := values[m.Name()], m.Value(); math.Abs(want-got) > 1e-12 {
					t.Errorf("%s is %v, want %v", m.Name(), got, want)
				}
			}
		})
	}
}

func TestThresholdIsIncluded(t *testing.T) {
	m := metric.NewMicroF1Above(0.8)
	m.Add(pair("a>a"))
	if m.Value() != 1 {
		t.Errorf("a score of 0.8 does not reach a threshold of 0.8: micro F1 is %v", m.Value())
	}
}

func TestConfusion(t *testing.T) {
	c := metric.NewConfusion()
	for _, p := range strings.Fields("ham>ham ham>ham ham>spam spam>spam spam>ham spam>spam odd> >ham ham>new") {
		c.Add(pair(p))
	}
	labels := []string{"", "ham", "new", "odd", "spam"}
	if got := c.Labels(); !reflect.DeepEqual(got, labels) {
		t.Fatalf("labels %q, want %q", got, labels)
	}
	matrix := [][]int{
		{0, 0, 0, 0, 0},
		{0, 2, 1, 0, 1},
		{0, 0, 0, 0, 0},
		{1, 0, 0, 0, 0},
		{0, 1, 0, 0, 2},
	}
	if got := c.Matrix(); !reflect.DeepEqual(got, matrix) {
		t.Errorf("matrix %v, want %v", got, matrix)
	}
	scores := []metric.ClassScore{
		{"", 0, 0, 0, 0},
		{"ham", 2. / 3, 0.5, 4. / 7, 4},
		{"new", 0, 0, 0, 0},
		{"odd", 0, 0, 0, 1},
		{"spam", 2. / 3, 2. / 3, 2. / 3, 3},
	}
	if got := c.PerClass(); !reflect.DeepEqual(got, scores) {
		t.Errorf("scores %v, want %v", got, scores)
	}
}

func TestEmptyConfusion(t *testing.T) {
	c := metric.NewConfusion()
	if len(c.Labels()) != 0 || len(c.Matrix()) != 0 || len(c.PerClass()) != 0 {
		t.Error("a matrix without answers is not empty")
	}
}

func TestClassScoreJSON(t *testing.T) {
	got, err := json.Marshal(metric.ClassScore{Label: "ham", Precision: 0.5, Recall: 1, F1: 2. / 3, Support: 3})
	want := `{"label":"ham","precision":0.5,"recall":1,"f1":0.6666666666666666,"support":3}`
	if err != nil || string(got) != want {
		t.Errorf("got %s (%v), want %s", got, err, want)
	}
}
