package evaluation

import (
	"cmp"
	"slices"

	"attune/gui/parts"
	"attune/projects"
)

// labels shows a line for each label, sorted by any column.
type labels struct {
	scores projects.PerClass
	table  *parts.Table
}

func newLabels() *labels {
	l := &labels{}
	l.table = parts.NewTable([]parts.TableColumn{
		{Title: "Label", Parts: 1, Sort: "label"},
		{Title: "Rows", Width: 60, Right: true, Sort: "rows"},
		{Title: "Precision", Width: 92, Right: true, Sort: "precision"},
		{Title: "Recall", Width: 72, Right: true, Sort: "recall"},
		{Title: "F1", Width: 60, Right: true, Sort: "f1"},
	}, func() int { return len(l.scores) }, l.cell)
	l.table.OnSorted = l.sort
	return l
}

// show gives the hardest labels first.
func (l *labels) show(scores projects.PerClass) {
	l.scores = slices.Clone(scores)
	l.sort("f1", false)
	l.table.Sorted("f1", false)
}

func (l *labels) sort(column string, descending bool) {
	slices.SortStableFunc(l.scores, func(a, b projects.ClassScore) int {
		order := map[string]int{
			"label": cmp.Compare(a.Label, b.Label), "rows": cmp.Compare(a.Support, b.Support),
			"precision": cmp.Compare(a.Precision, b.Precision), "recall": cmp.Compare(a.Recall, b.Recall), "f1": cmp.Compare(a.F1, b.F1),
		}[column]
		if descending {
			return -order
		}
		return order
	})
	l.table.Reload()
}

func (l *labels) cell(row, column int) string {
	switch c := l.scores[row]; column {
	case 0:
		return c.Label
	case 1:
		return parts.Count(c.Support)
	case 2:
		return parts.Score(c.Precision)
	case 3:
		return parts.Score(c.Recall)
	default:
		return parts.Score(c.F1)
	}
}
