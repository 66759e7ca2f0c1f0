package projects

import (
	"math"
	"strings"
	"testing"

	"attune/engine/dataset"
)

func TestCompareReports(t *testing.T) {
	a := assessed{Report: Report{Run: 1, Split: dataset.Validation, Rows: 50, Main: "macro_f1", Metrics: map[string]float64{"macro_f1": 0.5, "accuracy": 0.6},
		PerClass: PerClass{{Label: "bill", F1: 0.5, Support: 30}, {Label: "login", F1: 0.7, Support: 10}, {Label: "same", F1: 0.3, Support: 5}}},
		Wrong: wrongRows{[]int64{1, 2, 3, 4, 5, 6, 7}, map[string][]int64{"bill": {1, 2, 3, 4, 5, 6, 7}, "login": {1, 2}}}}
	b := assessed{Report: Report{Run: 2, Split: dataset.Validation, Rows: 50, Main: "macro_f1", Metrics: map[string]float64{"macro_f1": 0.75, "accuracy": 0.7},
		PerClass: PerClass{{Label: "bill", F1: 0.9, Support: 30}, {Label: "login", F1: 0.6, Support: 10}, {Label: "new", F1: 0.2, Support: 5}, {Label: "same", F1: 0.3, Support: 5}}},
		Wrong: wrongRows{[]int64{7, 8}, map[string][]int64{"bill": {7, 8}, "login": {2, 3}}}}
	c := compareReports(a, b)
	var order []string
	for _, l := range c.Labels {
		order = append(order, l.Label)
	}
	bill := c.Labels[0]
	corrected := math.Abs(bill.Chance-2*16./128) < 1e-12 // for two labels in which rows turned
	bill.Chance = 0
	if strings.Join(order, " ") != "bill new login same" || bill != (LabelChange{"bill", 30, 0.5, 0.9, Turned{6, 1, 0}}) || !corrected || c.Labels[1].A != 0 {
		t.Errorf("the labels are %+v", c.Labels)
	}
	if len(c.Scores) != 2 || c.Scores[1] != (ScoreChange{"macro_f1", 0.5, 0.75}) {
		t.Errorf("the scores are %+v", c.Scores)
	}
	if want := "On 50 validation rows, macro_f1 goes from 0.5000 to 0.7500. 2 labels better, 1 worse, 1 the same. Of 50 rows it gets 6 right that the first got wrong, and 1 wrong: may be chance."; c.Verdict != want {
		t.Errorf("it says %q, want %q", c.Verdict, want)
	}
}
