package metric

import (
	"slices"

	"attune/engine/dataset"
)

// Confusion counts which label was answered where which was right. It reads the
// first label of an example and the surest of an answer; an answer without
// labels counts under "". An example without labels has no row and is left out.
type Confusion struct{ cells map[cell]int }

type cell struct{ want, got string }

// ClassScore says how well one label is told from the others. Support is the
// number of examples that have it.
type ClassScore struct {
	Label     string  `json:"label"`
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
	Support   int     `json:"support"`
}

// NewConfusion gives an empty matrix.
func NewConfusion() *Confusion { return &Confusion{cells: map[cell]int{}} }

// Add counts one answer.
func (c *Confusion) Add(want dataset.Example, got dataset.Answer) {
	if len(want.Labels) == 0 {
		return
	}
	answered := ""
	if len(got.Labels) > 0 {
		answered = got.Labels[0].Label
	}
	c.cells[cell{want.Labels[0], answered}]++
}

// Labels gives every label that was right or answered, sorted.
func (c *Confusion) Labels() []string {
	var labels []string
	for at := range c.cells {
		labels = append(labels, at.want, at.got)
	}
	slices.Sort(labels)
	return slices.Compact(labels)
}

// Matrix gives the counts, one row a right label and one column an answered
// one, both in the order of Labels.
func (c *Confusion) Matrix() [][]int {
	labels := c.Labels()
	rows := make([][]int, len(labels))
	for i, want := range labels {
		rows[i] = make([]int, len(labels))
		for j, got := range labels {
			rows[i][j] = c.cells[cell{want, got}]
		}
	}
	return rows
}

// PerClass scores each label by itself, in the order of Labels. What would be a
// division by zero is 0, as in scikit-learn.
func (c *Confusion) PerClass() []ClassScore {
	byLabel := tally{}
	for at, n := range c.cells {
		if at.want == at.got {
			byLabel.of(at.want).both += n
		} else {
			byLabel.of(at.want).wantOnly += n
			byLabel.of(at.got).gotOnly += n
		}
	}
	return byLabel.perClass()
}
