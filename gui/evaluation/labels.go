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
	bounds map[string]float64 // from which on each label applies, nil for tasks that have none
	places bool               // labels are counted by their marks, of which a row may have several
	table  *parts.Table
}

func newLabels() *labels {
	l := &labels{}
	l.table = parts.NewTable(l.columns(), func() int { return len(l.scores) }, l.cell)
	l.table.OnSorted = l.sort
	return l
}

func (l *labels) columns() []parts.TableColumn {
	counted := parts.TableColumn{Title: "Rows", Width: 60, Right: true, Sort: "rows"}
	if l.places {
		counted.Title, counted.Width = "Marked", 84
	}
	return []parts.TableColumn{
		{Title: "Label", Parts: 1, Sort: "label"},
		counted,
		{Title: "Applies from", Width: 116, Right: true, Sort: "bound", Hidden: l.bounds == nil},
		{Title: "Precision", Width: 92, Right: true, Sort: "precision"},
		{Title: "Recall", Width: 72, Right: true, Sort: "recall"},
		{Title: "F1", Width: 60, Right: true, Sort: "f1"},
	}
}

// show gives the hardest labels first.
func (l *labels) show(r projects.Report) {
	l.scores, l.bounds = slices.Clone(r.PerClass), r.Bounds
	_, _, l.places = marked(r)
	l.table.SetColumns(l.columns())
	l.sort("f1", false)
	l.table.Sorted("f1", false)
}

func (l *labels) sort(column string, descending bool) {
	slices.SortStableFunc(l.scores, func(a, b projects.ClassScore) int {
		order := map[string]int{
			"label": cmp.Compare(a.Label, b.Label), "rows": cmp.Compare(a.Support, b.Support), "bound": cmp.Compare(l.bounds[a.Label], l.bounds[b.Label]),
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
		return l.bound(c.Label)
	case 3:
		return parts.Score(c.Precision)
	case 4:
		return parts.Score(c.Recall)
	default:
		return parts.Score(c.F1)
	}
}

// bound is the probability from which on a label applies, a dash for one that the model
// does not know.
func (l *labels) bound(label string) string {
	if b, ok := l.bounds[label]; ok {
		return parts.Percent(b)
	}
	return "-"
}
