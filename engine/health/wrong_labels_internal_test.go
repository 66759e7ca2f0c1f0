package health

import (
	"fmt"
	"testing"

	"attune/engine/dataset"
)

// TestNoOpinionOnLabelsNotSeen judges rows of a label that the model has not learned:
// of many rows it learns from some, which may leave a rare label out.
func TestNoOpinionOnLabelsNotSeen(t *testing.T) {
	d := &Data{}
	var examples []dataset.Example
	var order, some []int
	for i := range 40 {
		label := []string{"rare", "parcel", "invoice", "parcel"}[i%4]
		if i%8 == 4 {
			label = "invoice"
		}
		e := dataset.Example{Text: fmt.Sprintf("%s number %d", label, i), Labels: []string{label}}
		examples, order, some = append(examples, e), append(order, i), append(some, i)
		d.Rows = append(d.Rows, Row{Example: e})
	}
	opinions := make([]opinion, len(examples))
	for k := range folds {
		if err := judgeFold(t.Context(), examples, order, k, opinions, func() {}); err != nil {
			t.Fatal(err)
		}
	}
	for i, o := range opinions {
		if rare := examples[i].Labels[0] == "rare"; o.told == rare {
			t.Errorf("row %d, %v, is judged: %v", i, examples[i].Labels, o.told)
		}
	}
	if suspects := suspectsAmong(d, some, opinions); len(suspects) > 0 {
		t.Errorf("rows that nobody can judge are doubted: %+v", suspects)
	}
}
